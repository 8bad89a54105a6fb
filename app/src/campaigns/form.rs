use domain::campaign::{Audience, fill_for_nobody};
use domain::consent::State;
use domain::limits;
use domain::settings::split_keywords;
use domain::time::Timestamp;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};

use super::api::{CampaignForm, SaveCampaign, TemplateChoice, load_campaign_form};
use super::templates::{ServiceNote, TemplateGallery, TemplatePreview};
use super::{CAMPAIGNS_PATH, NUMBERS};
use crate::error::FieldName;
use crate::returned::{FormErrors, Returned, returned, use_ticket};
use crate::ui::{
    Alternative, Button, ButtonLink, Card, ChipsInput, Choice, ErrorSummary, Glyph, Page, Press, RadioGroup,
    Select, Skeleton, Split, Step, Suspended, TextArea, TextField, Variant,
};
use crate::words::use_words;

/// Longest list of numbers that is typed into the form, in characters: as much as a form may hold when a plain browser has encoded
/// it. Longer ones come through the API.
const NUMBERS_LIMIT: usize = 150_000;

/// Writes a campaign: first what to send, then the rest.
#[component]
pub fn NewCampaignPage() -> impl IntoView {
    let words = use_words();
    let ticket = use_ticket();
    let query = use_query_map();
    let form = Resource::new_blocking(
        move || chosen(&query.read()),
        move |_| {
            let ticket = ticket();
            async move { Ok((load_campaign_form(None).await?, returned(ticket).await?)) }
        },
    );
    let trail = vec![Step { label: words.shell.campaigns.to_owned(), href: Some(CAMPAIGNS_PATH.to_owned()) }];
    view! {
        <Page title=words.campaigns.new_title trail>
            <Suspended resource=form fallback=|| view! { <Skeleton/> } children=move |(form, returned)| {
                let form: CampaignForm = form;
                let path = format!("{CAMPAIGNS_PATH}/new");
                view! { <Steps form returned chosen=chosen(&query.read_untracked()) path back=CAMPAIGNS_PATH.to_owned()/> }
            }/>
        </Page>
    }
}

/// Writes a draft anew.
#[component]
pub fn EditCampaignPage() -> impl IntoView {
    let words = use_words();
    let ticket = use_ticket();
    let (params, query) = (use_params_map(), use_query_map());
    let id = move || params.read().get("id").unwrap_or_default();
    let form = Resource::new_blocking(
        move || (id(), chosen(&query.read())),
        move |(id, _)| {
            let ticket = ticket();
            async move { Ok((load_campaign_form(Some(id)).await?, returned(ticket).await?)) }
        },
    );
    view! {
        <Suspended resource=form page=true fallback=|| view! { <Skeleton/> } children=move |(form, returned)| {
            let form: CampaignForm = form;
            let (name, home) = form.campaign.as_ref().map_or_else(Default::default, |campaign| {
                (campaign.name.clone(), format!("{CAMPAIGNS_PATH}/{}", campaign.id))
            });
            let trail = vec![
                Step { label: words.shell.campaigns.to_owned(), href: Some(CAMPAIGNS_PATH.to_owned()) },
                Step { label: name, href: Some(home.clone()) },
            ];
            let current = form.campaign.as_ref().map(|campaign| (campaign.template.clone(), campaign.language.clone()));
            let other = query.read_untracked().get("template").as_deref() == Some("");
            let chosen = chosen(&query.read_untracked()).or(current.filter(|_| !other));
            let path = format!("{home}/edit");
            view! {
                <Page title=words.campaigns.edit_title trail>
                    <Steps form returned chosen path back=home/>
                </Page>
            }
        }/>
    }
}

/// Name and language of the template in the address.
fn chosen(query: &leptos_router::params::ParamsMap) -> Option<(String, String)> {
    let name = query.get("template").filter(|name| !name.is_empty())?;
    Some((name, query.get("language").unwrap_or_default()))
}

