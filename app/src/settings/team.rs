use domain::role::{Right, Role};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use super::api::{
    ChangePassword, EndOtherSessions, InviteColleague, Member, RemoveColleague, SetColleagueRole,
    TakeBackInvitation, Team, TurnOffColleaguesFactor, list_team,
};
use super::frame::SettingsFrame;
use super::second_factor::SecondFactor;
use crate::ui::{
    Avatar, Badge, Banner, Button, Card, Choice, Column, CopyButton, Press, Select, SelectControl, Size,
    SkeletonRows, Suspended, Table, TextField, Tone, Variant, exact,
};
use crate::visit::{may, use_signed_in};
use crate::words::use_words;

/// The people who may log in, and one's own password.
///
/// Its forms are the browser's own: nothing here is done often, and each leads to the page as it is afterwards.
#[component]
pub fn TeamPage() -> impl IntoView {
    let words = use_words();
    let text = &words.settings.team_words;
    let query = use_query_map();
    let ticket = query.read_untracked().get("invited").unwrap_or_default();
    let problem = query.read_untracked().get("problem").unwrap_or_default();
    let done = query.read_untracked().get("done").unwrap_or_default();
    let loaded = Resource::new(|| (), move |()| list_team(ticket.clone()));
    let said = (text.problem)(&problem).map(|said| view! { <Banner tone=Tone::Danger title=said/> });
    let news = (text.done)(&done).map(|news| view! { <Banner tone=Tone::Success title=news/> });
    view! {
        <SettingsFrame title=words.settings.team lead=words.settings.admin.team_lead>
            {said}
            {news}
            <Suspended
                resource=loaded
                fallback=|| view! { <SkeletonRows rows=3/> }
                children=move |team: Team| view! { <People team/> }
            />
            <Own/>
            <SecondFactor/>
        </SettingsFrame>
    }
}

fn roles(mine: Option<Role>, admin: &'static crate::words::Admin) -> Vec<Choice> {
    Role::ALL
        .into_iter()
        .filter(|role| *role != Role::Owner || mine == Some(Role::Owner))
        .map(|role| Choice { value: role.as_str(), label: admin.role_name(role) })
        .collect()
}

#[component]
fn People(team: Team) -> impl IntoView {
    let words = use_words();
    let (admin, text) = (&words.settings.admin, &words.settings.team_words);
    let Team { members, invited, link } = team;
    let signed_in = use_signed_in();
    let me = signed_in.as_ref().map(|person| person.email.clone());
    let mine = signed_in.map(|person| person.role);
    let manages = may(Right::Administer);
    let rows = members
        .into_iter()
        .map(|member| {
            let is_me = me.as_deref() == Some(member.email.as_str());
            // An admin has no say over owners.
            let changeable = manages && (member.role != Role::Owner || mine == Some(Role::Owner));
            view! { <Row member is_me changeable mine/> }
        })
        .collect_view();
    let head = move || {
        view! {
            <Column>{admin.email}</Column>
            <Column>{admin.role}</Column>
            <Column>{admin.may}</Column>
            {manages.then(|| view! { <Column>{text.change}</Column> })}
        }
    };
    let link = link.map(|link| {
        view! {
            <Banner tone=Tone::Success title=text.invited>
                <p class="copyable">
                    <code class="secret">{link.clone()}</code>
                    <CopyButton text=link label=admin.copy copied=admin.copied/>
                </p>
                <p>{text.link_once}</p>
            </Banner>
        }
    });
    let waiting = invited
        .into_iter()
        .map(|one| {
            view! {
                <li class="cluster" data-align="between">
                    <span>
                        {one.email.clone()} " · " {admin.role_name(one.role)} " "
                        <span class="muted small">{(text.until)(&exact(one.expires_at, words))}</span>
                    </span>
                    <form method="post" action=TakeBackInvitation::url()>
                        <input type="hidden" name="id" value=one.id.to_string()/>
                        <Button press=Press::Submit size=Size::Small attr:aria-label=(text.take_back_one)(&one.email)>
                            {text.take_back}
                        </Button>
                    </form>
                </li>
            }
        })
        .collect_view();
    view! {
        <Table caption=words.settings.team head=ViewFnOnce::from(head)>{rows}</Table>
        {manages.then(|| view! {
            <Card title=text.invite lead=text.invite_text>
                <div class="stack">
                    {link}
                    <form method="post" action=InviteColleague::url()>
                        <div class="stack">
                            <TextField name="email" label=admin.email kind="email" autocomplete="off" required=true maxlength=254/>
                            <Select name="role" label=admin.role choices=roles(mine, admin) value="agent"/>
                            <div class="cluster" data-align="end">
                                <Button press=Press::Submit variant=Variant::Primary>{text.invite_button}</Button>
                            </div>
                        </div>
                    </form>
                    <ul class="stack" data-gap="small" aria-label=text.waiting>{waiting}</ul>
                </div>
            </Card>
        })}
    }
}

