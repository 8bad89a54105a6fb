use leptos::prelude::*;
use leptos_router::components::A;

/// The places within a page's section, as links; the current one is marked by the router.
#[component]
pub fn SubNav(
    /// What the places belong to, for screen readers.
    #[prop(into)]
    label: String,
    /// [`SubNavLink`]s.
    children: Children,
) -> impl IntoView {
    view! {
        <nav class="sub-nav" aria-label=label>
            <div class="sub-nav-list">{children()}</div>
        </nav>
    }
}

/// One place within a section.
#[component]
pub fn SubNavLink(
    /// Where it is.
    href: &'static str,
    /// Its name.
    children: Children,
) -> impl IntoView {
    view! { <A href=href attr:class="sub-nav-link">{children()}</A> }
}

/// A filter shown as tabs: links that differ in the URL query, which the router does not tell apart.
#[component]
pub fn Tab(
    /// The page with this filter.
    #[prop(into)]
    href: String,
    /// Whether it is in force.
    current: bool,
    /// How many it would show.
    #[prop(optional, into)]
    count: Option<String>,
    /// Its name.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="sub-nav-link" href=href aria-current=current.then_some("page")>
            {children()}
            {count.map(|count| view! { <span class="sub-nav-count">{count}</span> })}
        </a>
    }
}
