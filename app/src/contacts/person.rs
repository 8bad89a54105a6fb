use domain::consent::State;
use domain::contact::Contact;
use domain::id::ContactId;
use domain::role::Right;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::api::{ContactDetail, SetBlocked, SetChoice, TryNumberAgain, find_contact, load_contact};
use super::edit::Edit;
use super::explain::{explanation, moment};
use super::history::History;
use super::not_recorded::{NotRecorded, not_recorded};
use super::notes::Notes;
use super::opt_in::{Asking, OptInDialog};
use super::toggle::{ConsentToggle, Refresh};
use crate::auth::percent_encoded;
use crate::inbox::INBOX_PATH;
use crate::jobs::Privacy;
use crate::live::use_live;
use crate::returned::{returned, use_ticket};
use crate::ui::{
    Badge, Banner, Button, ButtonLink, Card, ConsentBadge, CopyButton, Dialog, ErrorSummary, Facts, Glyph,
    Page, Press, Shape, Skeleton, Split, Step, Suspended, TimeAgo, Tone, Variant, use_toasts,
};
use crate::visit::{may, use_visit};
use crate::words::{Words, use_words};

/// One person: who they are, what they decided and why we know, and everything that happened.
///
/// Name, tags and blocking are read once and after a change of them; consent and history follow live events. So nothing typed
/// is lost when something happens elsewhere.
#[component]
pub fn ContactPage() -> impl IntoView {
    let words = use_words();
    let live = use_live();
    let refresh = Refresh::provide();
    let asking = Asking::provide();
    let edited = RwSignal::new(0_u32);
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let ticket = use_ticket();
    let contact = Resource::new_blocking(
        move || (id.get(), edited.get()),
        move |(id, edits)| {
            // What came back is news until it was saved.
            let ticket = if edits == 0 { ticket() } else { String::new() };
            async move { Ok((find_contact(id).await?, returned(ticket).await?)) }
        },
    );
    let detail = Resource::new(
        move || (id.get(), edited.get(), live.contacts.get(), live.messages.get(), refresh.0.get()),
        |(id, ..)| load_contact(id),
    );
    let query = use_query_map();
    view! {
        <Suspended resource=contact page=true fallback=|| view! { <Skeleton shape=Shape::Title/> } children=move |(contact, returned)| {
            let contact: Contact = contact;
            let name = contact.label();
            let trail = vec![Step { label: words.shell.contacts.to_owned(), href: Some("/contacts".to_owned()) }];
            let number = contact.phone.as_ref().map(ToString::to_string).filter(|number| *number != name);
            let noted = returned.clone();
            let phone = simulator_link(&contact).filter(|_| use_visit().demo);
            let actions = move || {
                phone.map(|href| view! { <ButtonLink href glyph=Glyph::Phone>{words.contacts.open_simulator}</ButtonLink> })
            };
            let aside = {
                let contact = contact.clone();
                move || {
                    view! {
                        <About contact=contact.clone()/>
                        {may(Right::WriteContacts).then(|| {
                            view! {
                                <Edit contact=contact.clone() returned=returned.clone() edited/>
                                <Blocking contact=contact.clone() edited/>
                            }
                        })}
                        {may(Right::ManageContacts).then(|| view! { <Merging contact=contact.clone()/> })}
                        {may(Right::ManageContacts).then(|| view! { <Privacy contact=contact.clone()/> })}
                    }
                }
            };
            view! {
                <Page title=name lead=number.unwrap_or_default() trail actions=ViewFnOnce::from(actions)>
                    <NotRecorded/>
                    {query.read_untracked().get("merged").map(|_| {
                        view! { <Banner tone=Tone::Success title=words.person.merged/> }
                    })}
                    {contact.blocked.then(|| {
                        view! { <Banner tone=Tone::Danger><p>{words.contacts.is_blocked}</p></Banner> }
                    })}
                    <Split aside=ViewFnOnce::from(aside)>
                        <Suspended
                            resource=detail
                            fallback=|| view! { <Skeleton shape=Shape::Block/> }
                            children=move |detail: ContactDetail| {
                                let recorded = query.read_untracked().get("recorded");
                                let news = news(recorded.as_deref(), detail.contact.state, words);
                                view! {
                                    {news.map(|news| view! { <Banner tone=Tone::Success title=news/> })}
                                    <Decided detail/>
                                }
                            }
                        />
                        <Notes contact=contact.id returned=noted/>
                    </Split>
                </Page>
            }
        }/>
        <OptInDialog asking/>
    }
}

/// Leads to the page that joins another record of the same person.
#[component]
fn Merging(contact: Contact) -> impl IntoView {
    let text = &use_words().person;
    let href = format!("/contacts/{}/merge", contact.id);
    view! {
        <Card title=text.merge>
            <p class="muted">{text.merge_text}</p>
            <div><ButtonLink href>{text.merge}</ButtonLink></div>
        </Card>
    }
}

