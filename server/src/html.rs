//! HTML that the server writes without the program of the pages.

/// Text as it stands in HTML, also in an attribute.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
