//! Lists to read in.

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use domain::id::JobId;
use service::jobs::Upload;
use service::{Caller, Error, Service};

use super::asking;
use crate::state::AppState;

/// A file of contacts, stored as it comes; leads to the page that asks how to read it, or back with what is wrong.
pub(super) async fn upload(
    State(app): State<AppState>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let caller = match asking(&app, &headers).await {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    let Ok(form) = form else { return back("missing") };
    match receive(&app.service, &caller, form).await {
        Ok(Some(id)) => Redirect::to(&app::jobs::job_path(id)).into_response(),
        Ok(None) => back("missing"),
        Err(Error::Invalid(problems)) => back(problems.first().map_or("unreadable", |problem| problem.code)),
        Err(Error::Forbidden(_)) => back("forbidden"),
        Err(error) => {
            tracing::error!(?error, "a file could not be taken");
            back("unavailable")
        }
    }
}

async fn receive(service: &Service, caller: &Caller, mut form: Multipart) -> Result<Option<JobId>, Error> {
    let broken = |_| Error::invalid("file", "broken");
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let mut upload = Upload::begin(service, caller, &name).await?;
        while let Some(piece) = field.chunk().await.map_err(broken)? {
            upload.write(&piece).await?;
        }
        return if name.is_empty() { Ok(None) } else { upload.finish().await.map(Some) };
    }
    Ok(None)
}

fn back(problem: &str) -> Response {
    Redirect::to(&format!("/contacts/import?problem={problem}")).into_response()
}