fn simulator_link(contact: &Contact) -> Option<String> {
    let phone = contact.phone.as_ref()?;
    let name = contact.name.as_deref().unwrap_or_default();
    Some(format!("/simulator?with={}&name={}", percent_encoded(phone.as_str()), percent_encoded(name)))
}

/// What a form recorded just now, by the address it led to; old news once the person stands elsewhere.
fn news(recorded: Option<&str>, state: State, words: &Words) -> Option<&'static str> {
    match state {
        _ if recorded != Some(state.as_str()) => None,
        State::OptedIn => Some(words.contacts.recorded_in),
        State::OptedOut => Some(words.contacts.recorded_out),
        _ => None,
    }
}

/// Consent and history: what live events change.
#[component]
fn Decided(detail: ContactDetail) -> impl IntoView {
    let words = use_words();
    let ContactDetail { contact, events, thread, older, numbers, own_page, now } = detail;
    let numbers = (numbers.len() > 1).then(|| numbers.join(", "));
    let sentence = explanation(&contact, &events, words);
    let expires = contact.expires_at.map(|at| (words.consent.expires)(&moment(at, words)));
    let undecided = !matches!(contact.state, State::OptedIn | State::OptedOut) && may(Right::WriteConsent);
    view! {
        <Card title=words.contacts.marketing_title lead=words.contacts.marketing_lead>
            <div class="consent-now">
                <div class="stack" data-gap="small">
                    <div class="cluster">
                        <ConsentBadge state=contact.state/>
                        {contact.since.map(|since| view! { <span class="muted small"><TimeAgo at=since now/></span> })}
                    </div>
                    <p>{sentence}</p>
                    {expires.map(|expires| view! { <p class="muted">{expires}</p> })}
                    {numbers.map(|numbers| {
                        view! { <p class="muted small">{words.person.other_numbers} ": " <span class="numeric">{numbers}</span></p> }
                    })}
                    {contact.invalid.then(|| view! { <Unreachable contact=contact.id/> })}
                    <p class="small">
                        <a href=format!("{INBOX_PATH}/{}", contact.id)>{words.contacts.open_conversation}</a>
                    </p>
                </div>
                <div class="cluster">
                    <ConsentToggle contact=contact.clone()/>
                    {undecided.then(|| view! { <RecordOptOut contact=contact.clone()/> })}
                </div>
            </div>
            <p class="muted small">
                {words.contacts.own_page} " "
                <span class="own-page">
                    <code class="own-page-link">{own_page.clone()}</code>
                    <CopyButton text=own_page label=words.contacts.own_page_copy copied=words.contacts.own_page_copied/>
                </span>
            </p>
            {contact.native_stop.then(|| {
                view! {
                    <Banner tone=Tone::Warning title=words.consent.native_stop_title>
                        <p>{words.consent.native_stop_text}</p>
                    </Banner>
                }
            })}
        </Card>
        <Card title=words.contacts.history lead=words.contacts.history_lead>
            <History events thread older now/>
        </Card>
    }
}

/// Nobody answers under the number, as far as WhatsApp says; whoever knows better may try again.
#[component]
fn Unreachable(contact: ContactId) -> impl IntoView {
    let words = use_words();
    let again = ServerAction::<TryNumberAgain>::new();
    let value = again.value();
    let refresh = use_context::<Refresh>();
    Effect::new(move |_| {
        if let (Some(Ok(())), Some(refresh)) = (value.get(), refresh) {
            refresh.bump();
        }
    });
    view! {
        <p class="muted">{words.consent.invalid}</p>
        {may(Right::WriteContacts).then(|| view! {
            <ActionForm action=again>
                <input type="hidden" name="contact" value=contact.to_string()/>
                <Button press=Press::Submit pending=again.pending()>{words.person.try_again}</Button>
            </ActionForm>
        })}
    }
}

/// Records a stop of somebody who never agreed, or whose words were ambiguous: their switch is off already.
#[component]
fn RecordOptOut(contact: Contact) -> impl IntoView {
    let words = use_words();
    let refresh = use_context::<Refresh>();
    let record = ServerAction::<SetChoice>::new();
    let (value, version) = (record.value(), record.version());
    let toasts = use_toasts();
    let name = contact.label();
    Effect::new(move |_| {
        // What an address claims about an earlier form is not news.
        if version.get() == 0 {
            return;
        }
        match value.get() {
            Some(Ok(_)) => {
                toasts.success((words.contacts.turned_off)(&name));
                if let Some(refresh) = refresh {
                    refresh.bump();
                }
            }
            Some(Err(error)) => toasts.error(not_recorded(&error, words)),
            None => {}
        }
    });
    view! {
        <ActionForm action=record>
            <input type="hidden" name="contact" value=contact.id.to_string()/>
            <input type="hidden" name="choice" value=State::OptedOut.as_str()/>
            <Button press=Press::Submit pending=record.pending()>{words.contacts.opt_out_now}</Button>
        </ActionForm>
    }
}

