use domain::limits;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::{CompleteSetup, setup_open};
use super::login::follow;
use crate::error::FieldName;
use crate::returned::{FormErrors, Returned, returned, use_ticket};
use crate::ui::{
    BrandMark, Button, ButtonLink, Choice, EmptyState, ErrorSummary, Glyph, Icon, Press, Select, Skeleton,
    Suspended, TextField, Variant,
};
use crate::words::use_words;

/// The first-run setup behind the one-time link that the server prints.
#[component]
pub fn SetupPage() -> impl IntoView {
    let words = use_words();
    let token = use_query_map().read_untracked().get("token").unwrap_or_default();
    let (asked, ticket) = (token.clone(), use_ticket());
    let form = Resource::new_blocking(
        || (),
        move |()| {
            let (asked, ticket) = (asked.clone(), ticket());
            async move { Ok((setup_open(asked).await?, returned(ticket).await?)) }
        },
    );
    view! {
        <Title text=words.auth.setup_title/>
        <main class="entrance" id="main" tabindex="-1" data-width="form">
            <header class="entrance-head">
                <BrandMark/>
                <h1 tabindex="-1">{words.auth.setup_title}</h1>
                <p class="entrance-lead">{words.auth.setup_lead}</p>
            </header>
            <Suspended resource=form fallback=|| view! { <Skeleton/> } children=move |(open, returned)| {
                let token = token.clone();
                if open {
                    view! { <SetupForm token returned/> }.into_any()
                } else {
                    view! {
                        <EmptyState glyph=Glyph::Shield title=words.auth.setup_closed text=words.auth.setup_closed_text>
                            <ButtonLink href="/login" variant=Variant::Primary>{words.auth.to_log_in}</ButtonLink>
                        </EmptyState>
                    }
                        .into_any()
                }
            }/>
        </main>
    }
}

#[component]
fn SetupForm(token: String, returned: Option<Returned>) -> impl IntoView {
    let words = use_words();
    let complete = ServerAction::<CompleteSetup>::new();
    let value = complete.value();
    let errors = FormErrors::new(value, returned.as_ref());
    let typed = |field| returned.as_ref().and_then(|returned| returned.typed(field));
    let business_name = typed(FieldName::BusinessName).unwrap_or_default();
    let region = typed(FieldName::Region).unwrap_or_else(|| "US".to_owned());
    let email = typed(FieldName::Email).unwrap_or_default();
    let length = RwSignal::new(0_usize);
    follow(value.into());
    let long_enough = move || length.get() >= limits::PASSWORD_LEAST;
    view! {
        <ActionForm action=complete>
            <div class="card">
                <div class="card-body">
                    <ErrorSummary error=errors.all/>
                    <input type="hidden" name=FieldName::Token.as_str() value=token/>
                    <TextField
                        name=FieldName::BusinessName.as_str()
                        label=words.auth.business_name
                        hint=words.auth.business_name_hint
                        autocomplete="organization"
                        required=true
                        value=business_name
                        maxlength=limits::BUSINESS_NAME
                        error=errors.of(FieldName::BusinessName)
                    />
                    <Select
                        name=FieldName::Region.as_str()
                        label=words.auth.region
                        hint=words.auth.region_hint
                        choices=REGIONS.map(|(value, label)| Choice { value, label }).to_vec()
                        value=region
                        error=errors.of(FieldName::Region)
                    />
                    <TextField
                        name=FieldName::Email.as_str()
                        label=words.auth.email
                        hint=words.auth.email_hint
                        kind="email"
                        value=email
                        autocomplete="username"
                        required=true
                        error=errors.of(FieldName::Email)
                    />
                    <div class="stack" data-gap="small">
                        <TextField
                            name=FieldName::Password.as_str()
                            label=words.auth.password
                            kind="password"
                            autocomplete="new-password"
                            required=true
                            minlength=limits::PASSWORD_LEAST
                            error=errors.of(FieldName::Password)
                            on_input=Callback::new(move |typed: String| length.set(typed.chars().count()))
                        />
                        <ul class="entrance-rules field-hint">
                            <li class="entrance-rule" data-met=move || long_enough().to_string()>
                                <Icon glyph=Glyph::Check/>
                                {(words.auth.rule_length)(limits::PASSWORD_LEAST)}
                            </li>
                            <li class="entrance-rule">
                                <Icon glyph=Glyph::Info/>
                                {words.auth.rule_free}
                            </li>
                        </ul>
                    </div>
                    <Button press=Press::Submit variant=Variant::Primary wide=true pending=complete.pending()>
                        {words.auth.complete}
                    </Button>
                </div>
            </div>
        </ActionForm>
    }
}

/// Countries to choose from, by ISO 3166 code, in the order of their English names. A number can always be written with its
/// country code instead.
const REGIONS: [(&str, &str); 38] = [
    ("AR", "Argentina"),
    ("AU", "Australia"),
    ("AT", "Austria"),
    ("BE", "Belgium"),
    ("BR", "Brazil"),
    ("CA", "Canada"),
    ("CL", "Chile"),
    ("CO", "Colombia"),
    ("EG", "Egypt"),
    ("FR", "France"),
    ("DE", "Germany"),
    ("GH", "Ghana"),
    ("HK", "Hong Kong"),
    ("IN", "India"),
    ("ID", "Indonesia"),
    ("IE", "Ireland"),
    ("IL", "Israel"),
    ("IT", "Italy"),
    ("KE", "Kenya"),
    ("MY", "Malaysia"),
    ("MX", "Mexico"),
    ("MA", "Morocco"),
    ("NL", "Netherlands"),
    ("NG", "Nigeria"),
    ("PK", "Pakistan"),
    ("PE", "Peru"),
    ("PH", "Philippines"),
    ("PL", "Poland"),
    ("PT", "Portugal"),
    ("SA", "Saudi Arabia"),
    ("SG", "Singapore"),
    ("ZA", "South Africa"),
    ("ES", "Spain"),
    ("CH", "Switzerland"),
    ("TR", "Turkey"),
    ("AE", "United Arab Emirates"),
    ("GB", "United Kingdom"),
    ("US", "United States"),
];
