use domain::outbound::TEXT_LIMIT;
use domain::role::Right;
use domain::saved_reply::{SavedReply, TITLE_LIMIT};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::api::{RemoveReply, SaveReply, list_replies};
use super::frame::SettingsFrame;
use crate::error::FieldName;
use crate::returned::{FormErrors, Returned, returned, use_ticket};
use crate::ui::{
    Banner, Button, Card, Column, EmptyState, FieldFrame, Glyph, Press, Size, SkeletonRows, Suspended, Table,
    Tone, Variant, use_toasts,
};
use crate::visit::may;
use crate::words::use_words;

/// Where the page is.
pub(crate) const PATH: &str = "/settings/replies";

/// The answers that colleagues give often.
#[component]
pub fn RepliesPage() -> impl IntoView {
    let words = use_words();
    let query = use_query_map();
    let ticket = use_ticket();
    let save = ServerAction::<SaveReply>::new();
    let edit = Memo::new(move |_| query.read().get("edit").unwrap_or_default());
    let loaded = Resource::new(
        move || (edit.get(), save.version().get()),
        move |(edit, _)| {
            let ticket = ticket();
            async move { Ok((list_replies().await?, edit, returned(ticket).await?)) }
        },
    );
    view! {
        <SettingsFrame title=words.replies.title lead=words.replies.lead>
            <Suspended
                resource=loaded
                fallback=|| view! { <SkeletonRows rows=3/> }
                children=move |(replies, edit, returned): (Vec<SavedReply>, String, Option<Returned>)| {
                    let edited = replies.iter().find(|one| one.id.to_string() == edit).cloned();
                    view! {
                        <List replies/>
                        {may(Right::SendMessages).then(|| view! { <Editor edited returned save/> })}
                    }
                }
            />
        </SettingsFrame>
    }
}

#[component]
fn List(replies: Vec<SavedReply>) -> impl IntoView {
    let text = &use_words().replies;
    if replies.is_empty() {
        return view! { <Card><EmptyState glyph=Glyph::Message title=text.none text=text.none_text/></Card> }
            .into_any();
    }
    let manages = may(Right::SendMessages);
    let head = move || {
        view! {
            <Column>{text.name}</Column>
            <Column>{text.text}</Column>
            {manages.then(|| view! { <Column>{text.edit}</Column> })}
        }
    };
    let rows = replies
        .into_iter()
        .map(|reply| {
            let SavedReply { id, title, text: said } = reply;
            let id = id.to_string();
            let (edit, remove) = ((text.edit_one)(&title), (text.remove_one)(&title));
            let href = format!("{PATH}?edit={id}");
            view! {
                <tr>
                    <th scope="row">{title}</th>
                    <td data-label=text.text class="wrapped">{said}</td>
                    {manages.then(|| view! {
                        <td data-label=text.edit>
                            <span class="cluster">
                                <a href=href aria-label=edit>{text.edit}</a>
                                <form method="post" action=RemoveReply::url()>
                                    <input type="hidden" name="id" value=id/>
                                    <Button press=Press::Submit size=Size::Small attr:aria-label=remove>{text.remove}</Button>
                                </form>
                            </span>
                        </td>
                    })}
                </tr>
            }
        })
        .collect_view();
    view! { <Table caption=text.title head=ViewFnOnce::from(head)>{rows}</Table> }.into_any()
}

/// The form for a new answer, or for the one that is being changed.
#[component]
fn Editor(
    edited: Option<SavedReply>,
    returned: Option<Returned>,
    save: ServerAction<SaveReply>,
) -> impl IntoView {
    let words = use_words();
    let text = &words.replies;
    let errors = FormErrors::new(save.value(), returned.as_ref());
    let (wrong_name, wrong_text) = (errors.of(FieldName::Name), errors.of(FieldName::Text));
    let typed = |field, kept: Option<&String>| {
        let typed = returned.as_ref().and_then(|returned| returned.typed(field));
        typed.or_else(|| kept.cloned()).unwrap_or_default()
    };
    let name = typed(FieldName::Name, edited.as_ref().map(|one| &one.title));
    let said = typed(FieldName::Text, edited.as_ref().map(|one| &one.text));
    let changes = edited.is_some();
    let title = edited.as_ref().map_or_else(|| text.add.to_owned(), |one| (text.change)(&one.title));
    let id = edited.map(|one| one.id.to_string()).unwrap_or_default();
    let toasts = use_toasts();
    let navigate = use_navigate();
    Effect::new(move |done: Option<usize>| {
        let version = save.version().get();
        if done.is_some_and(|done| done < version)
            && let Some(Ok(())) = save.value().get_untracked()
        {
            toasts.success(text.saved);
            navigate(PATH, Default::default());
        }
        version
    });
    let other = move || {
        let error = errors.all.get().filter(|error| error.fields().is_empty())?;
        Some(view! {
            <Banner tone=Tone::Danger title=words.errors.title(&error)><p>{words.errors.remedy(&error)}</p></Banner>
        })
    };
    view! {
        <Card title>
            <ActionForm action=save>
                <input type="hidden" name="id" value=id/>
                <div class="stack">
                    {other}
                    <FieldFrame id="name" label=text.name hint=None error=wrong_name>
                        <input
                            class="field-control"
                            id="name"
                            name="name"
                            value=name
                            required
                            maxlength=TITLE_LIMIT.to_string()
                            autocomplete="off"
                            aria-invalid=move || wrong_name.read().is_some().then_some("true")
                        />
                    </FieldFrame>
                    <FieldFrame id="text" label=text.text hint=Some(text.text_hint.to_owned()) error=wrong_text>
                        <textarea
                            class="field-control"
                            id="text"
                            name="text"
                            rows="4"
                            required
                            maxlength=TEXT_LIMIT.to_string()
                            aria-describedby="text-hint"
                            aria-invalid=move || wrong_text.read().is_some().then_some("true")
                        >
                            {said}
                        </textarea>
                    </FieldFrame>
                    <div class="cluster" data-align="end">
                        {changes.then(|| view! { <a href=PATH>{text.cancel}</a> })}
                        <Button press=Press::Submit variant=Variant::Primary pending=save.pending()>{text.save}</Button>
                    </div>
                </div>
            </ActionForm>
        </Card>
    }
}
