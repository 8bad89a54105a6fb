use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// How much a button asks for attention. At most one primary button a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    /// An action among others.
    #[default]
    Secondary,
    /// What the person most likely came to do.
    Primary,
    /// Text only: actions in rows and bars.
    Quiet,
    /// Destroys something or stops something for good.
    Danger,
}

impl Variant {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Secondary => "secondary",
            Self::Primary => "primary",
            Self::Quiet => "quiet",
            Self::Danger => "danger",
        }
    }
}

/// The height of a button.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// Beside fields.
    #[default]
    Regular,
    /// In tables, banners and toasts.
    Small,
}

impl Size {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Small => "small",
        }
    }
}

/// What pressing the button does in a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Press {
    /// Nothing by itself: give it `on:click`, `attr:popovertarget` or `attr:commandfor`.
    #[default]
    Plain,
    /// Submits the form around it.
    Submit,
}

impl Press {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "button",
            Self::Submit => "submit",
        }
    }
}

/// A button. Further attributes and listeners go on the element: `<Button on:click=… attr:name="choice">`.
///
/// While `pending` it is disabled, shows a small wheel and is marked busy; its words stay, or become `pending_words`.
#[component]
pub fn Button(
    /// Its words.
    children: Children,
    /// How much it asks for attention.
    #[prop(optional)]
    variant: Variant,
    /// Its height.
    #[prop(optional)]
    size: Size,
    /// What pressing it does in a form.
    #[prop(optional)]
    press: Press,
    /// A drawing before the words.
    #[prop(optional, into)]
    glyph: Option<Glyph>,
    /// Whether what it started is under way.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// Whether it cannot be used now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Takes the whole width.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    view! {
        <button
            class="button"
            type=press.as_str()
            data-variant=variant.as_str()
            data-size=size.as_str()
            data-wide=wide.then_some("")
            disabled=move || disabled.get() || pending.get()
            aria-busy=move || pending.get().then_some("true")
        >
            {move || pending.get().then(|| view! { <span class="button-wheel"></span> })}
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            {children()}
        </button>
    }
}

/// A square button that shows only a drawing; `label` is its name and its tooltip.
#[component]
pub fn IconButton(
    /// Its name for screen readers and on hover.
    #[prop(into)]
    label: String,
    /// The drawing.
    glyph: Glyph,
    /// How much it asks for attention.
    #[prop(default = Variant::Quiet)]
    variant: Variant,
    /// Its height.
    #[prop(optional)]
    size: Size,
    /// What pressing it does in a form.
    #[prop(optional)]
    press: Press,
) -> impl IntoView {
    view! {
        <button
            class="button"
            type=press.as_str()
            data-variant=variant.as_str()
            data-size=size.as_str()
            data-shape="icon"
            aria-label=label.clone()
            title=label
        >
            <Icon glyph/>
        </button>
    }
}

/// A link that looks like a button, for going somewhere rather than doing something.
#[component]
pub fn ButtonLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Its words.
    children: Children,
    /// How much it asks for attention.
    #[prop(optional)]
    variant: Variant,
    /// Its height.
    #[prop(optional)]
    size: Size,
    /// A drawing before the words.
    #[prop(optional, into)]
    glyph: Option<Glyph>,
) -> impl IntoView {
    view! {
        <a class="button" href=href data-variant=variant.as_str() data-size=size.as_str()>
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            {children()}
        </a>
    }
}
