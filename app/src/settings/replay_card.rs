use leptos::prelude::*;

use super::api::{Replay, ReplayDifference, ReplayKeywords, listened};
use super::fields::Fields;
use crate::ui::{Button, Card, Verdict};
use crate::words::{grouped, use_words};

/// Runs the keywords on the page over what customers wrote lately, before anything is saved.
#[component]
pub fn ReplayCard(
    /// What is being edited.
    fields: Fields,
) -> impl IntoView {
    let words = use_words();
    let replay = &words.settings.replay;
    let run = ServerAction::<ReplayKeywords>::new();
    let (value, pending) = (run.value(), run.pending());
    let start = move |_| {
        if pending.get_untracked() {
            return;
        }
        fields.draft.with_untracked(|draft| {
            run.dispatch(ReplayKeywords {
                opt_out_keywords: draft.opt_out_keywords.join("\n"),
                opt_in_keywords: draft.opt_in_keywords.join("\n"),
                help_keywords: draft.help_keywords.join("\n"),
                listen: Some(listened(&draft.muted_languages)),
            });
        });
    };
    let shown = move || {
        value.get().map(|result| match result {
            Ok(found) => view! { <Found found/> }.into_any(),
            Err(error) => {
                view! { <p>{words.errors.title(&error)} ". " {words.errors.remedy(&error)}</p> }.into_any()
            }
        })
    };
    view! {
        <Card title=replay.title lead=replay.lead>
            <div class="stack needs-scripts">
                <div>
                    <Button pending on:click=start>{replay.run}</Button>
                </div>
                <div aria-live="polite">{shown}</div>
            </div>
        </Card>
    }
}

#[component]
fn Found(found: Replay) -> impl IntoView {
    let replay = &use_words().settings.replay;
    let count = |number: usize| grouped(i64::try_from(number).unwrap_or(i64::MAX));
    let summary = (replay.summary)(&count(found.different), &count(found.messages), found.different == 1);
    let more = found.different.saturating_sub(found.listed.len());
    let rows = found
        .listed
        .into_iter()
        .map(|ReplayDifference { contact, contact_label, words, before, after }| {
            view! {
                <li class="replay-row">
                    <a href=format!("/contacts/{contact}")>{contact_label}</a>
                    <q>{words}</q>
                    <span class="cluster">
                        <Verdict verdict=before/>
                        <span aria-hidden="true">"→"</span>
                        <span class="visually-hidden">{replay.becomes}</span>
                        <Verdict verdict=after/>
                    </span>
                </li>
            }
        })
        .collect_view();
    view! {
        <p>{summary}</p>
        {found.cut.then(|| view! { <p class="muted small">{replay.cut}</p> })}
        <ul class="replay-list">{rows}</ul>
        {(more > 0).then(|| view! { <p class="muted small">{(replay.more)(&count(more))}</p> })}
    }
}
