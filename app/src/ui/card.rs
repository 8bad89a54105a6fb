use leptos::prelude::*;

/// A surface with a heading (`h2`) and what belongs together.
#[component]
pub fn Card(
    /// The heading.
    #[prop(optional, into)]
    title: Option<String>,
    /// One sentence below the heading.
    #[prop(optional, into)]
    lead: Option<String>,
    /// Buttons or links at the end of the heading's line.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// Lets the content touch the edges: for tables.
    #[prop(optional)]
    flush: bool,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let head = title.map(|title| {
        view! {
            <header class="card-head">
                <div class="card-words">
                    <h2>{title}</h2>
                    {lead.map(|lead| view! { <p class="card-lead">{lead}</p> })}
                </div>
                {actions.map(|actions| view! { <div class="cluster">{actions.run()}</div> })}
            </header>
        }
    });
    view! {
        <section class="card" data-flush=flush.then_some("")>
            {head}
            <div class="card-body">{children()}</div>
        </section>
    }
}

/// Names and values: fill it with `<dt>` and `<dd>`.
#[component]
pub fn Facts(
    /// The pairs.
    children: Children,
) -> impl IntoView {
    view! { <dl class="facts">{children()}</dl> }
}
