use domain::consent::State;
use domain::conversation::{NOTE_LIMIT, View};
use domain::id::ContactId;
use domain::outbound::TEXT_LIMIT;
use domain::permit::Reason;
use domain::promotion;
use domain::role::Right;
use domain::saved_reply::SavedReply;
use domain::template::Template;
use domain::window;
use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::{HtmlFormElement, KeyboardEvent};

use super::INBOX_PATH;
use super::api::{ComposerDetail, NoteConversation, ReplyTo, TypingTo};
use crate::error::{AppError, FieldName};
use crate::returned::{FormErrors, Returned};
use crate::ui::{Banner, Button, Checkbox, FieldFrame, Glyph, Icon, Press, Size, Tone, use_toasts};
use crate::visit::may;
use crate::words::use_words;

/// The least time between two notices that somebody is writing, in milliseconds.
const TYPING_EVERY: f64 = 3_000.0;

/// The form for an answer, and the one for a note.
#[component]
pub(super) fn Composer(
    detail: ComposerDetail,
    /// The template chosen, as `name/language`.
    template: String,
    /// The saved reply chosen, by its id.
    reply: String,
    returned: Option<Returned>,
    view: View,
    /// The last entry that was shown.
    seen: RwSignal<String>,
) -> impl IntoView {
    let words = use_words();
    let text = &words.inbox;
    let ComposerDetail { contact, begun, seen: at_first, templates, replies, now } = detail;
    if !may(Right::SendMessages) {
        return view! { <p class="composer muted small">{text.read_only}</p> }.into_any();
    }
    if contact.blocked {
        return view! { <div class="composer"><Banner tone=Tone::Danger><p>{text.blocked_text}</p></Banner></div> }
            .into_any();
    }
    let name = contact.label();
    let is_open = window::is_open(contact.last_inbound_at, now);
    let chosen = templates.iter().find(|one| format!("{}/{}", one.name, one.language) == template).cloned();
    let unwilling = contact.native_stop || matches!(contact.state, State::OptedOut | State::Held);
    let head = match (is_open, unwilling) {
        (false, _) => Some((text.closed_text)(&name)),
        (true, true) => Some((text.opted_out_text)(&name)),
        (true, false) => None,
    };
    let first = at_first.map(|id| id.to_string()).unwrap_or_default();
    let form = match chosen {
        Some(chosen) => view! {
            <ByTemplate contact=contact.id template=chosen returned=returned.clone() view seen first/>
        }
        .into_any(),
        None if is_open => view! {
            <InWords contact=contact.clone() unwilling replies reply returned=returned.clone() view seen first/>
        }
        .into_any(),
        None => ().into_any(),
    };
    view! {
        <div class="composer">
            {head.map(|head| view! { <p class="composer-head muted small">{head}</p> })}
            {form}
            <div class="cluster composer-more">
                <TemplateChoice contact=contact.id templates view chosen=template is_open/>
                {begun.then(|| view! { <Note contact=contact.id returned view/> })}
            </div>
        </div>
    }
    .into_any()
}

/// Chooses a template, in the address: it works without the program, and the browser's way back undoes it.
#[component]
fn TemplateChoice(
    contact: ContactId,
    templates: Vec<Template>,
    view: View,
    chosen: String,
    is_open: bool,
) -> impl IntoView {
    let words = use_words();
    let text = &words.inbox;
    if templates.is_empty() {
        return (!is_open).then(|| view! { <p class="muted small">{text.no_templates}</p> }).into_any();
    }
    let is_chosen = !chosen.is_empty();
    let options = templates
        .into_iter()
        .map(|template| {
            let value = format!("{}/{}", template.name, template.language);
            let selected = value == chosen;
            let label = format!("{} ({})", template.name, template.language);
            view! { <option value=value selected=selected prop:selected=selected>{label}</option> }
        })
        .collect_view();
    view! {
        <details class="composer-part" open=!is_open>
            <summary>{text.template}</summary>
            <leptos_router::components::Form method="GET" action=format!("{INBOX_PATH}/{contact}")>
                <span class="cluster">
                    <input type="hidden" name="view" value=view.as_str()/>
                    <span class="select">
                        <select class="field-control" name="template" aria-label=text.template>{options}</select>
                        <Icon glyph=Glyph::ChevronDown/>
                    </span>
                    <Button press=Press::Submit size=Size::Small>{text.use_template}</Button>
                    {(is_chosen && is_open).then(|| view! {
                        <a class="small" href=format!("{INBOX_PATH}/{contact}?view={}", view.as_str())>{text.free_text}</a>
                    })}
                </span>
            </leptos_router::components::Form>
        </details>
    }
    .into_any()
}

