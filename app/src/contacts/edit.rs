use domain::contact::{Contact, Details};
use domain::limits;
use domain::settings::split_keywords;
use leptos::prelude::*;

use super::api::EditContact;
use crate::error::FieldName;
use crate::returned::{FormErrors, Returned};
use crate::ui::{Button, Card, ChipsInput, ErrorSummary, Press, TextArea, TextField, use_toasts};
use crate::words::use_words;

/// What the business keeps about a person.
#[component]
pub(super) fn Edit(
    contact: Contact,
    returned: Option<Returned>,
    /// Counts what was changed here.
    edited: RwSignal<u32>,
) -> impl IntoView {
    let words = use_words();
    let toasts = use_toasts();
    let edit = ServerAction::<EditContact>::new();
    let value = edit.value();
    let errors = FormErrors::new(value, returned.as_ref());
    let typed = |field| returned.as_ref().and_then(|returned| returned.typed(field));
    let name = typed(FieldName::Name).or_else(|| contact.name.clone()).unwrap_or_default();
    let tags = typed(FieldName::Tags).map_or_else(|| contact.tags.clone(), |tags| split_keywords(&tags));
    let tags = RwSignal::new(tags);
    let Details { language, attributes } = contact.details;
    let language = typed(FieldName::Language).or(language).unwrap_or_default();
    let lines = attributes.into_iter().map(|(name, value)| format!("{name}: {value}\n")).collect::<String>();
    let attributes = RwSignal::new(typed(FieldName::Attributes).unwrap_or(lines));
    Effect::new(move |_| {
        if let Some(Ok(())) = value.get() {
            toasts.success(words.contacts.saved);
            edited.update(|version| *version += 1);
        }
    });
    view! {
        <Card title=words.contacts.edit>
            <ActionForm action=edit>
                <div class="stack">
                    <ErrorSummary error=errors.all/>
                    <input type="hidden" name="contact" value=contact.id.to_string()/>
                    <TextField
                        name=FieldName::Name.as_str()
                        label=words.contacts.name
                        value=name
                        maxlength=limits::CONTACT_NAME
                        autocomplete="off"
                        error=errors.of(FieldName::Name)
                    />
                    <ChipsInput
                        name=FieldName::Tags.as_str()
                        label=words.contacts.tags
                        hint=words.contacts.tags_hint
                        words=tags
                        error=errors.of(FieldName::Tags)
                    />
                    <TextField
                        name=FieldName::Language.as_str()
                        label=words.person.language
                        hint=words.person.language_hint
                        value=language
                        maxlength=35
                        autocomplete="off"
                        error=errors.of(FieldName::Language)
                    />
                    <TextArea
                        name=FieldName::Attributes.as_str()
                        label=words.person.attributes
                        hint=words.person.attributes_hint
                        text=attributes
                        limit=limits::ATTRIBUTES * (limits::ATTRIBUTE_NAME + limits::ATTRIBUTE + 2)
                        rows=3
                        required=false
                        error=errors.of(FieldName::Attributes)
                    />
                    <div class="cluster" data-align="end">
                        <Button press=Press::Submit pending=edit.pending()>{words.contacts.save}</Button>
                    </div>
                </div>
            </ActionForm>
        </Card>
    }
}
