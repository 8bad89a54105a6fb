use leptos::prelude::*;

use super::field::{FieldFrame, described_by};
use super::icon::{Glyph, Icon};

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is submitted.
    pub value: &'static str,
    /// What is read.
    pub label: &'static str,
}

/// A native select with its label. Works as any form field without JavaScript.
#[component]
pub fn Select(
    /// The name the value is submitted under, also the `id`.
    name: &'static str,
    /// What the field is called.
    #[prop(into)]
    label: String,
    /// What there is to choose.
    choices: Vec<Choice>,
    /// The value chosen at first.
    #[prop(optional, into)]
    value: String,
    /// What helps to choose.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with the choice.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Called with the value at each change.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let describe = described_by(name, hint.is_some(), error);
    view! {
        <FieldFrame id=name label hint error>
            <SelectControl id=name name choices value describe=Signal::derive(describe) error on_change=on_change/>
        </FieldFrame>
    }
}

/// One thing to choose, whose words hold values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledChoice {
    /// What is submitted.
    pub value: &'static str,
    /// What is read.
    pub label: String,
}

/// A native select with its label that follows a value: for forms that can be set back.
#[component]
pub fn FollowingSelect(
    /// The name the value is submitted under, also the `id`.
    name: &'static str,
    /// What the field is called.
    #[prop(into)]
    label: String,
    /// What helps to choose.
    #[prop(into)]
    hint: String,
    /// What there is to choose.
    choices: Vec<LabelledChoice>,
    /// The value chosen.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the value at each change.
    #[prop(into)]
    on_change: Callback<String>,
) -> impl IntoView {
    let error = Signal::stored(None::<String>);
    let describe = described_by(name, true, error);
    let options = choices
        .into_iter()
        .map(|choice| {
            let chosen = choice.value;
            view! {
                <option value=chosen selected=*value.read_untracked() == chosen prop:selected=move || *value.read() == chosen>
                    {choice.label}
                </option>
            }
        })
        .collect_view();
    view! {
        <FieldFrame id=name label hint=Some(hint) error>
            <span class="select">
                <select
                    class="field-control"
                    id=name
                    name=name
                    aria-describedby=describe
                    on:change=move |event| on_change.run(event_target_value(&event))
                >
                    {options}
                </select>
                <Icon glyph=Glyph::ChevronDown/>
            </span>
        </FieldFrame>
    }
}

/// The select alone, for toolbars; give it `label` when no visible label names it.
#[component]
pub fn SelectControl(
    /// The name the value is submitted under.
    name: &'static str,
    /// What there is to choose.
    choices: Vec<Choice>,
    /// The value chosen at first.
    #[prop(optional, into)]
    value: String,
    /// The `id` that a visible label names.
    #[prop(optional, into)]
    id: Option<&'static str>,
    /// Its name when no visible label has it.
    #[prop(optional, into)]
    label: Option<String>,
    /// The ids of what describes it.
    #[prop(optional, into)]
    describe: Signal<Option<String>>,
    /// What is wrong with the choice.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Called with the value at each change.
    #[prop(default = None)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let options = choices
        .into_iter()
        .map(|choice| view! { <option value=choice.value selected=choice.value == value>{choice.label}</option> })
        .collect_view();
    view! {
        <span class="select">
            <select
                class="field-control"
                id=id
                name=name
                aria-label=label
                aria-describedby=move || describe.get()
                aria-invalid=move || error.read().is_some().then_some("true")
                on:change=move |event| {
                    if let Some(on_change) = on_change {
                        on_change.run(event_target_value(&event));
                    }
                }
            >
                {options}
            </select>
            <Icon glyph=Glyph::ChevronDown/>
        </span>
    }
}
