use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::LogIn;
use crate::error::FieldName;
use crate::returned::{FormErrors, Returned, returned, use_ticket};
use crate::ui::{
    Banner, BrandMark, Button, ErrorSummary, Press, Skeleton, Suspended, TextField, Tone, Variant,
};
use crate::visit::use_visit;
use crate::words::use_words;

/// The login. With and without JavaScript; after success the page is loaded anew, because who is signed in changed.
#[component]
pub fn LoginPage() -> impl IntoView {
    let words = use_words();
    let visit = use_visit();
    let ticket = use_ticket();
    let form = Resource::new_blocking(|| (), move |()| returned(ticket()));
    view! {
        <Title text=words.auth.log_in_title/>
        <main class="entrance" id="main" tabindex="-1">
            <header class="entrance-head">
                <BrandMark/>
                <h1 tabindex="-1">{words.auth.log_in_title}</h1>
            </header>
            <Suspended
                resource=form
                fallback=|| view! { <Skeleton/> }
                children=move |returned| view! { <LogInForm returned/> }
            />
            {visit.demo.then(|| {
                view! { <Banner tone=Tone::Info title=words.auth.demo_title>{words.auth.demo_text}</Banner> }
            })}
        </main>
    }
}

#[component]
fn LogInForm(returned: Option<Returned>) -> impl IntoView {
    let words = use_words();
    let log_in = ServerAction::<LogIn>::new();
    let value = log_in.value();
    let errors = FormErrors::new(value, returned.as_ref());
    let next = use_query_map().read_untracked().get("next").unwrap_or_default();
    let email = returned.and_then(|returned| returned.typed(FieldName::Email)).unwrap_or_default();
    follow(value.into());
    view! {
        <ActionForm action=log_in>
            <div class="card">
                <div class="card-body">
                    <ErrorSummary error=errors.all/>
                    <input type="hidden" name="next" value=next/>
                    <TextField
                        name=FieldName::Email.as_str()
                        label=words.auth.email
                        kind="email"
                        value=email
                        autocomplete="username"
                        required=true
                        error=errors.of(FieldName::Email)
                    />
                    <TextField
                        name=FieldName::Password.as_str()
                        label=words.auth.password
                        kind="password"
                        autocomplete="current-password"
                        required=true
                        error=errors.of(FieldName::Password)
                    />
                    <Button press=Press::Submit variant=Variant::Primary wide=true pending=log_in.pending()>
                        {words.auth.log_in}
                    </Button>
                </div>
            </div>
        </ActionForm>
    }
}

/// Loads the page that a form's answer names.
pub(super) fn follow(value: Signal<Option<Result<String, crate::error::AppError>>>) {
    Effect::new(move |_| {
        if let Some(Ok(path)) = value.get()
            && super::is_own_path(&path)
        {
            // The browser refuses only while another navigation is under way.
            let _ = window().location().assign(&path);
        }
    });
}
