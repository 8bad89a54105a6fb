//! The browser's side of the application: its entry point and nothing else.

/// Brings the page that the server rendered to life. Called by the script at the end of every page.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    app::hydrate();
}
