//! Unsaved changes outlive the page.
//!
//! Following a link asks first, but the browser's Back button cannot be asked about. So what is unsaved waits in the storage of this
//! window and comes back with the page; what somebody agreed to discard does not.

use domain::settings::Draft;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use web_sys::Storage;

/// Where it waits.
const KEY: &str = "unsaved-opt-in-out";

/// A draft that was left behind.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Unsaved {
    /// The version it was made from.
    pub base_version: i64,
    /// What was typed.
    pub draft: Draft,
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// What was left behind in this window, once.
#[must_use]
pub fn take_unsaved() -> Option<Unsaved> {
    let storage = storage()?;
    let kept = storage.get_item(KEY).ok().flatten()?;
    // A browser that refuses this keeps the draft for once too often, which is harmless.
    let _ = storage.remove_item(KEY);
    serde_json::from_str(&kept).ok()
}

/// Keeps what `unsaved` gives when the page is left within the application.
pub fn keep_when_left(unsaved: impl Fn() -> Option<Unsaved> + Send + Sync + 'static) {
    on_cleanup(move || {
        if let Some(unsaved) = unsaved()
            && let Ok(text) = serde_json::to_string(&unsaved)
            && let Some(storage) = storage()
        {
            // Without room in the storage there is nothing to come back to, as before.
            let _ = storage.set_item(KEY, &text);
        }
    });
}
