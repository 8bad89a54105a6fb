use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::components::Redirect;

use super::button::ButtonLink;
use super::empty_state::EmptyState;
use super::icon::Glyph;
use super::page::Page;
use crate::auth::{login_path_from_here, path_from_here};
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
    /// The value is the whole page: an error gets the heading and the document title that the page would have had.
    #[prop(optional)]
    page: bool,
    /// Makes the view of the value.
    children: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
{
    let busy = SignalSetter::map(move |pending| {
        // Never on the server: what it writes into the page as busy stays so, because the browser begins with "not busy" and finds
        // nothing to change.
        if cfg!(feature = "hydrate")
            && let Some(busy) = busy
        {
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
                        Err(error) => Either::Right(view! { <Failure error page/> }),
                    }
                })
            }}
        </Transition>
    }
}

/// An error in place of a page, or of a part of it.
#[component]
fn Failure(error: AppError, page: bool) -> impl IntoView {
    let words = use_words();
    if let Some(status) = use_context::<ResponseStatus>() {
        status.set(error.status());
    }
    if error == AppError::SignedOut {
        return view! { <Redirect path=login_path_from_here()/> }.into_any();
    }
    let (title, remedy) = (words.errors.title(&error), words.errors.remedy(&error));
    let again =
        view! { <ButtonLink href=path_from_here() attr:rel="external">{words.errors.try_again}</ButtonLink> };
    if page {
        view! { <Page title lead=remedy><div>{again}</div></Page> }.into_any()
    } else {
        view! { <EmptyState glyph=Glyph::Warning title text=remedy>{again}</EmptyState> }.into_any()
    }
}

#[cfg(test)]
mod tests {
    use leptos_meta::provide_meta_context;
    use leptos_router::components::Router;
    use leptos_router::location::RequestUrl;

    use super::*;

    fn failure(page: bool) -> String {
        Owner::new().with(|| {
            provide_meta_context();
            provide_context(RequestUrl::new("/contacts/7?recorded=opted_in"));
            view! { <Router><Failure error=AppError::NotFound page/></Router> }.to_html()
        })
    }

    #[test]
    fn a_page_that_cannot_be_shown_still_has_its_heading() {
        let html = failure(true);
        assert!(html.contains("<h1 tabindex=\"-1\">This is not here</h1>"), "{html}");
        assert!(!failure(false).contains("<h1"), "a part of a page has none");
    }

    #[test]
    fn trying_again_asks_for_the_same_again() {
        assert!(failure(true).contains("href=\"/contacts/7?recorded=opted_in\""), "{}", failure(true));
    }
}
