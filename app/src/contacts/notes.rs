use domain::conversation::NOTE_LIMIT;
use domain::id::ContactId;
use domain::role::Right;
use leptos::html;
use leptos::prelude::*;

use super::api::{ContactNotes, load_notes};
use crate::error::FieldName;
use crate::inbox::NoteConversation;
use crate::live::use_live;
use crate::returned::{FormErrors, Returned};
use crate::ui::{Button, Card, FieldFrame, Press, Shape, Size, Skeleton, Suspended, TimeAgo, use_toasts};
use crate::visit::may;
use crate::words::use_words;

/// What colleagues noted about a person, and a field for more. The same notes stand in the conversation.
#[component]
pub(super) fn Notes(contact: ContactId, returned: Option<Returned>) -> impl IntoView {
    let words = use_words();
    let (text, inbox) = (&words.person, &words.inbox);
    let live = use_live();
    let save = ServerAction::<NoteConversation>::new();
    let version = save.version();
    let notes = Resource::new(
        move || (live.conversations.get(), version.get()),
        move |_| load_notes(contact.to_string()),
    );
    let typed = returned.as_ref().and_then(|returned| returned.typed(FieldName::Note));
    let errors = FormErrors::new(save.value(), returned.as_ref().filter(|_| typed.is_some()));
    let wrong = errors.of(FieldName::Note);
    let field = NodeRef::<html::Textarea>::new();
    let toasts = use_toasts();
    Effect::new(move |_| {
        if version.get() > 0
            && let Some(Ok(())) = save.value().get()
        {
            toasts.success(inbox.noted);
            if let Some(field) = field.get_untracked() {
                field.set_value("");
            }
        }
    });
    let form = may(Right::SendMessages).then(|| {
        view! {
            <ActionForm action=save>
                <input type="hidden" name="contact" value=contact.to_string()/>
                <input type="hidden" name="view" value="contact"/>
                <div class="stack" data-gap="small">
                    <FieldFrame id="colleague-note" label=inbox.note hint=Some(inbox.note_hint.to_owned()) error=wrong>
                        <textarea
                            class="field-control"
                            id="colleague-note"
                            name="note"
                            rows="2"
                            maxlength=NOTE_LIMIT.to_string()
                            node_ref=field
                            aria-describedby="colleague-note-hint"
                            aria-invalid=move || wrong.read().is_some().then_some("true")
                        >
                            {typed.unwrap_or_default()}
                        </textarea>
                    </FieldFrame>
                    <div class="cluster" data-align="end">
                        <Button press=Press::Submit size=Size::Small pending=save.pending()>{inbox.note_save}</Button>
                    </div>
                </div>
            </ActionForm>
        }
    });
    view! {
        <Card title=text.notes>
            <Suspended
                resource=notes
                fallback=|| view! { <Skeleton shape=Shape::Block/> }
                children=move |ContactNotes { notes, now }: ContactNotes| {
                    if notes.is_empty() {
                        return view! { <p class="muted">{text.no_notes}</p> }.into_any();
                    }
                    let lines = notes
                        .into_iter()
                        .map(|(at, note, by)| {
                            let by = if by.is_empty() { text.by_itself.to_owned() } else { by };
                            view! {
                                <li class="person-note">
                                    <p class="thread-text">{note}</p>
                                    <p class="muted small">{by} " · " <TimeAgo at now/></p>
                                </li>
                            }
                        })
                        .collect_view();
                    view! { <ul class="stack" data-gap="small">{lines}</ul> }.into_any()
                }
            />
            {form}
        </Card>
    }
}
