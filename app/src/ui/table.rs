use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// The order a column is sorted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest, first or oldest on top.
    Ascending,
    /// Greatest, last or newest on top.
    Descending,
}

impl Order {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }
}

/// A table with a sticky head. In small windows each row becomes a card: the row's `<th scope="row">` is its heading, and
/// every `<td data-label="State">` names its column; a `<td>` without `data-label` takes the whole line.
///
/// ```ignore
/// <Table caption="Contacts" busy head=move || view! { <Column>"Name"</Column> <SortColumn …>"Since"</SortColumn> }.into_any()>
///     <tr><th scope="row">…</th><td data-label="Since">…</td></tr>
/// </Table>
/// ```
#[component]
pub fn Table(
    /// What the table shows, for screen readers.
    #[prop(into)]
    caption: String,
    /// The cells of the head row: `Column`s and `SortColumn`s.
    #[prop(into)]
    head: ViewFnOnce,
    /// Whether the next page is being loaded; the old rows stay, dimmed.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// The rows, each a `<tr>`.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="table-frame" aria-busy=move || busy.get().then_some("true")>
            <table class="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>{head.run()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

/// The head of a column.
#[component]
pub fn Column(
    /// Its name.
    children: Children,
    /// Aligns with figures.
    #[prop(optional)]
    figures: bool,
) -> impl IntoView {
    view! { <th scope="col" data-align=figures.then_some("end")>{children()}</th> }
}

/// The head of a column that can be sorted: a link that changes the URL query.
#[component]
pub fn SortColumn(
    /// Its name.
    children: Children,
    /// The page sorted by this column, in the other direction if it is sorted by it now.
    #[prop(into)]
    href: String,
    /// The order in force, if the table is sorted by this column.
    #[prop(optional, into)]
    order: Option<Order>,
    /// Aligns with figures.
    #[prop(optional)]
    figures: bool,
) -> impl IntoView {
    view! {
        <th scope="col" data-align=figures.then_some("end") aria-sort=order.map(Order::as_str)>
            <a class="table-sort" href=href>
                {children()}
                <Icon glyph=Glyph::ArrowUp/>
            </a>
        </th>
    }
}

/// A person in the first cell of a row: avatar, name, and a second line such as the number.
#[component]
pub fn Person(
    /// The name, or what stands for it.
    #[prop(into)]
    name: String,
    /// The page about the person.
    #[prop(into)]
    href: String,
    /// The second line.
    #[prop(optional, into)]
    sub: Option<String>,
) -> impl IntoView {
    view! {
        <span class="person">
            <super::Avatar name=name.clone()/>
            <span class="person-words">
                <a href=href>{name}</a>
                {sub.map(|sub| view! { <span class="person-sub numeric">{sub}</span> })}
            </span>
        </span>
    }
}