/// The choice of a template, or the form for the one that was chosen.
#[component]
fn Steps(
    form: CampaignForm,
    returned: Option<Returned>,
    chosen: Option<(String, String)>,
    path: String,
    back: String,
) -> impl IntoView {
    let text = &use_words().campaigns;
    let choice = chosen.and_then(|(name, language)| {
        let is_chosen = |choice: &&TemplateChoice| {
            choice.template.name == name && choice.template.language == language && choice.problem.is_none()
        };
        form.templates.iter().find(is_chosen).cloned()
    });
    match choice {
        Some(choice) => view! { <Form form choice returned path back/> }.into_any(),
        None => view! {
            <div class="cluster" data-align="between">
                <p class="muted">{text.choose_template_lead}</p>
                <ButtonLink href="/campaigns/templates/new" glyph=Glyph::Plus>{text.new_template}</ButtonLink>
            </div>
            <TemplateGallery templates=form.templates form=path/>
        }
        .into_any(),
    }
}

/// What the fields hold at first: what was typed before, else the draft.
struct AtFirst {
    name: String,
    audience: &'static str,
    tags: Vec<String>,
    state: String,
    search: String,
    numbers: String,
    schedule_at: String,
}

impl AtFirst {
    fn new(form: &CampaignForm, returned: Option<&Returned>) -> Self {
        let campaign = form.campaign.as_ref();
        let typed = |field| returned.and_then(|returned| returned.typed(field));
        let audience = campaign.map(|campaign| &campaign.audience);
        let known = match audience {
            Some(Audience::Tags(_)) => "tags",
            Some(Audience::Filter { .. }) => "filter",
            Some(Audience::List(_)) => "list",
            Some(Audience::All) | None => "all",
        };
        let (state, search) = match audience {
            Some(Audience::Filter { state, search }) => {
                (state.map(State::as_str).unwrap_or_default().to_owned(), search.clone().unwrap_or_default())
            }
            _ => Default::default(),
        };
        let tags = match audience {
            Some(Audience::Tags(tags)) => tags.clone(),
            _ => Vec::new(),
        };
        Self {
            name: typed(FieldName::Name)
                .or(campaign.map(|campaign| campaign.name.clone()))
                .unwrap_or_default(),
            audience: typed(FieldName::Audience)
                .and_then(|typed| AUDIENCES.into_iter().find(|known| *known == typed))
                .unwrap_or(known),
            tags: typed(FieldName::Tags).map(|typed| split_keywords(&typed)).unwrap_or(tags),
            state: typed(FieldName::State).unwrap_or(state),
            search: typed(FieldName::Search).unwrap_or(search),
            numbers: typed(FieldName::Numbers).unwrap_or_default(),
            schedule_at: typed(FieldName::ScheduleAt)
                .or(campaign.and_then(|campaign| campaign.schedule_at).map(local_in_utc))
                .unwrap_or_default(),
        }
    }
}

const AUDIENCES: [&str; 5] = ["all", "tags", "filter", "numbers", "list"];

/// A moment as a date and time field of UTC holds it.
fn local_in_utc(at: Timestamp) -> String {
    at.to_string().chars().take("2026-12-03T09:00".len()).collect()
}

