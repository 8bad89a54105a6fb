use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::PrepareBulk;
use crate::ui::{Button, Choice, Press, SelectControl};
use crate::words::use_words;

/// The id of the form that the boxes of the rows belong to: it stands beside the table, whose rows hold forms of their own.
const FORM: &str = "many";

/// The box that chooses a row.
#[component]
pub fn RowChoice(
    /// Whom.
    id: String,
    /// What to call them.
    #[prop(into)]
    name: Signal<String>,
) -> impl IntoView {
    let words = use_words();
    view! {
        <input
            class="choice-input"
            type="checkbox"
            name="contacts[]"
            value=id
            form=FORM
            aria-label=move || (words.jobs.choose)(&name.read())
        />
    }
}

/// What can be done with the chosen rows, or with everybody who matches.
#[component]
pub fn Many(
    /// How many match, and whether there are more.
    count: i64,
    more: bool,
    /// The query of the list's address.
    view: String,
) -> impl IntoView {
    let words = use_words();
    let text = &words.jobs;
    let choices = text.actions.map(|(value, label)| Choice { value, label }).to_vec();
    view! {
        <details class="many">
            <summary class="many-summary">{text.many}</summary>
            <form class="many-form" id=FORM method="post" action=PrepareBulk::url()>
                <input type="hidden" name="view" value=view/>
                <label class="choice">
                    <input class="choice-input" type="checkbox" name="all" value="true"/>
                    <span>{(text.all_matching)(count, more)}</span>
                </label>
                <SelectControl name="action" choices value="tag" label=text.action/>
                <label class="many-tag">
                    <span class="visually-hidden">{text.tag}</span>
                    <input
                        class="field-control"
                        name="tag"
                        placeholder=text.tag
                        maxlength=domain::limits::TAG.to_string()
                        autocomplete="off"
                    />
                </label>
                <Button press=Press::Submit>{text.apply}</Button>
            </form>
        </details>
    }
}
