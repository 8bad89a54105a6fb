//! When the program in the page panics, nothing on the page reacts any more. Say so, and offer to reload.

use leptos::prelude::document;
use leptos::web_sys::Element;

use crate::words::Language;

/// Reports panics in the console and shows a banner. Call it once, before hydrating.
pub fn watch() {
    std::panic::set_hook(Box::new(|panic| {
        leptos::logging::error!("{panic}");
        show();
    }));
}

/// Builds the banner by hand: after a panic, no component can be rendered. A failing step leaves the page as it is.
fn show() -> Option<()> {
    let document = document();
    if document.query_selector(".crash").ok()?.is_some() {
        return None;
    }
    let words = &Language::default().words().shell;
    let element = |tag: &str, class: &str, text: &str| -> Option<Element> {
        let element = document.create_element(tag).ok()?;
        element.set_class_name(class);
        element.set_text_content(Some(text));
        Some(element)
    };
    let banner = element("div", "banner crash", "")?;
    banner.set_attribute("role", "alert").ok()?;
    banner.set_attribute("data-tone", "danger").ok()?;
    let texts = element("div", "banner-words", "")?;
    let (title, text) = (element("p", "banner-title", words.crashed)?, element("p", "", words.crashed_text)?);
    texts.append_child(&title).ok()?;
    texts.append_child(&text).ok()?;
    let reload = element("a", "button", words.reload)?;
    reload.set_attribute("href", "").ok()?;
    reload.set_attribute("data-size", "small").ok()?;
    banner.append_child(&texts).ok()?;
    banner.append_child(&reload).ok()?;
    document.body()?.prepend_with_node_1(&banner).ok()
}
