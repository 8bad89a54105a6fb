use leptos::server;

use crate::error::AppError;

/// Opens a session. Answers with the path to go to; a plain form is redirected there.
#[server]
pub async fn log_in(
    email: String,
    password: String,
    #[server(default)] next: String,
) -> Result<String, AppError> {
    crate::ssr::log_in(email, password, next).await
}

/// Completes a log-in with the code of the second factor. Answers with the path to go to; a plain form is redirected there.
#[server]
pub async fn complete_log_in(
    #[server(default)] code: String,
    #[server(default)] next: String,
) -> Result<String, AppError> {
    crate::ssr::complete_log_in(code, next).await
}

/// Closes the session and redirects to the login. Repeating it is harmless.
#[server]
pub async fn log_out() -> Result<(), AppError> {
    crate::ssr::log_out().await
}

/// Whether the one-time setup link with this token is open.
#[server]
pub async fn setup_open(token: String) -> Result<bool, AppError> {
    crate::ssr::setup_open(token).await
}

/// Creates the business and its owner, and logs them in. Answers with the path to go to; a plain form is redirected there.
#[server]
pub async fn complete_setup(
    token: String,
    business_name: String,
    email: String,
    password: String,
    region: String,
) -> Result<String, AppError> {
    crate::ssr::complete_setup(token, business_name, email, password, region).await
}

/// Whose invitation a link is, and of which business; none when it does not work any more.
#[server]
pub async fn asked_to_join(token: String) -> Result<Option<(String, String)>, AppError> {
    crate::ssr::asked_to_join(&token).await
}

/// Joins a team with a password of one's own, and logs in. Answers with the path to go to; a plain form is redirected there.
#[server]
pub async fn join_team(token: String, password: String) -> Result<String, AppError> {
    crate::ssr::join(&token, &password).await
}
