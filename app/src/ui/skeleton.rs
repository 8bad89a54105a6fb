use leptos::prelude::*;

use crate::words::use_words;

/// What a skeleton stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// A line of text.
    #[default]
    Line,
    /// Half a line.
    Half,
    /// A heading.
    Title,
    /// An avatar.
    Round,
    /// A card or chart.
    Block,
}

/// The place of something that is being loaded.
#[component]
pub fn Skeleton(
    /// What it stands for.
    #[prop(optional)]
    shape: Shape,
) -> impl IntoView {
    let shape = match shape {
        Shape::Line => "line",
        Shape::Half => "half",
        Shape::Title => "title",
        Shape::Round => "round",
        Shape::Block => "block",
    };
    view! { <span class="skeleton" data-shape=shape></span> }
}

/// The place of a table that is being loaded.
#[component]
pub fn SkeletonRows(
    /// How many rows.
    #[prop(default = 8)]
    rows: usize,
) -> impl IntoView {
    let words = use_words();
    let rows = (0..rows)
        .map(|_| {
            view! {
                <div class="skeleton-row">
                    <Skeleton shape=Shape::Round/>
                    <Skeleton/>
                    <Skeleton shape=Shape::Half/>
                    <Skeleton/>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="skeleton-rows" aria-busy="true">
            <span class="visually-hidden">{words.ui.loading}</span>
            {rows}
        </div>
    }
}
