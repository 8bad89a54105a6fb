use leptos::prelude::*;
use leptos_meta::Title;

/// A step of the way to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub label: String,
    /// Where it is; none for a heading that is not a page.
    pub href: Option<String>,
}

/// The frame of a page: document title, the one `h1` (which takes the focus after navigation), and blocks below with even
/// distance.
#[component]
pub fn Page(
    /// The heading, also the document title.
    #[prop(into)]
    title: String,
    /// One sentence on what the page is for.
    #[prop(optional, into)]
    lead: Option<String>,
    /// The way here: Settings › Application Settings.
    #[prop(optional)]
    trail: Vec<Step>,
    /// Buttons at the end of the heading's line.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// Keeps lines at a length good for reading forms.
    #[prop(optional)]
    narrow: bool,
    /// The blocks.
    children: Children,
) -> impl IntoView {
    let trail = (!trail.is_empty()).then(|| {
        let steps = trail
            .into_iter()
            .map(|step| match step.href {
                Some(href) => view! { <li><a href=href>{step.label}</a></li> }.into_any(),
                None => view! { <li>{step.label}</li> }.into_any(),
            })
            .collect_view();
        view! { <ol class="page-trail">{steps}</ol> }
    });
    view! {
        <Title text=title.clone()/>
        <div class="page" data-width=narrow.then_some("form")>
            <header class="page-header">
                <div class="page-header-words">
                    {trail}
                    <h1 tabindex="-1">{title}</h1>
                    {lead.map(|lead| view! { <p class="page-lead">{lead}</p> })}
                </div>
                {actions.map(|actions| view! { <div class="page-actions">{actions.run()}</div> })}
            </header>
            {children()}
        </div>
    }
}

/// Two columns in wide windows: what one works on, and what one watches while working. One below the other elsewhere.
#[component]
pub fn Split(
    /// The smaller column, at the end of the line. Stays in sight while the other scrolls.
    #[prop(into)]
    aside: ViewFnOnce,
    /// The greater column.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="split">
            <div class="stack" data-gap="large">{children()}</div>
            <div class="split-aside stack" data-gap="large" data-sticky="">{aside.run()}</div>
        </div>
    }
}
