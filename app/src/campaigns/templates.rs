use domain::template::{Template, TemplateStatus};
use leptos::prelude::*;

use super::api::TemplateChoice;
use crate::ui::{
    Badge, Banner, Bubble, ButtonLink, Card, EmptyState, Glyph, PhonePreview, Size, Tone, Variant,
};
use crate::visit::use_visit;
use crate::words::use_words;

/// What people read of a template, with its footer and buttons, on a phone.
#[component]
pub(super) fn TemplatePreview(
    /// The template.
    template: Template,
    /// The body, filled in for somebody.
    #[prop(into)]
    body: Signal<String>,
) -> impl IntoView {
    let visit = use_visit();
    let name = visit.signed_in.map(|person| person.business_name).unwrap_or_default();
    let footer = template.footer.clone();
    let text = Signal::derive(move || match &footer {
        Some(footer) => format!("{}\n\n{footer}", body.get()),
        None => body.get(),
    });
    let buttons = template
        .buttons
        .into_iter()
        .map(|label| view! { <p class="bubble-button">{label}</p> })
        .collect_view();
    view! {
        <PhonePreview name=name>
            <Bubble text/>
            {buttons}
        </PhonePreview>
    }
}

/// The templates to choose from; each leads to the form with it.
#[component]
pub(super) fn TemplateGallery(
    /// What there is.
    templates: Vec<TemplateChoice>,
    /// The form, without its query.
    form: String,
) -> impl IntoView {
    let words = use_words();
    let text = &words.campaigns;
    if templates.is_empty() {
        return view! {
            <div class="card">
                <EmptyState glyph=Glyph::Message title=text.no_templates_title text=text.no_templates_text>
                    <ButtonLink href="/campaigns/templates/new" variant=Variant::Primary glyph=Glyph::Plus>{text.new_template}</ButtonLink>
                </EmptyState>
            </div>
        }
        .into_any();
    }
    let cards = templates
        .into_iter()
        .map(|choice| {
            let TemplateChoice { template, problem } = choice;
            let href = format!("{form}?template={}&language={}", template.name, template.language);
            let body = template.body.clone();
            let name = (text.use_template_named)(&template.name);
            view! {
                <li>
                    <Card title=template.name.clone()>
                        <div class="cluster">
                            <Badge glyph=Glyph::Message>{(text.template_kind)(template.kind)}</Badge>
                            <Badge>{template.language.clone()}</Badge>
                        </div>
                        <p class="template-body">{body}</p>
                        {template.footer.clone().map(|footer| view! { <p class="muted small">{footer}</p> })}
                        {match problem {
                            Some(_) if template.status == TemplateStatus::Pending => {
                                view! { <Banner tone=Tone::Info><p>{text.in_review}</p></Banner> }.into_any()
                            }
                            Some(problem) => {
                                view! { <Banner tone=Tone::Warning><p>{(text.problem)(problem)}</p></Banner> }.into_any()
                            }
                            None => {
                                view! {
                                    <div>
                                        <ButtonLink href size=Size::Small attr:aria-label=name>{text.use_template}</ButtonLink>
                                    </div>
                                }
                                    .into_any()
                            }
                        }}
                    </Card>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="template-gallery" aria-label=text.choose_template>{cards}</ul> }.into_any()
}

/// A remark that the message is one of service.
#[component]
pub(super) fn ServiceNote() -> impl IntoView {
    let text = &use_words().campaigns;
    view! { <Banner tone=Tone::Info title=text.service_title><p>{text.service_text}</p></Banner> }
}
