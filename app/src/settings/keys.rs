use domain::limits;
use domain::role::Right;
use domain::time::Timestamp;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use super::api::{ApiKey, CreateKey, Keys, RevokeKey, list_api_keys};
use super::frame::SettingsFrame;
use super::subscriptions::SubscriptionCards;
use crate::error::FieldName;
use crate::ui::{
    Banner, Button, ButtonLink, Card, Choice, Column, CopyButton, Dialog, EmptyState, ErrorSummary, Glyph,
    Press, Select, Size, SkeletonRows, Suspended, Table, TextField, TimeAgo, Tone, Variant, use_toasts,
};
use crate::visit::may;
use crate::words::use_words;

/// API keys, and where the API is described.
#[component]
pub fn ApiPage() -> impl IntoView {
    let words = use_words();
    let admin = &words.settings.admin;
    view! {
        <SettingsFrame title=words.settings.api lead=admin.api_lead>
            {if may(Right::Administer) {
                view! { <KeyCards/> <SubscriptionCards/> }.into_any()
            } else {
                view! { <Banner tone=Tone::Info><p>{admin.forbidden}</p></Banner> }.into_any()
            }}
            <Card title=admin.docs lead=admin.docs_text>
                <div class="cluster">
                    <ButtonLink href="/api/docs" attr:rel="external">{admin.open_docs}</ButtonLink>
                    <ButtonLink href="/api/v1/openapi.json" attr:rel="external">{admin.open_openapi}</ButtonLink>
                </div>
            </Card>
        </SettingsFrame>
    }
}

#[component]
fn KeyCards() -> impl IntoView {
    let words = use_words();
    let admin = &words.settings.admin;
    let toasts = use_toasts();
    let query = use_query_map();
    let ticket = query.read_untracked().get("created").unwrap_or_default();
    let revoked = query.read_untracked().get("revoked").is_some();
    let create = ServerAction::<CreateKey>::new();
    let revoke = ServerAction::<RevokeKey>::new();
    let keys = Resource::new(
        move || (create.version().get(), revoke.version().get()),
        move |_| list_api_keys(ticket.clone()),
    );
    let asked = RwSignal::new(None::<ApiKey>);
    let open = RwSignal::new(false);
    let revoking = revoke.value();
    Effect::new(move |_| match revoking.get() {
        Some(Ok(())) => {
            open.set(false);
            toasts.success(admin.revoked);
        }
        Some(Err(error)) => toasts.error(words.errors.title(&error)),
        None => {}
    });
    let title = Signal::derive(move || {
        asked.read().as_ref().map(|key| (admin.revoke_question)(&key.name)).unwrap_or_default()
    });
    view! {
        {revoked.then(|| view! { <Banner tone=Tone::Success title=admin.revoked/> })}
        <Card title=admin.keys>
            <Suspended
                resource=keys
                fallback=|| view! { <SkeletonRows rows=3/> }
                children=move |Keys { keys, created, now }: Keys| {
                    let ask = Callback::new(move |key: ApiKey| {
                        asked.set(Some(key));
                        open.set(true);
                    });
                    view! {
                        {created.map(|key| view! { <NewKey key_text=key/> })}
                        <KeyTable keys now ask/>
                    }
                }
            />
        </Card>
        <CreateCard create/>
        <Dialog id="revoke" title open>
            <p>{admin.revoke_text}</p>
            <ActionForm action=revoke>
                <input type="hidden" name="id" value=move || asked.read().as_ref().map(|key| key.id.to_string())/>
                <div class="dialog-actions">
                    <Button on:click=move |_| open.set(false)>{words.contacts.cancel}</Button>
                    <Button press=Press::Submit variant=Variant::Danger pending=revoke.pending()>{admin.revoke}</Button>
                </div>
            </ActionForm>
        </Dialog>
    }
}

