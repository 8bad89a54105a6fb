use leptos::prelude::*;

/// The drawings of our own icon set, on a grid of 24 with a stroke that takes the colour of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// Overview.
    Overview,
    /// People.
    Contacts,
    /// The record of every consent event.
    Ledger,
    /// A phone.
    Phone,
    /// Settings.
    Settings,
    /// Look for something.
    Search,
    /// Add.
    Plus,
    /// Remove or close.
    Cross,
    /// Done, chosen.
    Check,
    /// Delivered.
    DoubleCheck,
    /// Opens downwards.
    ChevronDown,
    /// Back, in reading direction.
    ArrowBack,
    /// Forward, in reading direction.
    ArrowForward,
    /// Sort direction.
    ArrowUp,
    /// Opted in: a full disc with a tick.
    OptedIn,
    /// Opted out: a barred circle.
    OptedOut,
    /// Held: two pause bars in a square.
    Held,
    /// Asked, not confirmed: a clock.
    Pending,
    /// Never asked: a dashed circle.
    Unknown,
    /// Something needs care.
    Warning,
    /// Something failed.
    Error,
    /// Something to know.
    Info,
    /// A file to keep.
    Download,
    /// A message.
    Message,
    /// Light theme.
    Sun,
    /// Dark theme.
    Moon,
    /// Theme of the system.
    Display,
    /// Leave.
    LogOut,
    /// More actions.
    More,
    /// Keys.
    Keyboard,
    /// Blocked: all communication stopped.
    Blocked,
    /// A person.
    Person,
    /// Send.
    Send,
    /// A tag or keyword.
    Tag,
    /// Hidden from curious eyes; secrets and proofs.
    Shield,
    /// Webhooks, API.
    Plug,
    /// Copy to the clipboard.
    Copy,
}