#[component]
fn Row(member: Member, is_me: bool, changeable: bool, mine: Option<Role>) -> impl IntoView {
    let words = use_words();
    let (admin, text) = (&words.settings.admin, &words.settings.team_words);
    let id = member.id.to_string();
    let (email, factor) = (member.email.clone(), member.second_factor);
    let (lost, lost_name) = (id.clone(), (text.factor_off_for_one)(&email));
    view! {
        <tr>
            <th scope="row">
                <span class="person">
                    <Avatar name=member.email.clone()/>
                    <span class="person-words">{member.email.clone()}</span>
                    {is_me.then(|| view! { <Badge>{admin.you}</Badge> })}
                    {factor.then(|| view! { <Badge tone=Tone::Success>{text.factor_badge}</Badge> })}
                </span>
            </th>
            <td data-label=admin.role><Badge tone=Tone::Accent>{admin.role_name(member.role)}</Badge></td>
            <td data-label=admin.may>{admin.role_text(member.role)}</td>
            {may(Right::Administer).then(|| view! {
                <td data-label=text.change>
                    {changeable.then(|| view! {
                        <div class="cluster">
                            <form method="post" action=SetColleagueRole::url()>
                                <span class="cluster">
                                    <input type="hidden" name="id" value=id.clone()/>
                                    <SelectControl
                                        name="role"
                                        label=(text.role_of)(&email)
                                        choices=roles(mine, admin)
                                        value=member.role.as_str()
                                    />
                                    <Button press=Press::Submit size=Size::Small attr:aria-label=(text.set_role_of)(&email)>
                                        {text.set_role}
                                    </Button>
                                </span>
                            </form>
                            {factor.then(|| view! {
                                <form method="post" action=TurnOffColleaguesFactor::url()>
                                    <input type="hidden" name="id" value=lost/>
                                    <Button press=Press::Submit size=Size::Small attr:aria-label=lost_name>{text.factor_off_for}</Button>
                                </form>
                            })}
                            <details>
                                <summary class="button" data-size="small" data-variant="quiet">{text.remove}</summary>
                                <form method="post" action=RemoveColleague::url()>
                                    <p>{(text.remove_question)(&email)}</p>
                                    <input type="hidden" name="id" value=id/>
                                    <Button press=Press::Submit variant=Variant::Danger size=Size::Small>
                                        {(text.remove_one)(&email)}
                                    </Button>
                                </form>
                            </details>
                        </div>
                    })}
                </td>
            })}
        </tr>
    }
}

/// One's own password and sessions.
#[component]
fn Own() -> impl IntoView {
    let words = use_words();
    let text = &words.settings.team_words;
    view! {
        <Card title=text.password lead=text.password_text>
            <form method="post" action=ChangePassword::url()>
                <div class="stack">
                    <TextField name="current" label=text.current kind="password" autocomplete="current-password" required=true/>
                    <TextField
                        name="password"
                        label=text.new_password
                        kind="password"
                        autocomplete="new-password"
                        required=true
                        minlength=domain::limits::PASSWORD_LEAST
                    />
                    <div class="cluster" data-align="end">
                        <Button press=Press::Submit>{text.change_password}</Button>
                    </div>
                </div>
            </form>
            <form method="post" action=EndOtherSessions::url()>
                <div class="cluster" data-align="between">
                    <span class="muted small">{text.sessions_text}</span>
                    <Button press=Press::Submit size=Size::Small>{text.end_sessions}</Button>
                </div>
            </form>
        </Card>
    }
}