/// What stood against an answer, and how to go on.
#[component]
fn Hindrance(errors: FormErrors, name: String) -> impl IntoView {
    let words = use_words();
    let text = &words.inbox;
    move || {
        let error = errors.all.get()?;
        let name = name.clone();
        Some(match error {
            AppError::Conflict => view! {
                <Banner tone=Tone::Warning title=text.answered_title><p>{text.answered_text}</p></Banner>
                <Checkbox name="anyway" label=text.answered_anyway/>
            }
            .into_any(),
            AppError::Refused(Reason::Promotion) => view! {
                <Banner tone=Tone::Warning title=words.errors.refusal(Reason::Promotion)>
                    <p>{(text.promotion_text)(&name)}</p>
                </Banner>
                {match may(Right::AllowPromotion) {
                    true => view! { <Checkbox name="promotion" label=text.promotion_allow/> }.into_any(),
                    false => view! { <p class="muted small">{text.promotion_ask}</p> }.into_any(),
                }}
            }
            .into_any(),
            // Named at the field.
            AppError::Invalid(_) => ().into_any(),
            error => view! {
                <Banner tone=Tone::Danger title=words.errors.title(&error)><p>{words.errors.remedy(&error)}</p></Banner>
            }
            .into_any(),
        })
    }
}

#[component]
fn InWords(
    contact: domain::contact::Contact,
    unwilling: bool,
    replies: Vec<SavedReply>,
    reply: String,
    returned: Option<Returned>,
    view: View,
    seen: RwSignal<String>,
    first: String,
) -> impl IntoView {
    let words = use_words();
    let text = &words.inbox;
    let id = contact.id;
    let name = contact.label();
    let chosen = replies.iter().find(|one| one.id.to_string() == reply);
    let typed = returned
        .as_ref()
        .and_then(|returned| returned.typed(FieldName::Text))
        .or_else(|| chosen.map(|one| one.text_for(contact.name.as_deref())))
        .unwrap_or_default();
    let send = ServerAction::<ReplyTo>::new();
    let tell = ServerAction::<TypingTo>::new();
    let errors = FormErrors::new(send.value(), returned.as_ref());
    let wrong = errors.of(FieldName::Text);
    let field = NodeRef::<html::Textarea>::new();
    let sign = RwSignal::new(None);
    let toasts = use_toasts();
    let told = StoredValue::new(f64::MIN);
    Effect::new(move |_| {
        if send.version().get() > 0
            && let Some(Ok(())) = send.value().get()
        {
            toasts.success(text.sent);
            sign.set(None);
            if let Some(field) = field.get_untracked() {
                field.set_value("");
                // A field that is gone needs no focus.
                let _ = field.focus();
            }
        }
    });
    let on_input = move |event: leptos::ev::Event| {
        let now = js_sys::Date::now();
        if now - told.get_value() > TYPING_EVERY {
            told.set_value(now);
            tell.dispatch(TypingTo { contact: id });
        }
        if unwilling {
            sign.set(promotion::advertises(&event_target_value(&event)));
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            let form: Option<HtmlFormElement> = field.get_untracked().and_then(|field| field.form());
            if let Some(form) = form {
                // Refused only for a form that is not in the page.
                let _ = form.request_submit();
            }
        }
    };
    let hint = move || {
        sign.get().map(|sign| {
            view! { <p class="composer-sign small" role="status"><Icon glyph=Glyph::Warning/>{(text.promotion)(sign)}</p> }
        })
    };
    let seen_now = move || Some(seen.get()).filter(|seen| !seen.is_empty()).unwrap_or_else(|| first.clone());
    view! {
        <ActionForm action=send>
            <input type="hidden" name="contact" value=id.to_string()/>
            <input type="hidden" name="view" value=view.as_str()/>
            <input type="hidden" name="seen" value=seen_now/>
            <div class="stack" data-gap="small">
                <Hindrance errors name=name.clone()/>
                <FieldFrame id="text" label=(text.answer)(&name) hint=Some(text.answer_hint.to_owned()) error=wrong>
                    <textarea
                        class="field-control composer-field"
                        id="text"
                        name="text"
                        rows="3"
                        maxlength=TEXT_LIMIT.to_string()
                        node_ref=field
                        required
                        aria-describedby="text-hint"
                        aria-invalid=move || wrong.read().is_some().then_some("true")
                        on:input=on_input
                        on:keydown=on_key
                    >
                        {typed}
                    </textarea>
                </FieldFrame>
                {hint}
                <SavedReplies replies contact=contact.clone() view field/>
                <div class="cluster" data-align="end">
                    <Button press=Press::Submit variant=crate::ui::Variant::Primary glyph=Glyph::Send pending=send.pending()>
                        {text.send}
                    </Button>
                </div>
            </div>
        </ActionForm>
    }
}

