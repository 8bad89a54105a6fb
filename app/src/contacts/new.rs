use domain::limits;
use domain::settings::split_keywords;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::api::AddContact;
use crate::error::FieldName;
use crate::returned::{FormErrors, Returned, returned, use_ticket};
use crate::ui::{
    Button, ButtonLink, ChipsInput, ErrorSummary, Page, Press, Skeleton, Step, Suspended, TextField, Variant,
};
use crate::words::use_words;

/// Adds a contact by hand.
#[component]
pub fn NewContactPage() -> impl IntoView {
    let words = use_words();
    let ticket = use_ticket();
    let form = Resource::new_blocking(|| (), move |()| returned(ticket()));
    let trail = vec![Step { label: words.shell.contacts.to_owned(), href: Some("/contacts".to_owned()) }];
    view! {
        <Page title=words.contacts.new_title lead=words.contacts.new_lead trail narrow=true>
            <Suspended
                resource=form
                fallback=|| view! { <Skeleton/> }
                children=move |returned| view! { <NewContactForm returned/> }
            />
        </Page>
    }
}

#[component]
fn NewContactForm(returned: Option<Returned>) -> impl IntoView {
    let words = use_words();
    let add = ServerAction::<AddContact>::new();
    let value = add.value();
    let errors = FormErrors::new(value, returned.as_ref());
    let typed = |field| returned.as_ref().and_then(|returned| returned.typed(field)).unwrap_or_default();
    let (phone, name) = (typed(FieldName::Phone), typed(FieldName::Name));
    let tags = RwSignal::new(split_keywords(&typed(FieldName::Tags)));
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(id)) = value.get() {
            navigate(&format!("/contacts/{id}"), NavigateOptions::default());
        }
    });
    view! {
        <ActionForm action=add>
            <div class="card">
                <div class="card-body">
                    <ErrorSummary error=errors.all/>
                    <TextField
                        name=FieldName::Phone.as_str()
                        label=words.contacts.phone
                        hint=words.contacts.phone_hint
                        value=phone
                        kind="tel"
                        autocomplete="off"
                        required=true
                        maxlength=40
                        error=errors.of(FieldName::Phone)
                    />
                    <TextField
                        name=FieldName::Name.as_str()
                        label=words.contacts.name
                        value=name
                        autocomplete="off"
                        maxlength=limits::CONTACT_NAME
                        error=errors.of(FieldName::Name)
                    />
                    <ChipsInput
                        name=FieldName::Tags.as_str()
                        label=words.contacts.tags
                        hint=words.contacts.tags_hint
                        words=tags
                        error=errors.of(FieldName::Tags)
                    />
                    <div class="cluster" data-align="end">
                        <ButtonLink href="/contacts">{words.contacts.cancel}</ButtonLink>
                        <Button press=Press::Submit variant=Variant::Primary pending=add.pending()>
                            {words.contacts.save_contact}
                        </Button>
                    </div>
                </div>
            </div>
        </ActionForm>
    }
}
