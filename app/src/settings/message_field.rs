use domain::settings::{Draft, Field, MESSAGE_LIMIT, VARIABLES, render};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use super::fields::Fields;
use crate::error::FieldName;
use crate::ui::{Bubble, BubbleFrom, Glyph, Icon, PhoneNote, PhonePreview, TextArea};
use crate::words::use_words;

/// A message of the settings: the text, buttons that insert variables, and how it will look on a customer's phone.
#[component]
pub fn MessageField(
    /// Which message.
    field: Field,
    /// Its label.
    label: &'static str,
    /// Its hint.
    hint: &'static str,
    /// Its text.
    text: RwSignal<String>,
    /// The form it belongs to.
    fields: Fields,
    /// Fills `{{business_name}}`.
    business_name: String,
    /// What the customer writes before it: the first keyword of a list.
    trigger: fn(&Draft) -> Option<&String>,
    /// A reply button below it.
    #[prop(optional)]
    button: Option<&'static str>,
) -> impl IntoView {
    let words = use_words();
    let system = &words.settings.system;
    let name = FieldName::Settings(field).as_str();
    let person = system.preview_person;
    let inserts = VARIABLES
        .into_iter()
        .zip(system.variables)
        .map(|(variable, label)| {
            let said = (system.insert_one)(label);
            view! {
                <button
                    class="insert-variable"
                    type="button"
                    title=format!("{{{{{variable}}}}}")
                    aria-label=said
                    on:click=move |_| insert(name, text, variable)
                >
                    <Icon glyph=Glyph::Plus/>
                    {label}
                </button>
            }
        })
        .collect_view();
    let business = business_name.clone();
    let shown = Memo::new(move |_| {
        let draft = fields.draft.read();
        render(&text.read(), &draft.variables(&business, Some(person)))
    });
    let asked = Memo::new(move |_| trigger(&fields.draft.read()).cloned().unwrap_or_default());
    let warning = fields.warning(field);
    view! {
        <div class="message-field">
            <div class="stack" data-gap="small">
                <TextArea
                    name
                    label
                    hint
                    text
                    limit=MESSAGE_LIMIT
                    rows=5
                    error=fields.error(field)
                />
                {move || warning.get().map(|warning| view! {
                    <p class="field-warning"><Icon glyph=Glyph::Warning/><span>{warning}</span></p>
                })}
                <div class="insert-variables" role="group" aria-label=system.insert>{inserts}</div>
            </div>
            <figure class="message-preview">
                <figcaption class="visually-hidden">{system.preview}</figcaption>
                <PhonePreview name=business_name>
                    <Bubble text=asked from=BubbleFrom::Me/>
                    <Bubble text=shown/>
                    {button.map(|button| view! { <PhoneNote>{button}</PhoneNote> })}
                </PhonePreview>
            </figure>
        </div>
    }
}

/// Puts a variable where the cursor is, and the cursor behind it.
fn insert(name: &'static str, text: RwSignal<String>, variable: &str) {
    let Some(control) =
        document().get_element_by_id(name).and_then(|found| found.dyn_into::<HtmlTextAreaElement>().ok())
    else {
        return;
    };
    let snippet: Vec<u16> = format!("{{{{{variable}}}}}").encode_utf16().collect();
    let mut units: Vec<u16> = text.get_untracked().encode_utf16().collect();
    let end_of_text = units.len();
    let place = |at: Option<u32>| at.map_or(end_of_text, |at| (at as usize).min(end_of_text));
    let start = place(control.selection_start().ok().flatten());
    let end = place(control.selection_end().ok().flatten()).max(start);
    let behind = u32::try_from(start + snippet.len()).unwrap_or(u32::MAX);
    units.splice(start..end, snippet);
    let new = String::from_utf16_lossy(&units);
    control.set_value(&new);
    text.set(new);
    // A control that cannot take the focus is no loss.
    let _ = control.focus();
    let _ = control.set_selection_range(behind, behind);
}
