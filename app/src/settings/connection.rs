use leptos::prelude::*;

use super::api::{Connection, Connections, list_connections};
use super::command::Command;
use super::frame::SettingsFrame;
use crate::ui::{
    Badge, Banner, Card, CopyButton, EmptyState, Facts, Glyph, Shape, Skeleton, Suspended, Tone,
};
use crate::words::use_words;

/// The connected WhatsApp numbers.
#[component]
pub fn ConnectionPage() -> impl IntoView {
    let words = use_words();
    let admin = &words.settings.admin;
    let loaded = Resource::new(|| (), |()| list_connections());
    view! {
        <SettingsFrame title=words.settings.connection lead=admin.connection_lead>
            <Suspended
                resource=loaded
                fallback=|| view! { <Skeleton shape=Shape::Block/> }
                children=move |loaded: Connections| {
                    let Connections { connections, business } = loaded;
                    let none = connections.is_empty();
                    let cards = connections.into_iter().map(|connection| view! { <ConnectionCard connection/> }).collect_view();
                    view! {
                        {none.then(|| {
                            view! {
                                <Card>
                                    <EmptyState glyph=Glyph::Plug title=admin.no_connection text=admin.no_connection_text/>
                                </Card>
                            }
                        })}
                        {cards}
                        <Card title=admin.add_connection lead=admin.add_connection_text>
                            <Command text=add_command(&business) copy=admin.copy copied=admin.copied/>
                        </Card>
                    }
                }
            />
        </SettingsFrame>
    }
}

/// The command that connects a number.
fn add_command(business: &str) -> String {
    format!(
        "whatscloud connection add \\\n  --business {business} \\\n  --phone-number-id 106540352242922 \\\n  \
         --waba-id 102290129340398 \\\n  --display-number \"+1 555 012 3456\" \\\n  --access-token-file access-token.txt \\\n  \
         --app-secret-file app-secret.txt \\\n  --verify-token \"a word you choose\""
    )
}

#[component]
fn ConnectionCard(connection: Connection) -> impl IntoView {
    let admin = &use_words().settings.admin;
    let paused = connection.paused.clone();
    let state = if paused.is_some() {
        view! { <Badge tone=Tone::Warning glyph=Glyph::Held>{admin.paused}</Badge> }
    } else {
        view! { <Badge tone=Tone::Success glyph=Glyph::OptedIn>{admin.active}</Badge> }
    };
    view! {
        <Card title=connection.display_number.clone() actions=ViewFnOnce::from(move || state)>
            {paused.map(|why| view! { <Banner tone=Tone::Warning title=admin.paused><p>{why}</p></Banner> })}
            <Facts>
                <dt>{admin.webhook}</dt>
                <dd>
                    <span class="copyable">
                        <code>{connection.webhook_url.clone()}</code>
                        <CopyButton text=connection.webhook_url label=admin.copy copied=admin.copied/>
                    </span>
                </dd>
                <dt>{admin.phone_number_id}</dt>
                <dd class="numeric">{connection.phone_number_id}</dd>
                <dt>{admin.waba_id}</dt>
                <dd class="numeric">{connection.waba_id}</dd>
                <dt>{admin.graph}</dt>
                <dd>{connection.graph_url}</dd>
                <dt>{admin.throughput}</dt>
                <dd>{(admin.per_second)(connection.messages_per_second)}</dd>
            </Facts>
        </Card>
    }
}
