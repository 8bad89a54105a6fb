use leptos::prelude::*;

use crate::words::use_words;

/// The button of a consent toggle, to stand in a form that carries the *target* state in a hidden field.
///
/// The form is the feature's own (an `ActionForm` with its server action), so that the click works without JavaScript and
/// says what is wanted rather than "the other one". While `pending` the knob stands between both answers and the words say
/// "Saving…": a state that is not recorded is never shown. It is not `disabled` then, or it would lose the focus: the form
/// refuses to be submitted twice.
///
/// ```ignore
/// <ActionForm action=record attr:class="switch-form">
///     <input type="hidden" name="contact" value=id/>
///     <input type="hidden" name="choice" value="opted_out"/>
///     <SwitchButton label="Marketing messages for Maria" checked pending on="On" off="Off"/>
/// </ActionForm>
/// ```
///
/// Where turning on needs a dialog first, listen to `on:click` and prevent the default.
#[component]
pub fn SwitchButton(
    /// What is switched, as its name for screen readers: "Marketing messages for NAME".
    #[prop(into)]
    label: Signal<String>,
    /// The recorded state.
    #[prop(into)]
    checked: Signal<bool>,
    /// Whether a change is being recorded.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// Whether this person may change it.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The word for the state on. Empty shows the switch alone.
    #[prop(optional)]
    on: &'static str,
    /// The word for the state off.
    #[prop(optional)]
    off: &'static str,
) -> impl IntoView {
    let words = use_words();
    view! {
        <button
            class="switch"
            type="submit"
            role="switch"
            aria-checked=move || if checked.get() { "true" } else { "false" }
            aria-label=move || label.get()
            aria-busy=move || pending.get().then_some("true")
            aria-disabled=move || pending.get().then_some("true")
            disabled=move || disabled.get()
        >
            <span class="switch-track"></span>
            <span>
                {move || if pending.get() { words.ui.saving } else if checked.get() { on } else { off }}
            </span>
        </button>
    }
}
