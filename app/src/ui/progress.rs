use leptos::prelude::*;

/// How far something has come.
#[component]
pub fn Progress(
    /// What is under way.
    #[prop(into)]
    label: String,
    /// How much is done.
    #[prop(into)]
    done: Signal<u32>,
    /// How much there is. Zero: not known yet.
    #[prop(into)]
    total: Signal<u32>,
    /// The same in words: "412 of 950 sent".
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let name = label.clone();
    view! {
        <div class="progress">
            <div class="progress-head">
                <span>{label}</span>
                <span class="progress-value">{move || text.get()}</span>
            </div>
            <progress
                class="progress-bar"
                aria-label=name
                max=move || total.get().max(1).to_string()
                value=move || (total.get() > 0).then(|| done.get().to_string())
            ></progress>
        </div>
    }
}
