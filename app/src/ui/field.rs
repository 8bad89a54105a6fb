use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::keys::Key;
use crate::single_keys::use_single_keys;
use crate::words::use_words;

/// The `aria-describedby` of a control: the ids of its hint and, while there is one, its error.
pub(super) fn described_by(
    id: &str,
    has_hint: bool,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + Clone + 'static + use<> {
    let id = id.to_owned();
    move || match (has_hint, error.read().is_some()) {
        (true, true) => Some(format!("{id}-hint {id}-error")),
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (false, false) => None,
    }
}

/// Label above, hint and error below a control with the same `id`. The building block of [`TextField`], [`TextArea`] and
/// [`super::Select`]; use it directly only for a control of your own.
#[component]
pub fn FieldFrame(
    /// The `id` of the control.
    #[prop(into)]
    id: String,
    /// What the field is called.
    #[prop(into)]
    label: String,
    /// What helps to fill it in.
    #[prop(default = None)]
    hint: Option<String>,
    /// What is wrong with the value, and what to do.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Marks the field as one that may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Something at the end of the label's line, such as a counter.
    #[prop(optional, into)]
    aside: Option<ViewFnOnce>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let words = use_words();
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    view! {
        <div class="field">
            <div class="field-head">
                <label class="field-label" for=id>
                    {label}
                    {optional.then(|| view! { <span class="field-optional">{format!(" {}", words.ui.optional)}</span> })}
                </label>
                {aside.map(|aside| aside.run())}
            </div>
            {children()}
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            <FieldError id=error_id error/>
        </div>
    }
}

/// The line below a control that says what is wrong. Nothing is shown while nothing is.
#[component]
pub fn FieldError(
    /// The id that `aria-describedby` of the control names.
    #[prop(into)]
    id: String,
    /// What is wrong, and what to do.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    move || {
        let id = id.clone();
        error.get().map(|error| {
            view! {
                <p class="field-error" id=id>
                    <Icon glyph=Glyph::Error/>
                    <span>{error}</span>
                </p>
            }
        })
    }
}

/// One line of text. Its `id` is its `name`, so that error summaries can link to `#name`.
///
/// Further attributes go on the field's frame; what belongs on the input has a property here.
#[component]
pub fn TextField(
    /// The name the value is submitted under, also the `id`.
    name: &'static str,
    /// What the field is called.
    #[prop(into)]
    label: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with the value, and what to do.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The value at first.
    #[prop(optional, into)]
    value: String,
    /// `text`, `email`, `tel`, `password`, `url`, `date` …
    #[prop(default = "text")]
    kind: &'static str,
    /// The token of the HTML `autocomplete` attribute.
    #[prop(optional, into)]
    autocomplete: Option<&'static str>,
    /// An example, shown while empty. Never the only instruction.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Must not stay empty.
    #[prop(optional)]
    required: bool,
    /// The least number of characters.
    #[prop(optional)]
    minlength: Option<usize>,
    /// The greatest number of characters.
    #[prop(optional)]
    maxlength: Option<usize>,
    /// Called with the value at each change by the person.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
) -> impl IntoView {
    let describe = described_by(name, hint.is_some(), error);
    let optional = !required;
    view! {
        <FieldFrame id=name label hint error optional>
            <input
                class="field-control"
                id=name
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                placeholder=placeholder
                required=required
                minlength=minlength.map(|least| least.to_string())
                maxlength=maxlength.map(|most| most.to_string())
                aria-describedby=describe
                aria-invalid=move || error.read().is_some().then_some("true")
                on:input=move |event| {
                    if let Some(on_input) = on_input {
                        on_input.run(event_target_value(&event));
                    }
                }
            />
        </FieldFrame>
    }
}

/// Several lines of text with a count of characters against a limit.
///
/// The text lives in `text`, so that a preview can follow it; without JavaScript the named textarea is submitted as it is.
#[component]
pub fn TextArea(
    /// The name the value is submitted under, also the `id`.
    name: &'static str,
    /// What the field is called.
    #[prop(into)]
    label: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with the value, and what to do.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The text, followed in both directions.
    text: RwSignal<String>,
    /// The greatest number of characters (Unicode scalar values). More can be typed, the counter says by how much it is over.
    limit: usize,
    /// Rows shown at first.
    #[prop(default = 4)]
    rows: u32,
    /// Must not stay empty.
    #[prop(default = true)]
    required: bool,
) -> impl IntoView {
    let words = use_words();
    let describe = described_by(name, hint.is_some(), error);
    let count = Memo::new(move |_| text.read().chars().count());
    let counter = move || {
        view! {
            <span class="field-count" data-over=move || (count.get() > limit).then_some("")>
                {move || (words.ui.characters)(count.get(), limit)}
            </span>
        }
    };
    let optional = !required;
    view! {
        <FieldFrame id=name label hint error optional aside=ViewFnOnce::from(counter)>
            <textarea
                class="field-control"
                id=name
                name=name
                rows=rows
                required=required
                aria-describedby=describe
                aria-invalid=move || error.read().is_some().then_some("true")
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            >
                {text.get_untracked()}
            </textarea>
        </FieldFrame>
    }
}

/// The search box above a list. Put it into a `<Form method="GET">`; `/` moves the focus here from anywhere on the page.
#[component]
pub fn SearchField(
    /// The name the value is submitted under.
    #[prop(default = "q")]
    name: &'static str,
    /// What it searches, for screen readers and as placeholder: "Search by name or number".
    #[prop(into)]
    label: String,
    /// The search in force.
    #[prop(optional, into)]
    value: String,
) -> impl IntoView {
    let keys = use_single_keys();
    let hint = move || keys.is_none_or(|keys| keys.on.get()).then(|| view! { <Key>"/"</Key> });
    view! {
        <label class="search-field">
            <span class="visually-hidden">{label.clone()}</span>
            <Icon glyph=Glyph::Search/>
            <input class="field-control" type="search" name=name value=value placeholder=label data-search="" autocomplete="off"/>
            {hint}
        </label>
    }
}