/// Puts a saved reply into the field, after what is there; without the program the page comes again with it.
#[component]
fn SavedReplies(
    replies: Vec<SavedReply>,
    contact: domain::contact::Contact,
    view: View,
    field: NodeRef<html::Textarea>,
) -> impl IntoView {
    let words = use_words();
    if replies.is_empty() {
        return ().into_any();
    }
    let items = replies
        .into_iter()
        .map(|one| {
            let href = format!("{INBOX_PATH}/{}?view={}&reply={}", contact.id, view.as_str(), one.id);
            let text = one.text_for(contact.name.as_deref());
            let put = move |event: leptos::ev::MouseEvent| {
                let Some(field) = field.get_untracked() else { return };
                event.prevent_default();
                let before = field.value();
                let parted =
                    if before.trim().is_empty() { text.clone() } else { format!("{before}\n{text}") };
                field.set_value(&parted);
                // A field that is gone needs no focus.
                let _ = field.focus();
            };
            view! { <li><a class="chip-link" href=href on:click=put>{one.title}</a></li> }
        })
        .collect_view();
    view! {
        <details class="composer-part">
            <summary>{words.replies.title}</summary>
            <ul class="cluster">{items}</ul>
        </details>
    }
    .into_any()
}

#[component]
fn ByTemplate(
    contact: ContactId,
    template: Template,
    returned: Option<Returned>,
    view: View,
    seen: RwSignal<String>,
    first: String,
) -> impl IntoView {
    let words = use_words();
    let text = &words.inbox;
    let send = ServerAction::<ReplyTo>::new();
    let errors = FormErrors::new(send.value(), returned.as_ref());
    let wrong = errors.of(FieldName::Variables);
    let typed: Vec<String> = returned
        .as_ref()
        .and_then(|returned| returned.typed(FieldName::Variables))
        .map(|typed| typed.split('\n').map(str::to_owned).collect())
        .unwrap_or_default();
    let navigate = leptos_router::hooks::use_navigate();
    let toasts = use_toasts();
    Effect::new(move |_| {
        if send.version().get() > 0
            && let Some(Ok(())) = send.value().get()
        {
            toasts.success(text.sent);
            navigate(&format!("{INBOX_PATH}/{contact}?view={}", view.as_str()), Default::default());
        }
    });
    let fields = template
        .variables()
        .into_iter()
        .enumerate()
        .map(|(position, name)| {
            let id = format!("variable-{position}");
            let value = typed.get(position).cloned().unwrap_or_default();
            view! {
                <div class="field">
                    <label class="field-label" for=id.clone()>{(text.variable)(name)}</label>
                    <input class="field-control" id=id name=format!("variables[{position}]") value=value required maxlength="1024"/>
                </div>
            }
        })
        .collect_view();
    let seen_now = move || Some(seen.get()).filter(|seen| !seen.is_empty()).unwrap_or_else(|| first.clone());
    view! {
        <ActionForm action=send>
            <input type="hidden" name="contact" value=contact.to_string()/>
            <input type="hidden" name="view" value=view.as_str()/>
            <input type="hidden" name="seen" value=seen_now/>
            <input type="hidden" name="template" value=format!("{}/{}", template.name, template.language)/>
            <div class="stack" data-gap="small">
                <Hindrance errors name=String::new()/>
                <blockquote class="composer-template">{template.body.clone()}</blockquote>
                {fields}
                {move || wrong.get().map(|wrong| view! { <p class="field-error"><Icon glyph=Glyph::Error/><span>{wrong}</span></p> })}
                <div class="cluster" data-align="end">
                    <Button press=Press::Submit variant=crate::ui::Variant::Primary glyph=Glyph::Send pending=send.pending()>
                        {text.send}
                    </Button>
                </div>
            </div>
        </ActionForm>
    }
}

#[component]
fn Note(contact: ContactId, returned: Option<Returned>, view: View) -> impl IntoView {
    let words = use_words();
    let text = &words.inbox;
    let typed = returned.as_ref().and_then(|returned| returned.typed(FieldName::Note));
    let came_back = typed.is_some();
    let save = ServerAction::<NoteConversation>::new();
    let errors = FormErrors::new(save.value(), returned.as_ref().filter(|_| came_back));
    let wrong = errors.of(FieldName::Note);
    let field = NodeRef::<html::Textarea>::new();
    let toasts = use_toasts();
    Effect::new(move |_| {
        if save.version().get() > 0
            && let Some(Ok(())) = save.value().get()
        {
            toasts.success(text.noted);
            if let Some(field) = field.get_untracked() {
                field.set_value("");
            }
        }
    });
    view! {
        <details class="composer-part" open=came_back>
            <summary>{text.note}</summary>
            <ActionForm action=save>
                <input type="hidden" name="contact" value=contact.to_string()/>
                <input type="hidden" name="view" value=view.as_str()/>
                <div class="stack" data-gap="small">
                    <FieldFrame id="note" label=text.note hint=Some(text.note_hint.to_owned()) error=wrong>
                        <textarea
                            class="field-control"
                            id="note"
                            name="note"
                            rows="2"
                            maxlength=NOTE_LIMIT.to_string()
                            node_ref=field
                            aria-describedby="note-hint"
                            aria-invalid=move || wrong.read().is_some().then_some("true")
                        >
                            {typed.unwrap_or_default()}
                        </textarea>
                    </FieldFrame>
                    <div class="cluster" data-align="end">
                        <Button press=Press::Submit size=Size::Small pending=save.pending()>{text.note_save}</Button>
                    </div>
                </div>
            </ActionForm>
        </details>
    }
}
