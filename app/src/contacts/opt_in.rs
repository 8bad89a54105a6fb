use domain::consent::Source;
use domain::contact::Contact;
use domain::limits;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};

use super::api::{RecordOptIn, find_contact};
use super::explain::opted_out_before;
use super::toggle::Refresh;
use crate::error::FieldName;
use crate::returned::{FormErrors, Returned, returned, use_ticket};
use crate::ui::{
    Banner, Button, ButtonLink, Choice, Dialog, ErrorSummary, Page, Press, Select, Skeleton, Step, Suspended,
    TextArea, TextField, Tone, Variant, use_toasts,
};
use crate::words::use_words;

/// Whom the dialog asks about. Provided by pages with switches; without it a switch leads to [`OptInPage`].
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    contact: RwSignal<Option<Contact>>,
    open: RwSignal<bool>,
}

impl Asking {
    /// Makes one and puts it in the context; show [`OptInDialog`] on the same page.
    #[must_use]
    pub fn provide() -> Self {
        let asking = Self { contact: RwSignal::new(None), open: RwSignal::new(false) };
        provide_context(asking);
        asking
    }

    /// Opens the dialog.
    pub fn ask(self, contact: Contact) {
        self.contact.set(Some(contact));
        self.open.set(true);
    }
}

/// "How did Maria agree?", over the list or the person's page.
#[component]
pub fn OptInDialog(
    /// Whom it asks about.
    asking: Asking,
) -> impl IntoView {
    let words = use_words();
    let title = Signal::derive(move || {
        asking
            .contact
            .read()
            .as_ref()
            .map(|contact| (words.contacts.how_agreed)(&contact.label()))
            .unwrap_or_default()
    });
    let form = move || {
        asking.contact.get().map(|contact| {
            let done = Callback::new(move |()| asking.open.set(false));
            view! {
                <OptInForm contact done>
                    <Button on:click=move |_| asking.open.set(false)>{words.contacts.cancel}</Button>
                </OptInForm>
            }
        })
    };
    view! { <Dialog id="opt-in" title open=asking.open>{form}</Dialog> }
}

/// The form that records how a person agreed.
#[component]
fn OptInForm(
    contact: Contact,
    /// The form as it came back, where it was refused before.
    #[prop(default = None)]
    returned: Option<Returned>,
    /// Called when it is recorded, in the browser.
    done: Callback<()>,
    /// The way out without a change.
    children: Children,
) -> impl IntoView {
    let words = use_words();
    let toasts = use_toasts();
    let refresh = use_context::<Refresh>();
    let record = ServerAction::<RecordOptIn>::new();
    let value = record.value();
    let errors = FormErrors::new(value, returned.as_ref());
    let typed = |field| returned.as_ref().and_then(|returned| returned.typed(field)).unwrap_or_default();
    let (source, agreed_on) = (typed(FieldName::Source), typed(FieldName::AgreedOn));
    let note = RwSignal::new(typed(FieldName::Note));
    let name = contact.label();
    Effect::new(move |_| {
        if let Some(Ok(_)) = value.get() {
            toasts.success((words.contacts.turned_on)(&name));
            if let Some(refresh) = refresh {
                refresh.bump();
            }
            done.run(());
        }
    });
    let choices = std::iter::once(Choice { value: "", label: words.contacts.source_choose })
        .chain(
            Source::RECORDABLE
                .map(|source| Choice { value: source.as_str(), label: words.consent.source(source) }),
        )
        .collect();
    let before = opted_out_before(&contact, words)
        .map(|how| (words.contacts.opted_out_before)(&contact.label(), &how));
    view! {
        // The server names every field at once, and in our words.
        <ActionForm action=record attr:novalidate="">
            <div class="stack">
                <ErrorSummary error=errors.all/>
                {before.map(|text| view! { <Banner tone=Tone::Warning><p>{text}</p></Banner> })}
                <p class="muted">{words.contacts.how_agreed_lead}</p>
                <input type="hidden" name="contact" value=contact.id.to_string()/>
                <Select
                    name=FieldName::Source.as_str()
                    label=words.contacts.source
                    choices
                    value=source
                    error=errors.of(FieldName::Source)
                />
                <TextField
                    name=FieldName::AgreedOn.as_str()
                    label=words.contacts.agreed_on
                    hint=words.contacts.agreed_on_hint
                    kind="date"
                    value=agreed_on
                    error=errors.of(FieldName::AgreedOn)
                />
                <TextArea
                    name=FieldName::Note.as_str()
                    label=words.contacts.note
                    hint=words.contacts.note_hint
                    text=note
                    limit=limits::NOTE
                    rows=3
                    required=false
                    error=errors.of(FieldName::Note)
                />
                <div class="dialog-actions">
                    {children()}
                    <Button press=Press::Submit variant=Variant::Primary pending=record.pending()>
                        {words.contacts.record_opt_in}
                    </Button>
                </div>
            </div>
        </ActionForm>
    }
}

/// Asks how a person agreed, where the dialog cannot be shown.
#[component]
pub fn OptInPage() -> impl IntoView {
    let words = use_words();
    let params = use_params_map();
    let ticket = use_ticket();
    let form = Resource::new_blocking(
        move || params.read().get("id").unwrap_or_default(),
        move |id| {
            let ticket = ticket();
            async move { Ok((find_contact(id).await?, returned(ticket).await?)) }
        },
    );
    view! {
        <Suspended resource=form page=true fallback=|| view! { <Skeleton/> } children=move |(contact, returned)| {
            let contact: Contact = contact;
            let (label, home) = (contact.label(), format!("/contacts/{}", contact.id));
            let trail = vec![
                Step { label: words.shell.contacts.to_owned(), href: Some("/contacts".to_owned()) },
                Step { label: label.clone(), href: Some(home.clone()) },
            ];
            let navigate = use_navigate();
            let back = home.clone();
            let done = Callback::new(move |()| navigate(&back, NavigateOptions::default()));
            view! {
                <Page title=(words.contacts.how_agreed)(&label) trail narrow=true>
                    <div class="card">
                        <div class="card-body">
                            <OptInForm contact returned done>
                                <ButtonLink href=home>{words.contacts.cancel}</ButtonLink>
                            </OptInForm>
                        </div>
                    </div>
                </Page>
            }
        }/>
    }
}
