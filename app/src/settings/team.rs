use domain::role::Right;
use leptos::prelude::*;

use super::api::{Team, list_team};
use super::command::Command;
use super::frame::SettingsFrame;
use crate::ui::{Avatar, Badge, Card, Column, SkeletonRows, Suspended, Table, Tone};
use crate::visit::{may, use_signed_in};
use crate::words::use_words;

/// The people who may log in.
#[component]
pub fn TeamPage() -> impl IntoView {
    let words = use_words();
    let admin = &words.settings.admin;
    let loaded = Resource::new(|| (), |()| list_team());
    view! {
        <SettingsFrame title=words.settings.team lead=admin.team_lead>
            <Suspended
                resource=loaded
                fallback=|| view! { <SkeletonRows rows=3/> }
                children=move |Team { members, business }: Team| {
                    let me = use_signed_in().map(|person| person.email);
                    let rows = members
                        .into_iter()
                        .map(|member| {
                            let mine = me.as_deref() == Some(member.email.as_str());
                            view! {
                                <tr>
                                    <th scope="row">
                                        <span class="person">
                                            <Avatar name=member.email.clone()/>
                                            <span class="person-words">{member.email}</span>
                                            {mine.then(|| view! { <Badge>{admin.you}</Badge> })}
                                        </span>
                                    </th>
                                    <td data-label=admin.role>
                                        <Badge tone=Tone::Accent>{admin.role_name(member.role)}</Badge>
                                    </td>
                                    <td data-label=admin.may>{admin.role_text(member.role)}</td>
                                </tr>
                            }
                        })
                        .collect_view();
                    let head = move || {
                        view! { <Column>{admin.email}</Column> <Column>{admin.role}</Column> <Column>{admin.may}</Column> }
                    };
                    view! {
                        <Table caption=words.settings.team head=ViewFnOnce::from(head)>{rows}</Table>
                        {may(Right::Administer).then(|| {
                            let command = format!(
                                "whatscloud user create \\\n  --business {business} \\\n  --email colleague@example.com \\\n  \
                                 --role agent \\\n  --password-stdin"
                            );
                            view! {
                                <Card title=admin.add_user lead=admin.add_user_text>
                                    <Command text=command copy=admin.copy copied=admin.copied/>
                                </Card>
                            }
                        })}
                    }
                }
            />
        </SettingsFrame>
    }
}
