use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::{Links, MadeLink, load_links};
use super::frame::SettingsFrame;
use crate::auth::percent_encoded;
use crate::ui::{Button, Card, CopyButton, EmptyState, Facts, Glyph, Press, Shape, Skeleton, Suspended};
use crate::words::use_words;

/// Where the page is.
const PATH: &str = "/settings/links";

/// Makes links and QR codes that open WhatsApp with a keyword typed.
#[component]
pub fn LinksPage() -> impl IntoView {
    let words = use_words();
    let query = use_query_map();
    let asked = move || {
        let query = query.read();
        (query.get("number").unwrap_or_default(), query.get("keyword").unwrap_or_default())
    };
    let loaded = Resource::new(asked, |(number, keyword)| load_links(number, keyword));
    view! {
        <SettingsFrame title=words.links.title lead=words.links.lead>
            <Suspended
                resource=loaded
                fallback=|| view! { <Skeleton shape=Shape::Block/> }
                children=move |links: Links| view! { <Maker links/> }
            />
        </SettingsFrame>
    }
}

/// Words to choose from, each a link to the page with its code.
#[component]
fn Words(title: &'static str, words: Vec<String>, chosen: String, number: String) -> impl IntoView {
    let links = words
        .into_iter()
        .map(|word| {
            let current = (word == chosen).then_some("true");
            let href = address(&number, &word);
            view! { <li><a class="chip-link" href=href aria-current=current>{word}</a></li> }
        })
        .collect_view();
    view! {
        <dt>{title}</dt>
        <dd><ul class="cluster">{links}</ul></dd>
    }
}

/// The page with the code of a number and a word.
fn address(number: &str, keyword: &str) -> String {
    format!("{PATH}?number={}&keyword={}", percent_encoded(number), percent_encoded(keyword))
}

#[component]
fn Maker(links: Links) -> impl IntoView {
    let words = use_words();
    let text = &words.links;
    let Links { numbers, join, leave, made } = links;
    let Some(MadeLink { number, keyword, joins, url, side, path, form }) = made else {
        return view! {
            <Card>
                <EmptyState glyph=Glyph::Plug title=text.none text=text.none_text/>
            </Card>
        }
        .into_any();
    };
    let several = (numbers.len() > 1).then(|| {
        let word = keyword.clone();
        let links = numbers
            .into_iter()
            .map(|one| {
                let current = (one == number).then_some("true");
                let href = address(&one, &word);
                view! { <li><a class="chip-link" href=href aria-current=current>{one}</a></li> }
            })
            .collect_view();
        view! {
            <dt>{text.number}</dt>
            <dd><ul class="cluster">{links}</ul></dd>
        }
    });
    let what = if joins { text.joins } else { text.leaves };
    let (chosen, of) = (keyword.clone(), number.clone());
    let (title, by_hand) = ((text.made)(&keyword), (text.by_hand)(&keyword, &number));
    let (label, href) = ((text.code_of)(&url), url.clone());
    let frame = format!(
        "<iframe src=\"{form}\" title=\"{}\" width=\"100%\" height=\"480\" style=\"border:0\"></iframe>",
        text.frame_title
    );
    let drawn = format!("0 0 {side} {side}");
    let ground = format!("M0 0h{side}v{side}H0z");
    view! {
        <Card title=text.choose>
            <Facts>
                {several}
                <Words title=text.join words=join chosen=chosen.clone() number=of.clone()/>
                <Words title=text.leave words=leave chosen number=of/>
            </Facts>
        </Card>
        <Card title lead=what>
            <div class="qr">
                <svg class="qr-code" viewBox=drawn role="img" aria-label=label shape-rendering="crispEdges">
                    <path class="qr-ground" d=ground></path>
                    <path class="qr-squares" d=path></path>
                </svg>
                <div class="stack">
                    <span class="copyable">
                        <a href=href rel="noopener" target="_blank"><code>{url.clone()}</code></a>
                        <CopyButton text=url label=words.settings.admin.copy copied=words.settings.admin.copied/>
                    </span>
                    <p class="muted">{by_hand}</p>
                    <form method="get" action="/settings/links/qr.svg" target="_blank">
                        <input type="hidden" name="number" value=number/>
                        <input type="hidden" name="keyword" value=keyword/>
                        <Button press=Press::Submit glyph=Glyph::ArrowForward>{text.download}</Button>
                    </form>
                </div>
            </div>
        </Card>
        <Card title=text.form lead=text.form_text>
            <Facts>
                <dt>{text.form_link}</dt>
                <dd class="copyable">
                    <a href=form.clone() rel="noopener" target="_blank"><code>{form.clone()}</code></a>
                    <CopyButton text=form label=words.settings.admin.copy copied=words.settings.admin.copied/>
                </dd>
                <dt>{text.form_frame}</dt>
                <dd class="copyable">
                    <code>{frame.clone()}</code>
                    <CopyButton text=frame label=words.settings.admin.copy copied=words.settings.admin.copied/>
                </dd>
            </Facts>
        </Card>
    }
    .into_any()
}
