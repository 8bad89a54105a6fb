use domain::conversation::{ConversationQuery, View};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Form;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::INBOX_PATH;
use super::api::{ComposerDetail, InboxList, ThreadDetail, list_conversations, load_composer, load_thread};
use super::composer::Composer;
use super::list::{Listing, Parts, Rows};
use super::thread::Thread;
use crate::live::use_live;
use crate::returned::{returned, use_ticket};
use crate::ui::{EmptyState, Glyph, SearchField, Shape, Skeleton, SkeletonRows, Suspended};
use crate::words::use_words;

/// The list, and beside it the conversation that is open.
///
/// The form for an answer is read apart from the thread, once for each conversation, so that nothing typed is lost when something
/// happens elsewhere.
#[component]
pub fn InboxPage() -> impl IntoView {
    let words = use_words();
    let live = use_live();
    let params = use_params_map();
    let query = use_query_map();
    let ticket = use_ticket();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let listing = Memo::new(move |_| {
        let query = query.read();
        Listing {
            view: query.get("view").and_then(|word| View::from_word(&word)).unwrap_or_default(),
            search: query.get("q").unwrap_or_default(),
            after: query.get("after"),
        }
    });
    let before = Memo::new(move |_| query.read().get("before"));
    let template = Memo::new(move |_| query.read().get("template").unwrap_or_default());
    // A saved reply that was chosen without the program: with it, the text goes straight into the field.
    let reply = Memo::new(move |_| query.read().get("reply").unwrap_or_default());
    // Bumped when the window opens or closes under the form.
    let again = RwSignal::new(0_u32);
    let list = Resource::new(
        move || (listing.get(), live.conversations.get(), live.messages.get(), live.contacts.get()),
        |(listing, ..)| {
            let search = Some(listing.search).filter(|search| !search.is_empty());
            list_conversations(ConversationQuery {
                view: listing.view,
                search,
                cursor: listing.after,
                limit: 0,
            })
        },
    );
    let thread = Resource::new_blocking(
        move || (id.get(), before.get(), live.conversations.get(), live.messages.get(), live.contacts.get()),
        |(id, before, ..)| load_thread(id, before),
    );
    let composer = Resource::new_blocking(
        move || (id.get(), template.get(), reply.get(), again.get()),
        move |(id, template, reply, _)| {
            let ticket = ticket();
            async move { Ok((load_composer(id).await?, template, reply, returned(ticket).await?)) }
        },
    );
    let seen = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let show_thread = move |detail: Option<ThreadDetail>| match detail {
        Some(detail) => {
            let (listing, before) = (listing.get_untracked(), before.get_untracked());
            view! { <Thread detail listing before seen again/> }.into_any()
        }
        None => view! {
            <div class="inbox-nothing">
                <EmptyState glyph=Glyph::Message title=words.inbox.choose_title text=words.inbox.choose_text/>
            </div>
        }
        .into_any(),
    };
    view! {
        <div class="inbox" data-open=move || (!id.read().is_empty()).then_some("")>
            <section class="inbox-list" aria-label=words.inbox.conversations aria-busy=move || busy.get().then_some("true")>
                <header class="inbox-head">
                    {move || match id.read().is_empty() {
                        true => view! {
                            <Title text=words.inbox.title/>
                            <h1 tabindex="-1">{words.inbox.title}</h1>
                            <p class="muted small">{words.inbox.lead}</p>
                        }.into_any(),
                        false => view! { <p class="inbox-name">{words.inbox.title}</p> }.into_any(),
                    }}
                    <Form method="GET" action=INBOX_PATH attr:role="search">
                        <SearchField label=words.inbox.search value=listing.get_untracked().search/>
                        <input type="hidden" name="view" value=move || listing.read().view.as_str()/>
                    </Form>
                </header>
                <Suspended resource=list busy fallback=|| view! { <SkeletonRows/> } children=move |list: InboxList| {
                    let listing = listing.get();
                    view! {
                        <Parts list=list.clone() listing=listing.clone()/>
                        <Rows list listing open=id.get()/>
                    }
                }/>
            </section>
            <section class="inbox-thread" aria-label=words.inbox.title>
                <Suspended
                    resource=thread
                    page=true
                    fallback=|| view! { <Skeleton shape=Shape::Block/> }
                    children=show_thread
                />
                <Suspended
                    resource=composer
                    fallback=|| view! { <Skeleton shape=Shape::Block/> }
                    children=move |(detail, template, reply, returned)| {
                        let detail: Option<ComposerDetail> = detail;
                        detail.map(|detail| view! {
                            <Composer detail template reply returned view=listing.get_untracked().view seen/>
                        })
                    }
                />
            </section>
        </div>
    }
}