impl Glyph {
    const fn drawing(self) -> &'static str {
        match self {
            Self::Overview => r#"<path d="M4 13h6V4H4zM14 20h6v-9h-6zM14 7h6V4h-6zM4 20h6v-3H4z"/>"#,
            Self::Contacts => {
                r#"<circle cx="9" cy="8" r="3.5"/><path d="M2.5 19.5c.6-3.4 3.2-5.2 6.5-5.2s5.9 1.8 6.5 5.2M15.5 4.9a3.5 3.5 0 0 1 0 6.2M18 14.9c1.9.8 3.1 2.3 3.5 4.6"/>"#
            }
            Self::Ledger => {
                r#"<path d="M6 3.5h10.5a2 2 0 0 1 2 2v15H7.5a2 2 0 0 1-2-2v-14a1 1 0 0 1 .5-1zM5.5 18.5a2 2 0 0 1 2-2h11M9.5 8h5M9.5 11.5h3"/>"#
            }
            Self::Phone => {
                r#"<rect x="6.5" y="2.5" width="11" height="19" rx="2.5"/><path d="M10.5 18.5h3"/>"#
            }
            Self::Settings => {
                r#"<path d="M4 7h9M17.5 7H20M4 17h2.5M11 17h9"/><circle cx="15.2" cy="7" r="2.2"/><circle cx="8.8" cy="17" r="2.2"/>"#
            }
            Self::Search => r#"<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>"#,
            Self::Plus => r#"<path d="M12 5v14M5 12h14"/>"#,
            Self::Cross => r#"<path d="m6 6 12 12M18 6 6 18"/>"#,
            Self::Check => r#"<path d="m5 12.5 4.5 4.5L19 7"/>"#,
            Self::DoubleCheck => r#"<path d="m2.5 12.5 4.5 4.5 9-10M12.5 16.3l.7.7L22 7"/>"#,
            Self::ChevronDown => r#"<path d="m6 9 6 6 6-6"/>"#,
            Self::Download => r#"<path d="M12 4v11M7 11l5 5 5-5M5 20h14"/>"#,
            Self::ArrowBack => r#"<path d="M19 12H5M11 6l-6 6 6 6"/>"#,
            Self::ArrowForward => r#"<path d="M5 12h14M13 6l6 6-6 6"/>"#,
            Self::ArrowUp => r#"<path d="M12 19V5M6 11l6-6 6 6"/>"#,
            Self::OptedIn => {
                r#"<path data-solid="" fill-rule="evenodd" d="M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19zm5.2 7.3-6.1 6.7a1.1 1.1 0 0 1-1.6 0l-2.8-2.9 1.6-1.5 2 2.1 5.3-5.9z"/>"#
            }
            Self::OptedOut => r#"<circle cx="12" cy="12" r="8.5"/><path d="m6.2 6.2 11.6 11.6"/>"#,
            Self::Held => {
                r#"<rect x="3.5" y="3.5" width="17" height="17" rx="3.5"/><path d="M9.7 8.5v7M14.3 8.5v7"/>"#
            }
            Self::Pending => r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 7.3V12l3.2 2"/>"#,
            Self::Unknown => r#"<circle cx="12" cy="12" r="8.5" stroke-dasharray="3.6 3.07"/>"#,
            Self::Warning => {
                r#"<path d="M12 4 2.8 19.5h18.4zM12 10v4.5"/><circle data-solid="" cx="12" cy="17" r="1"/>"#
            }
            Self::Error => {
                r#"<path d="M8 3.5h8L20.5 8v8L16 20.5H8L3.5 16V8zM12 8v5"/><circle data-solid="" cx="12" cy="16" r="1.1"/>"#
            }
            Self::Info => {
                r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 11.5V16"/><circle data-solid="" cx="12" cy="8.2" r="1.1"/>"#
            }
            Self::Message => r#"<path d="M4 5.5h16v11H10.5L6 20v-3.5H4z"/>"#,
            Self::Sun => {
                r#"<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"/>"#
            }
            Self::Moon => r#"<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"/>"#,
            Self::Display => {
                r#"<rect x="3" y="4.5" width="18" height="12" rx="2"/><path d="M8.5 20h7M12 16.5V20"/>"#
            }
            Self::LogOut => r#"<path d="M10 4.5H5.5v15H10M9.5 12h11M16.5 8l4 4-4 4"/>"#,
            Self::More => {
                r#"<circle data-solid="" cx="5.5" cy="12" r="1.6"/><circle data-solid="" cx="12" cy="12" r="1.6"/><circle data-solid="" cx="18.5" cy="12" r="1.6"/>"#
            }
            Self::Keyboard => {
                r#"<rect x="2.5" y="6" width="19" height="12.5" rx="2"/><path d="M6.5 10h.01M10 10h.01M13.5 10h.01M17 10h.01M8 14.5h8"/>"#
            }
            Self::Blocked => r#"<circle cx="12" cy="12" r="8.5"/><path d="M7.5 12h9" stroke-width="3"/>"#,
            Self::Person => {
                r#"<circle cx="12" cy="8" r="3.8"/><path d="M4.5 20c.7-3.8 3.7-5.7 7.5-5.7s6.8 1.9 7.5 5.7"/>"#
            }
            Self::Send => r#"<path d="M4 11.5 20.5 4 15 20.5l-3.7-6.3zM11.3 14.2 20.5 4"/>"#,
            Self::Tag => {
                r#"<path d="M3.5 12.7V4.5a1 1 0 0 1 1-1h8.2l8 8-9.2 9.2z"/><circle cx="8" cy="8" r="1.2"/>"#
            }
            Self::Shield => {
                r#"<path d="M12 3 4.5 6v5.5c0 4.5 3.1 7.9 7.5 9.5 4.4-1.6 7.5-5 7.5-9.5V6zM8.7 12l2.3 2.3 4.3-4.6"/>"#
            }
            Self::Copy => {
                r#"<rect x="8.5" y="8.5" width="11" height="11" rx="2"/><path d="M15.5 8.5V6a1.5 1.5 0 0 0-1.5-1.5H6A1.5 1.5 0 0 0 4.5 6v8A1.5 1.5 0 0 0 6 15.5h2.5"/>"#
            }
            Self::Plug => r#"<path d="M9 3v5M15 3v5M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v4"/>"#,
        }
    }

    const fn is_directional(self) -> bool {
        matches!(self, Self::ArrowBack | Self::ArrowForward | Self::LogOut | Self::Send)
    }
}

/// A drawing beside words. It is hidden from screen readers: the words beside it carry the meaning.
#[component]
pub fn Icon(
    /// Which drawing.
    glyph: Glyph,
) -> impl IntoView {
    view! {
        <svg
            class="icon"
            viewBox="0 0 24 24"
            aria-hidden="true"
            focusable="false"
            data-directional=glyph.is_directional().then_some("")
            inner_html=glyph.drawing()
        ></svg>
    }
}

/// The mark of the product: a message with a tick in it.
#[component]
pub fn BrandMark() -> impl IntoView {
    view! {
        <svg
            class="brand-mark"
            viewBox="0 0 32 32"
            aria-hidden="true"
            focusable="false"
            inner_html=r#"<rect width="32" height="32" rx="9" fill="currentColor"/><g fill="none" stroke="var(--on-accent)" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"><path d="M10.2 22.4h11.3a4.6 4.6 0 0 0 .7-9.15 6.4 6.4 0 0 0-12.35-.95 5.1 5.1 0 0 0-1.6 9.3L7.4 25l4.3-2.6"/><path d="m13 17.1 2.3 2.3 4.3-4.5"/></g>"#
        ></svg>
    }
}
