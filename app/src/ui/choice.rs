use leptos::prelude::*;

use super::field::FieldError;

/// A box to tick. Unticked it submits nothing: receive it with `#[server(default)] flag: bool`.
#[component]
pub fn Checkbox(
    /// The name it is submitted under.
    name: &'static str,
    /// What ticking it means.
    #[prop(into)]
    label: String,
    /// What else there is to know.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is submitted when ticked.
    #[prop(default = "true")]
    value: &'static str,
    /// Ticked; followed when it changes.
    #[prop(optional, into)]
    checked: Signal<bool>,
    /// Cannot be changed now.
    #[prop(optional)]
    disabled: bool,
    /// Called with the new state at each change.
    #[prop(optional, into)]
    on_change: Option<Callback<bool>>,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input
                class="choice-input"
                type="checkbox"
                name=name
                value=value
                checked=checked.get_untracked()
                prop:checked=move || checked.get()
                disabled=disabled
                on:change=move |event| {
                    if let Some(on_change) = on_change {
                        on_change.run(event_target_checked(&event));
                    }
                }
            />
            <span>{label}</span>
            {hint.map(|hint| view! { <span class="choice-hint">{hint}</span> })}
        </label>
    }
}

/// One alternative of a [`RadioGroup`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// What is submitted.
    pub value: &'static str,
    /// What is read.
    pub label: &'static str,
    /// What choosing it means.
    pub hint: Option<&'static str>,
}

/// A few alternatives of which one holds.
#[component]
pub fn RadioGroup(
    /// The name it is submitted under.
    name: &'static str,
    /// What is to be decided.
    #[prop(into)]
    legend: String,
    /// The alternatives.
    alternatives: Vec<Alternative>,
    /// The one chosen; followed when it changes.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Shows each alternative as a card: for few and weighty ones.
    #[prop(optional)]
    cards: bool,
    /// What is wrong with the choice.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Called with the value at each change.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let error_id = format!("{name}-error");
    let described = error_id.clone();
    let choices = alternatives
        .into_iter()
        .map(|alternative| {
            view! {
                <label class="choice">
                    <input
                        class="choice-input"
                        type="radio"
                        name=name
                        value=alternative.value
                        checked=*value.read_untracked() == alternative.value
                        prop:checked=move || *value.read() == alternative.value
                        on:change=move |event| {
                            if let Some(on_change) = on_change {
                                on_change.run(event_target_value(&event));
                            }
                        }
                    />
                    <span>{alternative.label}</span>
                    {alternative.hint.map(|hint| view! { <span class="choice-hint">{hint}</span> })}
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset
            id=name
            aria-describedby=move || error.read().is_some().then(|| described.clone())
            aria-invalid=move || error.read().is_some().then_some("true")
        >
            <legend class="choice-legend">{legend}</legend>
            <div class="choice-group" data-cards=cards.then_some("")>
                {choices}
            </div>
            <FieldError id=error_id error/>
        </fieldset>
    }
}