#[component]
fn About(contact: Contact) -> impl IntoView {
    let words = use_words();
    // No "now" here: these facts do not follow live events, so they are given as dates.
    let date = move |at| moment(at, words);
    let number =
        contact.phone.as_ref().map_or_else(|| words.contacts.number_hidden.to_owned(), ToString::to_string);
    view! {
        <Card title=words.contacts.identity>
            <Facts>
                <dt>{words.contacts.number}</dt>
                <dd class="numeric">{number}</dd>
                {contact.user_id.clone().map(|user_id| view! { <dt>{words.contacts.user_id}</dt><dd>{user_id}</dd> })}
                {contact.country.clone().map(|country| view! { <dt>{words.contacts.country}</dt><dd>{country}</dd> })}
                {contact.details.language.clone().map(|language| {
                    view! { <dt>{words.person.language}</dt><dd>{language}</dd> }
                })}
                {contact
                    .details
                    .attributes
                    .clone()
                    .into_iter()
                    .map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> })
                    .collect_view()}
                {(!contact.tags.is_empty()).then(|| {
                    let tags = contact.tags.clone().into_iter().map(|tag| view! { <Badge>{tag}</Badge> }).collect_view();
                    view! { <dt>{words.contacts.tags}</dt><dd><span class="cluster">{tags}</span></dd> }
                })}
                <dt>{words.contacts.last_wrote}</dt>
                <dd>{contact.last_inbound_at.map_or_else(|| words.contacts.never_wrote.to_owned(), date)}</dd>
                <dt>{words.contacts.added}</dt>
                <dd>{date(contact.created_at)}</dd>
            </Facts>
        </Card>
    }
}

/// The other switch: everything, not only marketing. Its words and its place keep it apart from the consent switch.
#[component]
fn Blocking(contact: Contact, edited: RwSignal<u32>) -> impl IntoView {
    let words = use_words();
    let set = ServerAction::<SetBlocked>::new();
    let (value, pending) = (set.value(), set.pending());
    let error = Signal::derive(move || value.get().and_then(Result::err));
    let asking = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(Ok(())) = value.get() {
            asking.set(false);
            edited.update(|version| *version += 1);
        }
    });
    let name = contact.label();
    let (offer, question) = ((words.contacts.block)(&name), (words.contacts.block_question)(&name));
    let id = contact.id.to_string();
    let action = if contact.blocked {
        view! {
            <ActionForm action=set>
                <input type="hidden" name="contact" value=id/>
                <input type="hidden" name="blocked" value="false"/>
                <Button press=Press::Submit pending>{words.contacts.unblock}</Button>
            </ActionForm>
        }
        .into_any()
    } else {
        // The command attributes open the dialog before, and without, the browser program.
        view! {
            <div>
                <Button
                    glyph=Glyph::Blocked
                    attr:commandfor="block"
                    attr:command="show-modal"
                    on:click=move |_| asking.set(true)
                >
                    {offer}
                </Button>
            </div>
            <Dialog id="block" title=question open=asking>
                <p>{words.contacts.block_consequence}</p>
                <ActionForm action=set>
                    <input type="hidden" name="contact" value=id/>
                    <input type="hidden" name="blocked" value="true"/>
                    <div class="dialog-actions">
                        <Button on:click=move |_| asking.set(false)>{words.contacts.cancel}</Button>
                        <Button press=Press::Submit variant=Variant::Danger pending>{words.contacts.block_confirm}</Button>
                    </div>
                </ActionForm>
            </Dialog>
        }
        .into_any()
    };
    view! {
        <Card title=words.contacts.block_title>
            <ErrorSummary error/>
            <p class="muted">{words.contacts.block_text}</p>
            {action}
        </Card>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::ENGLISH;

    #[test]
    fn what_an_address_says_was_recorded_is_shown_only_while_it_is_true() {
        let told = |recorded, state| news(recorded, state, &ENGLISH);
        assert_eq!(told(Some("opted_in"), State::OptedIn), Some(ENGLISH.contacts.recorded_in));
        assert_eq!(told(Some("opted_out"), State::OptedOut), Some(ENGLISH.contacts.recorded_out));
        assert_eq!(told(Some("opted_in"), State::OptedOut), None, "a stop since");
        assert_eq!(told(Some("held"), State::Held), None);
        assert_eq!(told(None, State::OptedIn), None);
    }
}
