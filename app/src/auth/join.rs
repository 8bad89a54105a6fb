use domain::limits;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::{JoinTeam, asked_to_join};
use super::login::follow;
use crate::error::FieldName;
use crate::returned::{FormErrors, Returned, returned, use_ticket};
use crate::ui::{
    BrandMark, Button, ButtonLink, EmptyState, ErrorSummary, Glyph, Press, Skeleton, Suspended, TextField,
    Variant,
};
use crate::words::use_words;

/// Joining a team by the link of an invitation.
#[component]
pub fn JoinPage() -> impl IntoView {
    let words = use_words();
    let text = &words.settings.team_words;
    let token = use_query_map().read_untracked().get("token").unwrap_or_default();
    let (asked, ticket) = (token.clone(), use_ticket());
    let form = Resource::new_blocking(
        || (),
        move |()| {
            let (asked, ticket) = (asked.clone(), ticket());
            async move { Ok((asked_to_join(asked).await?, returned(ticket).await?)) }
        },
    );
    view! {
        <Title text=text.join_title/>
        <main class="entrance" id="main" tabindex="-1">
            <header class="entrance-head">
                <BrandMark/>
                <h1 tabindex="-1">{text.join_title}</h1>
            </header>
            <Suspended resource=form fallback=|| view! { <Skeleton/> } children=move |(asked, returned)| {
                let token = token.clone();
                match asked {
                    Some((email, business)) => view! { <JoinForm token email business returned/> }.into_any(),
                    None => view! {
                        <EmptyState glyph=Glyph::Shield title=text.join_closed text=text.join_closed_text>
                            <ButtonLink href="/login" variant=Variant::Primary>{words.auth.to_log_in}</ButtonLink>
                        </EmptyState>
                    }
                    .into_any(),
                }
            }/>
        </main>
    }
}

#[component]
fn JoinForm(token: String, email: String, business: String, returned: Option<Returned>) -> impl IntoView {
    let words = use_words();
    let text = &words.settings.team_words;
    let join = ServerAction::<JoinTeam>::new();
    let value = join.value();
    let errors = FormErrors::new(value, returned.as_ref());
    follow(value.into());
    view! {
        <ActionForm action=join>
            <div class="card">
                <div class="card-body">
                    <p>{(text.join_text)(&business)}</p>
                    <ErrorSummary error=errors.all/>
                    <input type="hidden" name=FieldName::Token.as_str() value=token/>
                    // For the browser's memory of passwords; the server knows whom the link is for.
                    <div class="field">
                        <label class="field-label" for="email">{words.auth.email}</label>
                        <input class="field-control" id="email" type="email" autocomplete="username" readonly value=email/>
                    </div>
                    <TextField
                        name=FieldName::Password.as_str()
                        label=words.auth.password
                        kind="password"
                        autocomplete="new-password"
                        required=true
                        minlength=limits::PASSWORD_LEAST
                        error=errors.of(FieldName::Password)
                    />
                    <Button press=Press::Submit variant=Variant::Primary wide=true pending=join.pending()>{text.join}</Button>
                </div>
            </div>
        </ActionForm>
    }
}
