use domain::kind::MessageKind;
use domain::settings::Draft;
use domain::template::{BODY_LIMIT, FOOTER_LIMIT, NAME_LIMIT, NewTemplate, NewTemplateWarning};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::CAMPAIGNS_PATH;
use super::api::{CreateTemplate, load_template_form};
use super::templates::TemplatePreview;
use crate::error::FieldName;
use crate::returned::{FormErrors, Returned, returned, use_ticket};
use crate::ui::{
    Alternative, Banner, Button, ButtonLink, Card, Choice, ErrorSummary, Page, Press, RadioGroup, Select,
    Skeleton, Split, Step, Suspended, TextArea, TextField, Tone, Variant,
};
use crate::visit::use_visit;
use crate::words::use_words;

/// Languages to write templates in, by Meta's codes.
const LANGUAGES: [(&str, &str); 12] = [
    ("en", "English"),
    ("es", "Español"),
    ("pt_BR", "Português (Brasil)"),
    ("pt_PT", "Português (Portugal)"),
    ("fr", "Français"),
    ("de", "Deutsch"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
    ("hi", "हिन्दी"),
    ("ar", "العربية"),
    ("id", "Indonesia"),
    ("tr", "Türkçe"),
];

/// Reads the parts of the form as the template they make.
#[must_use]
pub(crate) fn template_of(
    name: &str,
    language: &str,
    kind: &str,
    body: &str,
    samples: &str,
    footer: &str,
    buttons: &str,
) -> NewTemplate {
    let lines = |text: &str| -> Vec<String> {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    NewTemplate {
        name: name.trim().to_owned(),
        language: language.to_owned(),
        kind: if kind == MessageKind::Utility.as_str() {
            MessageKind::Utility
        } else {
            MessageKind::Marketing
        },
        body: body.trim().replace("\r\n", "\n"),
        samples: lines(samples),
        footer: footer.trim().to_owned(),
        buttons: lines(buttons),
    }
}

/// Makes a template and hands it in for WhatsApp's review.
#[component]
pub fn NewTemplatePage() -> impl IntoView {
    let words = use_words();
    let ticket = use_ticket();
    let form = Resource::new_blocking(
        || (),
        move |()| {
            let ticket = ticket();
            async move { Ok((load_template_form().await?, returned(ticket).await?)) }
        },
    );
    let trail = vec![
        Step { label: words.shell.campaigns.to_owned(), href: Some(CAMPAIGNS_PATH.to_owned()) },
        Step { label: words.campaigns.new_title.to_owned(), href: Some(format!("{CAMPAIGNS_PATH}/new")) },
    ];
    view! {
        <Page title=words.campaigns.new_template lead=words.campaigns.new_template_lead trail>
            <Suspended resource=form fallback=|| view! { <Skeleton/> } children=move |(settings, returned)| {
                view! { <Form settings returned/> }
            }/>
        </Page>
    }
}

#[component]
fn Form(settings: Draft, returned: Option<Returned>) -> impl IntoView {
    let words = use_words();
    let text = &words.campaigns;
    let visit = use_visit();
    let business = visit.signed_in.map(|person| person.business_name).unwrap_or_default();
    let create = ServerAction::<CreateTemplate>::new();
    let value = create.value();
    let errors = FormErrors::new(value, returned.as_ref());
    let typed = |field| returned.as_ref().and_then(|returned| returned.typed(field));
    let way_out =
        settings.opt_out_keywords.first().map(|keyword| (text.way_out)(keyword)).unwrap_or_default();
    let name = typed(FieldName::Name).unwrap_or_default();
    let language = typed(FieldName::Language).unwrap_or_else(|| "en".to_owned());
    let first_kind = typed(FieldName::Kind).unwrap_or_else(|| MessageKind::Marketing.as_str().to_owned());
    let kind = RwSignal::new(first_kind);
    let body = RwSignal::new(typed(FieldName::Text).unwrap_or_default());
    let samples = RwSignal::new(typed(FieldName::Samples).unwrap_or_default());
    let footer = RwSignal::new(typed(FieldName::Footer).unwrap_or(way_out));
    let buttons = RwSignal::new(typed(FieldName::Buttons).unwrap_or_default());
    let draft = Memo::new(move |_| {
        template_of(
            "draft",
            "en",
            &kind.read(),
            &body.read(),
            &samples.read(),
            &footer.read(),
            &buttons.read(),
        )
    });
    let filled = Signal::derive(move || {
        let draft = draft.get();
        let template = draft.approved();
        let names: Vec<String> = template.variables().into_iter().map(str::to_owned).collect();
        let values: Vec<_> = names.into_iter().zip(draft.samples).collect();
        template.render(&values)
    });
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(())) = value.get() {
            navigate(&format!("{CAMPAIGNS_PATH}/new"), NavigateOptions::default());
        }
    });
    let warnings = move || {
        let draft = draft.get();
        if draft.body.is_empty() {
            return None;
        }
        let found = draft.warnings(&business);
        (!found.is_empty()).then(|| {
            let lines = found
                .into_iter()
                .map(|warning| {
                    let said = match warning {
                        NewTemplateWarning::Promotes(_) => text.promotes,
                        NewTemplateWarning::NoBusinessName => text.no_business_name,
                    };
                    view! { <p>{said}</p> }
                })
                .collect_view();
            view! { <Banner tone=Tone::Warning>{lines}</Banner> }
        })
    };
    let aside = move || {
        view! {
            <Card title=text.message>
                {move || view! { <TemplatePreview template=draft.get().approved() body=filled/> }}
            </Card>
            {warnings}
        }
    };
    let kinds = vec![
        Alternative {
            value: MessageKind::Marketing.as_str(),
            label: (text.template_kind)(MessageKind::Marketing),
            hint: Some(text.marketing_hint),
        },
        Alternative {
            value: MessageKind::Utility.as_str(),
            label: (text.template_kind)(MessageKind::Utility),
            hint: Some(text.utility_hint),
        },
    ];
    let languages = LANGUAGES.map(|(value, label)| Choice { value, label }).to_vec();
    view! {
        <ActionForm action=create attr:novalidate="">
            <Split aside=ViewFnOnce::from(aside)>
                <ErrorSummary error=errors.all/>
                <Card>
                    <TextField
                        name=FieldName::Name.as_str()
                        label=text.name
                        hint=text.template_name_hint
                        value=name
                        autocomplete="off"
                        required=true
                        maxlength=NAME_LIMIT
                        error=errors.of(FieldName::Name)
                    />
                    <Select
                        name=FieldName::Language.as_str()
                        label=text.language
                        choices=languages
                        value=language
                        error=errors.of(FieldName::Language)
                    />
                    <RadioGroup
                        name=FieldName::Kind.as_str()
                        legend=text.kind
                        alternatives=kinds
                        value=kind
                        on_change=Callback::new(move |word| kind.set(word))
                    />
                </Card>
                <Card>
                    <TextArea
                        name=FieldName::Text.as_str()
                        label=text.body
                        hint=text.body_hint
                        text=body
                        limit=BODY_LIMIT
                        rows=6
                        error=errors.of(FieldName::Text)
                    />
                    <TextArea
                        name=FieldName::Samples.as_str()
                        label=text.samples
                        hint=text.samples_hint
                        text=samples
                        limit=BODY_LIMIT
                        rows=2
                        required=false
                        error=errors.of(FieldName::Samples)
                    />
                    <TextArea
                        name=FieldName::Footer.as_str()
                        label=text.footer
                        hint=text.footer_hint
                        text=footer
                        limit=FOOTER_LIMIT
                        rows=1
                        required=false
                        error=errors.of(FieldName::Footer)
                    />
                    <TextArea
                        name=FieldName::Buttons.as_str()
                        label=text.buttons
                        hint=text.buttons_hint
                        text=buttons
                        limit=100
                        rows=3
                        required=false
                        error=errors.of(FieldName::Buttons)
                    />
                </Card>
                <div class="cluster" data-align="end">
                    <ButtonLink href=format!("{CAMPAIGNS_PATH}/new")>{text.back}</ButtonLink>
                    <Button press=Press::Submit variant=Variant::Primary pending=create.pending()>
                        {text.hand_in}
                    </Button>
                </div>
            </Split>
        </ActionForm>
    }
}
