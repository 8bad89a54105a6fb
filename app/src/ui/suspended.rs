use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_location;

use super::button::ButtonLink;
use super::empty_state::EmptyState;
use super::icon::Glyph;
use crate::error::{AppError, ResponseStatus};
use crate::words::use_words;

/// Shows what a resource brings, keeps the old content while the next is loading, and shows the error instead if that is
/// what came. The only way pages read resources (one boundary a resource; no `.get()`).
///
/// The error is matched here rather than handed to an `ErrorBoundary`: the status of the answer follows from it, and somebody
/// who is signed out is led to the login.
#[component]
pub fn Suspended<T, V, F>(
    /// The resource, made at the top of the component.
    resource: Resource<Result<T, AppError>>,
    /// What is shown before anything has come.
    #[prop(optional, into)]
    fallback: ViewFnOnce,
    /// Set while something newer is on its way, for `aria-busy`.
    #[prop(optional, into)]
    busy: Option<RwSignal<bool>>,
    /// Makes the view of the value.
    children: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
{
    let busy = SignalSetter::map(move |pending| {
        if let Some(busy) = busy {
            busy.try_set(pending);
        }
    });
    view! {
        <Transition fallback set_pending=busy>
            {move || {
                let children = children.clone();
                Suspend::new(async move {
                    match resource.await {
                        Ok(value) => Either::Left(children(value)),
                        Err(error) => Either::Right(view! { <Failure error/> }),
                    }
                })
            }}
        </Transition>
    }
}

/// An error in place of a page's content.
#[component]
pub fn Failure(
    /// What went wrong.
    error: AppError,
) -> impl IntoView {
    let words = use_words();
    if let Some(status) = use_context::<ResponseStatus>() {
        status.set(error.status());
    }
    if error == AppError::SignedOut {
        return Either::Left(view! { <Redirect path=crate::auth::login_path_from_here()/> });
    }
    let again = use_location().pathname.get_untracked();
    Either::Right(view! {
        <EmptyState glyph=Glyph::Warning title=words.errors.title(&error) text=words.errors.remedy(&error)>
            <ButtonLink href=again attr:rel="external">{words.errors.try_again}</ButtonLink>
        </EmptyState>
    })
}
