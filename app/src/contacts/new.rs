use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::api::AddContact;
use crate::error::FieldName;
use crate::ui::{Button, ButtonLink, ChipsInput, ErrorSummary, Page, Press, Step, TextField, Variant};
use crate::words::use_words;

/// Adds a contact by hand.
#[component]
pub fn NewContactPage() -> impl IntoView {
    let words = use_words();
    let add = ServerAction::<AddContact>::new();
    let value = add.value();
    let error = Signal::derive(move || value.get().and_then(Result::err));
    let field_error = move |name: FieldName| {
        Signal::derive(move || {
            error.read().as_ref().and_then(|error| error.field(name)).map(|error| words.errors.field(error))
        })
    };
    let tags = RwSignal::new(Vec::new());
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(id)) = value.get() {
            navigate(&format!("/contacts/{id}"), NavigateOptions::default());
        }
    });
    let trail = vec![Step { label: words.shell.contacts.to_owned(), href: Some("/contacts".to_owned()) }];
    view! {
        <Page title=words.contacts.new_title lead=words.contacts.new_lead trail narrow=true>
            <ActionForm action=add>
                <div class="card">
                    <div class="card-body">
                        <ErrorSummary error/>
                        <TextField
                            name=FieldName::Phone.as_str()
                            label=words.contacts.phone
                            hint=words.contacts.phone_hint
                            kind="tel"
                            autocomplete="off"
                            required=true
                            maxlength=40
                            error=field_error(FieldName::Phone)
                        />
                        <TextField
                            name=FieldName::Name.as_str()
                            label=words.contacts.name
                            autocomplete="off"
                            maxlength=200
                            error=field_error(FieldName::Name)
                        />
                        <ChipsInput
                            name=FieldName::Tags.as_str()
                            label=words.contacts.tags
                            hint=words.contacts.tags_hint
                            words=tags
                            error=field_error(FieldName::Tags)
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
        </Page>
    }
}