#[component]
fn KeyTable(keys: Vec<ApiKey>, now: Timestamp, ask: Callback<ApiKey>) -> impl IntoView {
    let admin = &use_words().settings.admin;
    if keys.is_empty() {
        return view! { <EmptyState glyph=Glyph::Plug title=admin.no_keys text=admin.no_keys_text/> }
            .into_any();
    }
    let head = move || {
        view! {
            <Column>{admin.key_name}</Column>
            <Column>{admin.scope}</Column>
            <Column>{admin.created}</Column>
            <Column>{admin.last_used}</Column>
            <Column>{admin.revoke}</Column>
        }
    };
    let rows = keys.into_iter().map(|key| view! { <KeyRow key_info=key now ask/> }).collect_view();
    view! { <Table caption=admin.keys head=ViewFnOnce::from(head)>{rows}</Table> }.into_any()
}

#[component]
fn KeyRow(key_info: ApiKey, now: Timestamp, ask: Callback<ApiKey>) -> impl IntoView {
    let admin = &use_words().settings.admin;
    let asked = key_info.clone();
    let used = match key_info.last_used_at {
        Some(at) => view! { <TimeAgo at now/> }.into_any(),
        None => view! { <span class="muted">{admin.never}</span> }.into_any(),
    };
    // Without JavaScript the disclosure is the question.
    view! {
        <tr>
            <th scope="row">{key_info.name.clone()}</th>
            <td data-label=admin.scope>{if key_info.may_write { admin.write } else { admin.read }}</td>
            <td data-label=admin.created><TimeAgo at=key_info.created_at now/></td>
            <td data-label=admin.last_used>{used}</td>
            <td data-label=admin.revoke>
                <details class="revoke-key" on:click=move |event| {
                    event.prevent_default();
                    ask.run(asked.clone());
                }>
                    <summary class="button" data-size="small" data-variant="secondary" aria-label=(admin.revoke_one)(&key_info.name)>
                        {admin.revoke}
                    </summary>
                    <form method="post" action=RevokeKey::url()>
                        <p>{(admin.revoke_question)(&key_info.name)}</p>
                        <input type="hidden" name="id" value=key_info.id.to_string()/>
                        <Button press=Press::Submit variant=Variant::Danger size=Size::Small>{admin.revoke}</Button>
                    </form>
                </details>
            </td>
        </tr>
    }
}

#[component]
fn NewKey(key_text: String) -> impl IntoView {
    let admin = &use_words().settings.admin;
    view! {
        <Banner tone=Tone::Success title=admin.key_created>
            <p class="copyable">
                <code class="secret">{key_text.clone()}</code>
                <CopyButton text=key_text label=admin.copy copied=admin.copied/>
            </p>
            <p>{admin.key_once}</p>
        </Banner>
    }
}

#[component]
fn CreateCard(create: ServerAction<CreateKey>) -> impl IntoView {
    let words = use_words();
    let admin = &words.settings.admin;
    let value = create.value();
    let error = Signal::derive(move || value.get().and_then(Result::err));
    let name_error = Signal::derive(move || {
        error
            .read()
            .as_ref()
            .and_then(|error| error.field(FieldName::Name))
            .map(|error| words.errors.field(error))
    });
    let choices =
        vec![Choice { value: "read", label: admin.read }, Choice { value: "write", label: admin.write }];
    view! {
        <Card title=admin.create_key>
            {move || value.get().and_then(Result::ok).map(|key| view! { <NewKey key_text=key/> })}
            <ActionForm action=create>
                <div class="stack">
                    <ErrorSummary error/>
                    <TextField
                        name=FieldName::Name.as_str()
                        label=admin.key_name
                        hint=admin.key_name_hint
                        required=true
                        maxlength=limits::KEY_NAME
                        autocomplete="off"
                        error=name_error
                    />
                    <Select name="scope" label=admin.scope choices value="read"/>
                    <div class="cluster" data-align="end">
                        <Button press=Press::Submit variant=Variant::Primary pending=create.pending()>{admin.create}</Button>
                    </div>
                </div>
            </ActionForm>
        </Card>
    }
}