#[component]
fn Form(
    form: CampaignForm,
    choice: TemplateChoice,
    returned: Option<Returned>,
    path: String,
    back: String,
) -> impl IntoView {
    let words = use_words();
    let text = &words.campaigns;
    let save = ServerAction::<SaveCampaign>::new();
    let value = save.value();
    let errors = FormErrors::new(value, returned.as_ref());
    let at_first = AtFirst::new(&form, returned.as_ref());
    let template = choice.template;
    let values: Vec<(String, RwSignal<String>)> = template
        .variables()
        .into_iter()
        .map(|name| {
            let known = form.campaign.as_ref().and_then(|campaign| {
                campaign.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
            });
            (name.to_owned(), RwSignal::new(known.unwrap_or_default()))
        })
        .collect();
    let body = {
        let (template, values) = (template.clone(), values.clone());
        Signal::derive(move || {
            let filled: Vec<_> = values
                .iter()
                .filter(|(_, value)| !value.read().is_empty())
                .map(|(name, value)| (name.clone(), fill_for_nobody(&value.read())))
                .collect();
            template.render(&filled)
        })
    };
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(saved)) = value.get() {
            let to = match saved.numbers {
                Some(ticket) => format!("{CAMPAIGNS_PATH}/{}?{NUMBERS}={ticket}", saved.id),
                None => format!("{CAMPAIGNS_PATH}/{}", saved.id),
            };
            navigate(&to, NavigateOptions::default());
        }
    });
    let aside = {
        let template = template.clone();
        let is_service = template.kind != domain::kind::MessageKind::Marketing;
        move || {
            view! {
                <Card title=text.message>
                    <TemplatePreview template body/>
                    <div><a href=format!("{path}?template=")>{text.other_template}</a></div>
                </Card>
                {is_service.then(|| view! { <ServiceNote/> })}
            }
        }
    };
    let id = form.campaign.as_ref().map(|campaign| campaign.id.to_string()).unwrap_or_default();
    let (name, schedule_at) = (at_first.name.clone(), at_first.schedule_at.clone());
    let has_list =
        form.campaign.as_ref().is_some_and(|campaign| matches!(campaign.audience, Audience::List(_)));
    let fields = values.into_iter().map(|(name, value)| view! { <Value name value/> }).collect_view();
    view! {
        <ActionForm action=save attr:novalidate="">
            <input type="hidden" name="campaign" value=id/>
            <input type="hidden" name="template" value=template.name.clone()/>
            <input type="hidden" name="language" value=template.language.clone()/>
            <Split aside=ViewFnOnce::from(aside)>
                <ErrorSummary error=errors.all/>
                <Card>
                    <TextField
                        name=FieldName::Name.as_str()
                        label=text.name
                        hint=text.name_hint
                        value=name
                        autocomplete="off"
                        required=true
                        maxlength=limits::CAMPAIGN_NAME
                        error=errors.of(FieldName::Name)
                    />
                    {fields}
                    <VariablesError error=errors.of(FieldName::Variables)/>
                </Card>
                <AudienceFields at_first errors has_list/>
                <Card>
                    <When value=schedule_at error=errors.of(FieldName::ScheduleAt)/>
                </Card>
                <div class="cluster" data-align="end">
                    <ButtonLink href=back>{text.back}</ButtonLink>
                    <Button press=Press::Submit variant=Variant::Primary pending=save.pending()>{text.save}</Button>
                </div>
            </Split>
        </ActionForm>
    }
}

/// What stands for one placeholder.
#[component]
fn Value(name: String, value: RwSignal<String>) -> impl IntoView {
    let text = &use_words().campaigns;
    let id = format!("value-{name}");
    let hint = format!("{id}-hint");
    view! {
        <div class="field">
            <div class="field-head"><label class="field-label" for=id.clone()>{(text.value)(&name)}</label></div>
            <input
                class="field-control"
                id=id
                name=format!("variables[{name}]")
                value=value.get_untracked()
                autocomplete="off"
                maxlength=limits::VARIABLE.to_string()
                aria-describedby=hint.clone()
                on:input=move |event| value.set(event_target_value(&event))
            />
            <p class="field-hint" id=hint>{text.value_hint}</p>
        </div>
    }
}

#[component]
fn VariablesError(error: Signal<Option<String>>) -> impl IntoView {
    view! { <crate::ui::FieldError id=FieldName::Variables.as_str() error/> }
}

