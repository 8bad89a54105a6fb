use domain::permit::Reachable;
use domain::role::Right;
use domain::settings::{CONFIRM_LABEL, Draft, Field, Settings};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::OPT_IN_OUT_PATH;
use super::api::{
    LANGUAGES, OptInOut, Refused, SaveSettings, load_opt_in_out, parse_reachable, reachable_word,
};
use super::difference::{Difference, differences};
use super::fields::{Fields, control_id};
use super::frame::SettingsFrame;
use super::lab_card::KeywordLab;
use super::leave_guard::guard;
use super::limits;
use super::message_field::MessageField;
use super::replay_card::ReplayCard;
use super::unsaved::{Unsaved, keep_when_left, take_unsaved};
use crate::error::{AppError, FieldName};
use crate::live::use_live;
use crate::ui::{
    Alternative, Banner, Button, ButtonLink, Card, Checkbox, ChipsInput, FollowingSelect, Glyph, Icon,
    LabelledChoice, Press, RadioGroup, Shape, Size, Skeleton, Split, Suspended, Tone, Variant, use_toasts,
};
use crate::visit::may;
use crate::words::use_words;

/// Words other businesses use, in the languages of their customers.
const OUT_SUGGESTIONS: [&str; 8] =
    ["PARAR", "SAIR", "BAJA", "ARRÊT", "ABMELDEN", "BERHENTI", "बंद करो", "إلغاء"];
const IN_SUGGESTIONS: [&str; 7] = ["JOIN", "ALTA", "VOLTAR", "REPRENDRE", "ANMELDEN", "MULAI", "शुरू करो"];
const HELP_SUGGESTIONS: [&str; 6] = ["AYUDA", "AJUDA", "AIDE", "HILFE", "BANTUAN", "मदद"];

/// Settings → Application Settings → Opt-In/Out System.
#[component]
pub fn OptInOutPage() -> impl IntoView {
    let words = use_words();
    let query = use_query_map();
    let ticket = StoredValue::new(query.read_untracked().get("draft").unwrap_or_default());
    let saved = query.read_untracked().get("saved").is_some();
    let loaded = Resource::new(|| (), move |()| load_opt_in_out(ticket.get_value()));
    view! {
        <SettingsFrame
            title=words.settings.opt_in_out
            lead=words.settings.system.lead
            section=words.settings.application
        >
            <Suspended
                resource=loaded
                fallback=|| view! { <Skeleton shape=Shape::Block/> <Skeleton shape=Shape::Block/> }
                children=move |loaded: OptInOut| view! { <Editor loaded saved ticket=ticket.get_value()/> }
            />
        </SettingsFrame>
    }
}

/// Somebody else's version, met while editing.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Met {
    theirs: Settings,
    changed: Vec<Difference>,
    /// The first column is mine rather than what both started from.
    against_mine: bool,
}

