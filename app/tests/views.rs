//! What components write into the page on the server: what people without JavaScript get.

use app::contacts::{ConsentToggle, NotRecorded};
use app::ui::ChipsInput;
use app::visit::{SignedIn, Visit};
use domain::consent::{Source, State};
use domain::contact::Contact;
use domain::id::{ContactId, uuid_v7};
use domain::role::Role;
use domain::time::Timestamp;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

const AT: Timestamp = Timestamp::from_seconds(1_794_492_202);

fn contact(name: &str, state: State) -> Contact {
    Contact {
        id: ContactId::from_uuid(uuid_v7(AT, [1; 10])),
        phone: domain::phone::Phone::from_e164("+5511912345678").ok(),
        user_id: None,
        name: Some(name.to_owned()),
        country: Some("BR".to_owned()),
        state,
        since: Some(AT),
        source: Some(Source::Keyword),
        version: 1,
        native_stop: false,
        blocked: false,
        erased: false,
        invalid: false,
        expires_at: None,
        tags: Vec::new(),
        details: domain::contact::Details::NONE,
        last_inbound_at: Some(AT),
        created_at: AT,
    }
}

fn toggle(name: &str, state: State, role: Role) -> String {
    Owner::new().with(|| {
        let signed_in =
            SignedIn { email: "owner@shop.test".to_owned(), role, business_name: "Shop".to_owned() };
        provide_context(Visit { signed_in: Some(signed_in), ..Visit::default() });
        view! { <ConsentToggle contact=contact(name, state)/> }.to_html()
    })
}

#[test]
fn without_javascript_off_is_a_form_that_names_what_is_wanted() {
    let html = toggle("Maria", State::OptedIn, Role::Agent);
    assert!(html.contains(r#"method="post""#), "{html}");
    assert!(html.contains(r#"action="/sfn/app/contacts/api/set_choice""#), "{html}");
    assert!(html.contains(r#"name="choice" value="opted_out""#), "{html}");
    assert!(html.contains(r#"role="switch" aria-checked="true""#), "{html}");
    assert!(html.contains(r#"aria-label="Marketing messages for Maria""#), "{html}");
    assert!(!html.contains(" disabled"), "{html}");
}

#[test]
fn without_javascript_on_leads_to_the_page_that_asks_how_they_agreed() {
    let html = toggle("Maria", State::OptedOut, Role::Agent);
    assert!(html.contains(r#"method="get""#), "{html}");
    assert!(html.contains(r#"/opt-in""#), "{html}");
    assert!(html.contains(r#"aria-checked="false""#), "{html}");
    assert_eq!(html.matches(" disabled").count(), 2, "the fields of the other form are left out: {html}");
}

#[test]
fn r58_a_viewer_sees_the_switch_and_cannot_use_it() {
    let html = toggle("Maria", State::OptedIn, Role::Viewer);
    assert_eq!(html.matches(" disabled").count(), 1, "{html}");
}

#[test]
fn a_name_cannot_become_markup() {
    let html = toggle(r#""><script>alert(1)</script>"#, State::OptedIn, Role::Agent);
    assert!(!html.contains("<script>"), "{html}");
}

#[test]
fn a_switch_that_failed_as_a_plain_form_is_told_of_on_the_page_it_comes_back_to() {
    // As it stands in the address: "unavailable", in base 64.
    let page = |failed: Option<&str>| {
        Owner::new().with(|| {
            if let Some(path) = failed {
                provide_context(ServerActionError::new(path, "InVuYXZhaWxhYmxlIg=="));
            }
            view! { <NotRecorded/> }.to_html()
        })
    };
    let html = page(Some(app::contacts::SetChoice::PATH));
    assert!(
        html.contains("The change was not recorded")
            && html.contains("Nothing was changed")
            && html.contains("role=\"alert\""),
        "{html}"
    );
    assert!(!page(None).contains("banner"));
    assert!(!page(Some("/sfn/app/contacts/api/edit_contact")).contains("banner"));
}

#[test]
fn without_javascript_a_list_of_words_is_a_text_field_that_its_label_and_links_find() {
    let html = Owner::new().with(|| {
        let words = RwSignal::new(vec!["STOP".to_owned(), "QUIT".to_owned()]);
        view! { <ChipsInput name="tags" label="Tags" words/> }.to_html()
    });
    assert!(html.contains("<textarea id=\"tags\" name=\"tags\""), "{html}");
    assert!(html.contains("for=\"tags\""), "{html}");
    assert_eq!(html.matches("id=\"tags\"").count(), 1, "{html}");
}