/// Whom it is for. What belongs to another choice than the one made is hidden by the style sheet, so that it works before the page
/// is interactive.
#[component]
fn AudienceFields(at_first: AtFirst, errors: FormErrors, has_list: bool) -> impl IntoView {
    let words = use_words();
    let text = &words.campaigns;
    let audience = RwSignal::new(at_first.audience.to_owned());
    let tags = RwSignal::new(at_first.tags);
    let numbers = RwSignal::new(at_first.numbers);
    let mut alternatives = vec![
        Alternative { value: "all", label: text.who_all, hint: Some(text.who_all_hint) },
        Alternative { value: "tags", label: text.who_tags, hint: Some(text.who_tags_hint) },
        Alternative { value: "filter", label: text.who_filter, hint: Some(text.who_filter_hint) },
        Alternative { value: "numbers", label: text.who_numbers, hint: Some(text.who_numbers_hint) },
    ];
    if has_list {
        alternatives.push(Alternative {
            value: "list",
            label: text.who_list,
            hint: Some(text.who_list_hint),
        });
    }
    let states = std::iter::once(Choice { value: "", label: text.any_consent })
        .chain(State::ALL.iter().map(|state| Choice { value: state.as_str(), label: words.ui.state(*state) }))
        .collect();
    view! {
        <Card>
            <div class="audience">
                <RadioGroup
                    name=FieldName::Audience.as_str()
                    legend=text.who
                    alternatives
                    value=audience
                    error=errors.of(FieldName::Audience)
                    on_change=Callback::new(move |value| audience.set(value))
                />
                <div class="audience-part stack" data-part="tags">
                    <ChipsInput
                        name=FieldName::Tags.as_str()
                        label=text.tags
                        words=tags
                        error=errors.of(FieldName::Tags)
                    />
                </div>
                <div class="audience-part stack" data-part="filter">
                    <Select
                        name=FieldName::State.as_str()
                        label=text.consent
                        choices=states
                        value=at_first.state
                    />
                    <TextField
                        name=FieldName::Search.as_str()
                        label=text.search
                        value=at_first.search
                        autocomplete="off"
                        maxlength=100
                    />
                </div>
                <div class="audience-part stack" data-part="numbers">
                    <TextArea
                        name=FieldName::Numbers.as_str()
                        label=text.numbers
                        hint=text.numbers_hint
                        text=numbers
                        limit=NUMBERS_LIMIT
                        rows=8
                        error=errors.of(FieldName::Numbers)
                    />
                </div>
            </div>
        </Card>
    }
}

/// A date and time in the browser's time zone; in UTC before the page is interactive, and it says which.
#[component]
fn When(value: String, error: Signal<Option<String>>) -> impl IntoView {
    let text = &use_words().campaigns;
    let offset = RwSignal::new(None::<i32>);
    let shown = RwSignal::new(value.clone());
    Effect::new(move |_| {
        let typed = shown.get_untracked();
        // What the server wrote is in UTC; from now on the field is of this place.
        let at = js_sys::Date::new(&format!("{typed}:00Z").into());
        if typed.is_empty() || at.get_time().is_nan() {
            offset.set(Some(ahead_of_utc(&js_sys::Date::new_0())));
            return;
        }
        let ahead = ahead_of_utc(&at);
        let local = js_sys::Date::new(&(at.get_time() + f64::from(ahead) * 60_000.0).into());
        let local: String = local.to_iso_string().into();
        shown.set(local.chars().take("2026-12-03T09:00".len()).collect());
        offset.set(Some(ahead));
    });
    let typed = move |event| {
        let local = event_target_value(&event);
        // Without a zone a browser reads it as of its own place, with the offset that will hold there then.
        let at = js_sys::Date::new(&local.clone().into());
        if !at.get_time().is_nan() {
            offset.set(Some(ahead_of_utc(&at)));
        }
        shown.set(local);
    };
    let name = FieldName::ScheduleAt.as_str();
    let describe = format!("{name}-hint {name}-error");
    view! {
        <div class="field">
            <div class="field-head"><label class="field-label" for=name>{text.when}</label></div>
            <input
                class="field-control"
                id=name
                name=name
                type="datetime-local"
                value=value
                prop:value=move || shown.get()
                aria-describedby=describe
                aria-invalid=move || error.read().is_some().then_some("true")
                on:input=typed
            />
            <input type="hidden" name="offset" prop:value=move || offset.get().map(|ahead| ahead.to_string()).unwrap_or_default()/>
            <p class="field-hint" id=format!("{name}-hint")>
                {move || offset.get().map_or_else(|| text.when_hint_utc.to_owned(), text.when_hint)}
            </p>
            <crate::ui::FieldError id=format!("{name}-error") error/>
        </div>
    }
}

/// Minutes.
fn ahead_of_utc(at: &js_sys::Date) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "a few hundred minutes")]
    let behind = at.get_timezone_offset() as i32;
    -behind
}
