use leptos::prelude::*;

use crate::ui::CopyButton;

/// A command to run where the server runs, with a button that copies it.
#[component]
pub fn Command(
    /// The command, one option a line.
    #[prop(into)]
    text: String,
    /// Names the button.
    copy: &'static str,
    /// Said when it is copied.
    copied: &'static str,
) -> impl IntoView {
    view! {
        <div class="command">
            <pre tabindex="0"><code>{text.clone()}</code></pre>
            <CopyButton text label=copy copied/>
        </div>
    }
}
