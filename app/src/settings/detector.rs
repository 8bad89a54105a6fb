//! Asks the detector, a program of its own that the browser loads when it is first asked.

use detection::{Finding, Question};
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};

/// What `start.js` calls the function that loads the detector and asks it.
const LOADER: &str = "askDetector";

/// What the server would find in a text; nothing when the detector could not be loaded. For the browser only.
pub async fn ask(question: &Question) -> Option<Finding> {
    let loader = js_sys::Reflect::get(&window(), &JsValue::from_str(LOADER)).ok()?;
    let question = serde_json::to_string(question).ok()?;
    let asked = loader.dyn_into::<js_sys::Function>().ok()?.call1(&JsValue::NULL, &question.into()).ok()?;
    let answer =
        wasm_bindgen_futures::JsFuture::from(asked.dyn_into::<js_sys::Promise>().ok()?).await.ok()?;
    serde_json::from_str(&answer.as_string()?).ok()
}