#[component]
fn Editor(loaded: OptInOut, saved: bool, ticket: String) -> impl IntoView {
    let words = use_words();
    let system = &words.settings.system;
    let toasts = use_toasts();
    let live = use_live();
    let OptInOut { settings, business_name, refused } = loaded;
    let start = refused.as_ref().map_or_else(|| settings.draft.clone(), |refused| refused.draft.clone());
    let fields = Fields::new(&start, business_name.clone());
    fields.look_up_added();
    let base = RwSignal::new(settings.clone());
    // A draft that was refused for other reasons may be out of date as well.
    let overtaken = |refused: &&Refused| refused.conflict || refused.base_version != settings.version;
    let met = RwSignal::new(refused.as_ref().filter(overtaken).map(|refused| Met {
        changed: differences(&refused.draft, &settings.draft, words),
        theirs: settings.clone(),
        against_mine: true,
    }));
    let said_saved = RwSignal::new(saved && refused.is_none());
    let was_refused = RwSignal::new(refused.filter(|refused| !refused.conflict));
    let unsaved = Memo::new(move |_| fields.draft.get().tidied() != base.read().draft);
    let editable = may(Right::WriteSettings);
    let discarded = guard(unsaved.into(), system.leave);
    if cfg!(feature = "hydrate") {
        keep_when_left(move || {
            let (unsaved, discarded) = (unsaved.try_get_untracked()?, discarded.try_get_untracked()?);
            let (base_version, draft) =
                (base.try_read_untracked()?.version, fields.draft.try_get_untracked()?);
            (unsaved && !discarded).then_some(Unsaved { base_version, draft })
        });
    }

    let navigate = use_navigate();
    let save = ServerAction::<SaveSettings>::new();
    let (value, version, pending) = (save.value(), save.version(), save.pending());
    let load = move |draft: Draft| fields.set(draft);
    let meet = move |theirs: Settings| {
        let mine = fields.draft.get_untracked().tidied();
        if theirs.version <= base.read_untracked().version {
            return;
        }
        if !unsaved.get_untracked() || mine == theirs.draft {
            load(theirs.draft.clone());
            base.set(theirs);
            return;
        }
        let changed = differences(&base.read_untracked().draft, &theirs.draft, words);
        met.set(Some(Met { theirs, changed, against_mine: false }));
    };
    Effect::new(move |_| {
        let Some(kept) = take_unsaved() else { return };
        let (theirs, mine) = (base.get_untracked(), kept.draft.clone().tidied());
        if mine == theirs.draft {
            return;
        }
        load(kept.draft);
        if kept.base_version == theirs.version {
            toasts.success(system.restored);
        } else {
            met.set(Some(Met {
                changed: differences(&mine, &theirs.draft, words),
                theirs,
                against_mine: true,
            }));
        }
    });
    let complain = move |error: AppError| {
        toasts.error(format!("{}. {}", words.errors.title(&error), words.errors.remedy(&error)));
    };
    let look = move |asked: bool| {
        spawn_local(async move {
            match load_opt_in_out(String::new()).await {
                Ok(now) if pending.try_get_untracked() == Some(false) => meet(now.settings),
                // What was pressed gets an answer; what nobody asked for is tried again with the next event.
                Err(error) if asked => complain(error),
                _ => {}
            }
        });
    };
    Effect::new(move |before: Option<u32>| {
        let now = live.settings.get();
        if before.is_some_and(|before| before != now) && !pending.get_untracked() {
            look(false);
        }
        now
    });
    let focus_first = move || {
        if let Some(first) = fields.problems.read_untracked().first()
            && let Some(control) = document().get_element_by_id(&control_id(first.field))
        {
            let _ = control.unchecked_ref::<web_sys::HtmlElement>().focus();
        }
    };
    Effect::new(move |_| {
        if version.get() == 0 {
            return;
        }
        match value.get() {
            Some(Ok(settings)) => {
                met.set(None);
                was_refused.set(None);
                base.set(settings);
                said_saved.set(true);
                // The address of a plain form that was refused leads to its draft, which is no longer news.
                if !ticket.is_empty() {
                    navigate(
                        OPT_IN_OUT_PATH,
                        NavigateOptions { replace: true, scroll: false, ..Default::default() },
                    );
                }
            }
            Some(Err(AppError::Conflict)) => look(true),
            Some(Err(error)) => {
                // A page older than the server may see no problem where the server does.
                if fields.problems.read_untracked().is_empty() {
                    complain(error);
                } else {
                    focus_first();
                }
            }
            None => {}
        }
    });
    Effect::new(move |_| {
        if unsaved.get() {
            said_saved.set(false);
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if pending.get_untracked() {
            return;
        }
        if fields.problems.read_untracked().is_empty() {
            let draft = fields.draft.get_untracked();
            save.dispatch(SaveSettings::of(base.read_untracked().version, draft));
        } else {
            focus_first();
        }
    };
    let status = move || {
        let count = fields.problems.read().len();
        if said_saved.get() {
            ("success", system.saved.to_owned())
        } else if count > 0 {
            ("danger", (system.problems)(count))
        } else if unsaved.get() {
            ("neutral", system.unsaved.to_owned())
        } else {
            ("neutral", String::new())
        }
    };
    let name = business_name.clone();
    let aside = move || {
        view! {
            <div class="stack" data-gap="large">
                <KeywordLab draft=fields.draft business_name=name/>
                <ReplayCard fields/>
            </div>
        }
    };
    view! {
        <div class="opt-in-out">
            <Split aside=ViewFnOnce::from(aside)>
                {move || was_refused.get().map(|refused| view! { <WhatWasWrong refused/> })}
                {move || met.get().map(|met_now| view! {
                    <SomebodyElse
                        met=met_now.clone()
                        load_theirs=Callback::new(move |()| {
                            if let Some(found) = met.get_untracked() {
                                load(found.theirs.draft.clone());
                                base.set(found.theirs);
                                met.set(None);
                            }
                        })
                        keep_mine=Callback::new(move |()| {
                            if let Some(found) = met.get_untracked() {
                                base.set(found.theirs);
                                met.set(None);
                            }
                        })
                    />
                })}
                {(!editable).then(|| view! { <Banner tone=Tone::Info><p>{system.read_only}</p></Banner> })}
                <form class="stack" data-gap="large" method="post" action=SaveSettings::url() novalidate=true on:submit=submit>
                    <input type="hidden" name="base_version" value=move || base.read().version.to_string()/>
                    <fieldset class="stack" data-gap="large" disabled=!editable>
                        {view! { <Keywords fields business_name/> }.into_any()}
                        {view! { <PoliciesCard fields/> }.into_any()}
                    </fieldset>
                    <div class="action-bar" hidden=!editable>
                        <Button press=Press::Submit variant=Variant::Primary pending>{system.save}</Button>
                        <Button
                            variant=Variant::Quiet
                            disabled=Signal::derive(move || !unsaved.get())
                            on:click=move |_| load(base.get_untracked().draft)
                        >
                            {system.discard}
                        </Button>
                        <p class="save-status" role="status" data-tone=move || status().0>{move || status().1}</p>
                    </div>
                </form>
            </Split>
        </div>
    }
}

/// The three lists and four messages.
#[component]
fn Keywords(fields: Fields, business_name: String) -> impl IntoView {
    let system = &use_words().settings.system;
    let [name_out, name_in, name_ask, name_help] = std::array::from_fn(|_| business_name.clone());
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    view! {
        <Card title=system.out_title lead=system.out_lead>
            <ChipsInput
                name=FieldName::Settings(Field::OptOutKeywords).as_str()
                label=system.out_keywords
                hint=system.out_keywords_hint
                words=fields.opt_out_keywords
                suggestions=owned(&OUT_SUGGESTIONS)
                judge=fields.judge(Field::OptOutKeywords)
                error=fields.error(Field::OptOutKeywords)
            />
            <MessageField
                field=Field::OptOutConfirmation
                label=system.out_message
                hint=system.out_message_hint
                text=fields.opt_out_confirmation
                fields
                business_name=name_out
                trigger=|draft| draft.opt_out_keywords.first()
            />
        </Card>
        <Card title=system.in_title lead=system.in_lead>
            <ChipsInput
                name=FieldName::Settings(Field::OptInKeywords).as_str()
                label=system.in_keywords
                hint=system.in_keywords_hint
                words=fields.opt_in_keywords
                suggestions=owned(&IN_SUGGESTIONS)
                judge=fields.judge(Field::OptInKeywords)
                error=fields.error(Field::OptInKeywords)
            />
            <MessageField
                field=Field::OptInConfirmation
                label=system.in_message
                hint=system.in_message_hint
                text=fields.opt_in_confirmation
                fields
                business_name=name_in
                trigger=|draft| draft.opt_in_keywords.first()
            />
            <MessageField
                field=Field::Disclosure
                label=system.disclosure
                hint=system.disclosure_hint
                text=fields.disclosure
                fields
                business_name=name_ask
                trigger=|draft| draft.opt_in_keywords.first()
                button=CONFIRM_LABEL
            />
        </Card>
        <Card title=system.help_title lead=system.help_lead>
            <ChipsInput
                name=FieldName::Settings(Field::HelpKeywords).as_str()
                label=system.help_keywords
                hint=system.help_keywords_hint
                words=fields.help_keywords
                suggestions=owned(&HELP_SUGGESTIONS)
                judge=fields.judge(Field::HelpKeywords)
                error=fields.error(Field::HelpKeywords)
            />
            <MessageField
                field=Field::HelpAnswer
                label=system.help_answer
                hint=system.help_answer_hint
                text=fields.help_answer
                fields
                business_name=name_help
                trigger=|draft| draft.help_keywords.first()
            />
        </Card>
    }
}

#[component]
fn PoliciesCard(fields: Fields) -> impl IntoView {
    let system = &use_words().settings.system;
    let alternatives = vec![
        Alternative {
            value: reachable_word(Reachable::OptedIn),
            label: system.opted_in_only,
            hint: Some(system.opted_in_only_hint),
        },
        Alternative {
            value: reachable_word(Reachable::NotOptedOut),
            label: system.not_opted_out,
            hint: Some(system.not_opted_out_hint),
        },
    ];
    let looser = move || fields.reachable.get() == Reachable::NotOptedOut;
    view! {
        <Card title=system.policies lead=system.policies_lead>
            <RadioGroup
                name="reachable"
                legend=system.reachable
                alternatives
                cards=true
                value=Signal::derive(move || reachable_word(fields.reachable.get()).to_owned())
                on_change=Callback::new(move |word: String| fields.reachable.set(parse_reachable(&word)))
            />
            {move || looser().then(|| view! {
                <Banner tone=Tone::Warning title=system.law_title><p>{system.law_text}</p></Banner>
            })}
            <div class="stack" data-gap="small">
                <Checkbox
                    name="ask_to_confirm"
                    label=system.ask
                    hint=system.ask_hint
                    checked=fields.ask_to_confirm
                    on_change=Callback::new(move |ticked| fields.ask_to_confirm.set(ticked))
                />
                <Checkbox
                    name="answer_repeats"
                    label=system.repeats
                    hint=system.repeats_hint
                    checked=fields.answer_repeats
                    on_change=Callback::new(move |ticked| fields.answer_repeats.set(ticked))
                />
            </div>
            <Limits fields/>
            <Languages fields/>
        </Card>
    }
}

/// When and how often marketing may leave.
#[component]
fn Limits(fields: Fields) -> impl IntoView {
    let system = &use_words().settings.system;
    let hours = limits::HOURS
        .map(|(value, hours)| LabelledChoice { value, label: (system.hours_word)(hours) })
        .to_vec();
    let caps =
        limits::CAPS.map(|(value, cap)| LabelledChoice { value, label: (system.cap_word)(cap) }).to_vec();
    view! {
        <FollowingSelect
            name="limits[hours]"
            label=system.hours
            hint=system.hours_hint
            choices=hours
            value=Signal::derive(move || limits::hours_word(fields.hours.get()).to_owned())
            on_change=Callback::new(move |word: String| fields.hours.set(limits::parse_hours(&word)))
        />
        <FollowingSelect
            name="limits[frequency_cap]"
            label=system.cap
            hint=system.cap_hint
            choices=caps
            value=Signal::derive(move || limits::cap_word(fields.frequency_cap.get()).to_owned())
            on_change=Callback::new(move |word: String| fields.frequency_cap.set(limits::parse_cap(&word)))
        />
        <Checkbox
            name="limits[skip_us_numbers]"
            label=system.skip_us
            hint=system.skip_us_hint
            checked=fields.skip_us_numbers
            on_change=Callback::new(move |ticked| fields.skip_us_numbers.set(ticked))
        />
    }
}

/// Which languages are listened for.
#[component]
fn Languages(fields: Fields) -> impl IntoView {
    let system = &use_words().settings.system;
    let boxes = LANGUAGES
        .iter()
        .zip(LISTEN)
        .map(|(code, name)| {
            let code = *code;
            let always = code == LANGUAGES[0];
            let change = Callback::new(move |ticked: bool| {
                fields.muted_languages.update(|muted| {
                    muted.retain(|muted| muted != code);
                    if !ticked {
                        muted.push(code.to_owned());
                        muted.sort_unstable();
                    }
                });
            });
            view! {
                <Checkbox
                    name
                    label=system.language(code)
                    value=code
                    checked=Signal::derive(move || !fields.muted_languages.read().iter().any(|muted| muted == code))
                    disabled=always
                    on_change=change
                />
            }
        })
        .collect_view();
    view! {
        <fieldset>
            <legend class="choice-legend">{system.languages}</legend>
            <p class="choice-hint">{system.languages_hint}</p>
            // A box that is not ticked, or cannot be changed, is not submitted: so the form says that there was something to tick.
            <input type="hidden" name=LISTEN[0] value=LANGUAGES[0]/>
            <div class="language-list">{boxes}</div>
        </fieldset>
    }
}

/// The names under which the languages are submitted.
const LISTEN: [&str; 17] = [
    "listen[0]",
    "listen[1]",
    "listen[2]",
    "listen[3]",
    "listen[4]",
    "listen[5]",
    "listen[6]",
    "listen[7]",
    "listen[8]",
    "listen[9]",
    "listen[10]",
    "listen[11]",
    "listen[12]",
    "listen[13]",
    "listen[14]",
    "listen[15]",
    "listen[16]",
];

/// After a plain form was refused: what is wrong, with links to the fields. In the browser the fields say it themselves.
#[component]
fn WhatWasWrong(refused: Refused) -> impl IntoView {
    let words = use_words();
    let items = refused
        .draft
        .tidied()
        .problems(detection::normalise)
        .into_iter()
        .map(|problem| {
            let error = crate::error::FieldError::from(problem);
            let href = format!("#{}", error.field.as_str());
            view! { <li><a href=href>{words.errors.field(error)}</a></li> }
        })
        .collect_view();
    view! {
        <Banner tone=Tone::Danger title=words.settings.system.kept>
            <ul>{items}</ul>
        </Banner>
    }
}

/// What somebody else changed meanwhile, and what to do about it.
#[component]
fn SomebodyElse(met: Met, load_theirs: Callback<()>, keep_mine: Callback<()>) -> impl IntoView {
    let system = &use_words().settings.system;
    let says = if met.against_mine { system.differs } else { system.changed };
    let same = met.changed.is_empty();
    let changes = met
        .changed
        .into_iter()
        .map(|Difference { label, before, after }| {
            view! { <li><strong>{label}</strong> ": " {says(&before, &after)}</li> }
        })
        .collect_view();
    view! {
        <div class="banner" data-tone="warning" role="alert">
            <Icon glyph=Glyph::Warning/>
            <div class="banner-words">
                <p class="banner-title">{system.conflict_title}</p>
                <p>{if same { system.conflict_same } else { system.conflict_text }}</p>
                <ul>{changes}</ul>
                <div class="cluster">
                    // A plain link as well: without JavaScript it simply opens the page anew.
                    <ButtonLink
                        href=OPT_IN_OUT_PATH
                        size=Size::Small
                        on:click=move |event| {
                            event.prevent_default();
                            load_theirs.run(());
                        }
                    >
                        {system.load_theirs}
                    </ButtonLink>
                    <Button size=Size::Small on:click=move |_| keep_mine.run(())>{system.keep_mine}</Button>
                </div>
            </div>
        </div>
    }
}
