use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::CompleteLogIn;
use super::login::follow;
use crate::error::FieldName;
use crate::returned::{FormErrors, Returned, returned, use_ticket};
use crate::ui::{BrandMark, Button, ErrorSummary, Press, Skeleton, Suspended, TextField, Variant};
use crate::words::use_words;

/// The second page of the login: the code of the second factor.
#[component]
pub fn CodePage() -> impl IntoView {
    let words = use_words();
    let ticket = use_ticket();
    let form = Resource::new_blocking(|| (), move |()| returned(ticket()));
    view! {
        <Title text=words.auth.code_title/>
        <main class="entrance" id="main" tabindex="-1">
            <header class="entrance-head">
                <BrandMark/>
                <h1 tabindex="-1">{words.auth.code_title}</h1>
            </header>
            <Suspended
                resource=form
                fallback=|| view! { <Skeleton/> }
                children=move |returned| view! { <CodeForm returned/> }
            />
        </main>
    }
}

#[component]
fn CodeForm(returned: Option<Returned>) -> impl IntoView {
    let words = use_words();
    let complete = ServerAction::<CompleteLogIn>::new();
    let value = complete.value();
    let errors = FormErrors::new(value, returned.as_ref());
    let next = use_query_map().read_untracked().get("next").unwrap_or_default();
    follow(value.into());
    view! {
        <ActionForm action=complete>
            <div class="card">
                <div class="card-body">
                    <p>{words.auth.code_text}</p>
                    <ErrorSummary error=errors.all/>
                    <input type="hidden" name="next" value=next/>
                    <TextField
                        name=FieldName::Code.as_str()
                        label=words.auth.code
                        autocomplete="one-time-code"
                        required=true
                        maxlength=40
                        error=errors.of(FieldName::Code)
                    />
                    <Button press=Press::Submit variant=Variant::Primary wide=true pending=complete.pending()>
                        {words.auth.log_in}
                    </Button>
                    <p class="muted small">{words.auth.code_lost}" "<a href="/login">{words.auth.code_again}</a></p>
                </div>
            </div>
        </ActionForm>
    }
}
