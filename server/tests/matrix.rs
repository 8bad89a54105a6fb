//! Who gets what (R58): every page, server function, file and endpoint, asked by a stranger, by every role, and by somebody of another
//! business. The lists are made by the program itself, so that nothing can be added without a line here.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop loudly")]

mod support;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use domain::consent::Source;
use domain::role::{Right, Role};
use leptos::server_fn::axum::server_fn_paths;
use serde_json::{Value, json};
use service::auth;
use support::{Answer, PASSWORD, Shop, api_request, on_both_engines};

on_both_engines!(
    r58_every_server_function_wants_its_right,
    r58_every_page_and_file_keeps_to_its_business,
    r58_every_endpoint_wants_a_key_of_its_scope_and_business,
);

/// What a server function wants of somebody who is signed in.
#[derive(Clone, Copy)]
enum Wants {
    /// Nothing: it is about the person who asks.
    Nobody,
    /// The right.
    Right(Right),
    /// It decides by what is asked; only that another business gets nothing is certain.
    Depends,
}
use Wants::{Depends, Nobody, Right as Needs};

/// Every server function that is not open to strangers: what it wants, and a body that gets as far as the decision. `{…}` is an id.
const FUNCTIONS: &[(&str, Wants, &str)] = &[
    ("overview/api/today", Needs(Right::Read), "{}"),
    ("jobs/api/list_jobs", Needs(Right::ManageContacts), "{}"),
    ("jobs/api/load_job", Needs(Right::ManageContacts), r#"{"id":"{job}"}"#),
    ("jobs/api/start_import", Needs(Right::ManageContacts), "job={job}&columns[0]=phone"),
    ("jobs/api/command_job", Needs(Right::ManageContacts), "job={job}&command=cancel"),
    ("jobs/api/prepare_bulk", Needs(Right::ManageContacts), "contacts[0]={contact}&action=opt_out"),
    ("jobs/api/erase_contact", Needs(Right::ManageContacts), "contact={none}"),
    ("single_keys/set_single_keys", Nobody, "on=true"),
    ("returned/load_returned", Nobody, r#"{"ticket":"none"}"#),
    ("simulator/api/people", Needs(Right::Read), "{}"),
    ("simulator/api/known", Needs(Right::Read), r#"{"phone":"+27829990001"}"#),
    ("contacts/api/list_contacts", Needs(Right::Read), r#"{"query":{}}"#),
    ("contacts/api/find_contact", Needs(Right::Read), r#"{"id":"{contact}"}"#),
    ("contacts/api/load_contact", Needs(Right::Read), r#"{"id":"{contact}"}"#),
    ("contacts/api/set_choice", Needs(Right::WriteConsent), "contact={contact}&choice=opted_out"),
    ("contacts/api/record_opt_in", Needs(Right::WriteConsent), "contact={contact}&source=web_form"),
    ("contacts/api/add_contact", Needs(Right::WriteContacts), "phone=12"),
    ("contacts/api/edit_contact", Needs(Right::WriteContacts), "contact={contact}&name=Marker%20Person"),
    ("contacts/api/try_number_again", Needs(Right::WriteContacts), "contact={contact}"),
    ("contacts/api/set_columns", Nobody, "columns[]=tags&back="),
    ("contacts/api/load_notes", Needs(Right::Read), r#"{"id":"{contact}"}"#),
    ("contacts/api/load_merge", Needs(Right::ManageContacts), r#"{"id":"{contact}","q":"","with":""}"#),
    ("contacts/api/merge_contacts", Needs(Right::ManageContacts), "contact={contact}&with={none}"),
    ("contacts/api/set_blocked", Needs(Right::WriteContacts), "contact={contact}&blocked=false"),
    ("ledger/api/list_ledger", Needs(Right::Read), r#"{"before":null}"#),
    ("ledger/api/verify_ledger", Needs(Right::Read), "{}"),
    ("settings/api/load_opt_in_out", Needs(Right::Read), r#"{"ticket":""}"#),
    ("settings/api/save_settings", Needs(Right::WriteSettings), "base_version=999"),
    ("settings/api/replay_keywords", Needs(Right::Read), "opt_out_keywords=STOP"),
    ("settings/api/list_connections", Needs(Right::Read), "{}"),
    ("settings/api/load_links", Needs(Right::Read), r#"{"number":"","keyword":""}"#),
    ("settings/api/list_audit", Needs(Right::Administer), r#"{"who":"","what":"","before":""}"#),
    ("settings/api/load_second_factor", Nobody, r#"{"ticket":""}"#),
    ("settings/api/begin_second_factor", Nobody, ""),
    ("settings/api/confirm_second_factor", Nobody, "ticket=&code=000000"),
    ("settings/api/turn_off_second_factor", Nobody, "factor_password=not-mine&code=000000"),
    ("settings/api/turn_off_colleagues_factor", Needs(Right::Administer), "id={none}"),
    ("settings/api/list_replies", Needs(Right::Read), "{}"),
    ("settings/api/save_reply", Needs(Right::SendMessages), "name=&text="),
    ("settings/api/remove_reply", Needs(Right::SendMessages), "id={none}"),
    ("settings/api/list_team", Needs(Right::Read), r#"{"ticket":""}"#),
    ("settings/api/invite_colleague", Needs(Right::Administer), "email=nobody&role=agent"),
    ("settings/api/take_back_invitation", Needs(Right::Administer), "id={none}"),
    ("settings/api/set_colleague_role", Needs(Right::Administer), "id={none}&role=viewer"),
    ("settings/api/remove_colleague", Needs(Right::Administer), "id={none}"),
    ("settings/api/change_password", Nobody, "current=not-mine-at-all&password=another%20good%20one"),
    ("settings/api/end_other_sessions", Nobody, ""),
    ("settings/api/list_api_keys", Needs(Right::Administer), r#"{"ticket":""}"#),
    ("settings/api/create_key", Needs(Right::Administer), "name=&scope=read"),
    ("settings/api/revoke_key", Needs(Right::Administer), "id={none}"),
    ("settings/api/list_subscriptions", Needs(Right::Administer), r#"{"ticket":""}"#),
    ("settings/api/add_subscription", Needs(Right::Administer), "url=nowhere"),
    ("settings/api/remove_subscription", Needs(Right::Administer), "id={none}"),
    ("settings/api/replay_delivery", Needs(Right::Administer), "id={none}"),
    ("decisions/api/list_reviews", Needs(Right::Read), "{}"),
    ("decisions/api/decide_review", Needs(Right::WriteConsent), "review={none}&decision=stop"),
    ("inbox/api/list_conversations", Needs(Right::Read), r#"{"query":{}}"#),
    ("inbox/api/load_thread", Needs(Right::Read), r#"{"id":"{contact}","before":null}"#),
    ("inbox/api/load_composer", Needs(Right::Read), r#"{"id":"{contact}"}"#),
    ("inbox/api/reply_to", Needs(Right::SendMessages), "contact={contact}&text="),
    ("inbox/api/note_conversation", Needs(Right::SendMessages), "contact={contact}&note="),
    ("inbox/api/step_conversation", Depends, "contact={contact}&step=read"),
    ("inbox/api/typing_to", Needs(Right::SendMessages), "contact={contact}"),
    ("campaigns/api/list_campaigns", Needs(Right::Read), r#"{"after":null}"#),
    ("campaigns/api/load_campaign_form", Needs(Right::Read), r#"{"id":"{campaign}"}"#),
    ("campaigns/api/load_campaign", Needs(Right::Read), r#"{"id":"{campaign}","shown":{},"numbers":""}"#),
    (
        "campaigns/api/save_campaign",
        Needs(Right::RunCampaigns),
        "campaign={campaign}&name=Marker&template=marker_sale&language=en&audience=all",
    ),
    ("campaigns/api/command_campaign", Needs(Right::RunCampaigns), "campaign={campaign}&command=resume"),
    ("campaigns/api/test_campaign", Needs(Right::RunCampaigns), "campaign={campaign}&phone=12"),
    ("campaigns/api/load_template_form", Needs(Right::Read), "{}"),
    ("campaigns/api/create_template", Needs(Right::RunCampaigns), "name="),
];

/// A shop whose every word is marked, so that one that shows up elsewhere is noticed.
struct Marked {
    shop: Shop,
    contact: String,
    message: String,
    campaign: String,
    job: String,
}

const MARK: &str = "marker";
const NUMBER: &str = "27829990001";

impl Marked {
    async fn new(shop: Shop) -> Self {
        for (role, name) in [(Role::Admin, "admin"), (Role::Agent, "agent"), (Role::Viewer, "viewer")] {
            let email = format!("{name}@marker.example");
            auth::create_user(&shop.service, shop.business, &email, role, PASSWORD).await.unwrap();
        }
        auth::create_user(
            &shop.service,
            shop.other_business,
            "owner@elsewhere.example",
            Role::Owner,
            PASSWORD,
        )
        .await
        .unwrap();
        let caller = service::Caller::system(shop.business);
        let new = service::contacts::UpsertContact {
            phone: format!("+{NUMBER}"),
            name: Some("Marker Person".to_owned()),
            tags: Some(vec!["marker-label".to_owned()]),
        };
        let (contact, _) = service::contacts::upsert(&shop.service, &caller, new).await.unwrap();
        let record = service::consent::Record {
            choice: service::consent::Choice::OptedIn,
            source: Some(Source::WebForm),
            occurred_at: None,
            note: Some("Marker note".to_owned()),
            wording: None,
            details: None,
        };
        service::consent::record(&shop.service, &caller, contact.id, record).await.unwrap();
        let answer = shop.customer_writes(NUMBER, "wamid.MARKER", "Marker words, not interested").await;
        assert_eq!(answer.status, 200);
        let job = {
            let mut upload =
                service::jobs::Upload::begin(&shop.service, &caller, "marker.csv").await.unwrap();
            upload.write(b"phone,name\n+27829990002,Marker Import\n").await.unwrap();
            upload.finish().await.unwrap()
        };
        let campaign = Self::campaign(&shop).await;
        let thread =
            service::conversations::thread(&shop.service, &caller, contact.id, None, 1).await.unwrap();
        let message = thread.entries[0].id.to_string();
        Self { message, contact: contact.id.to_string(), campaign, job: job.to_string(), shop }
    }

    /// A draft as the API makes it; its template is put where WhatsApp's answer would have put it.
    async fn campaign(shop: &Shop) -> String {
        let template = domain::template::Template {
            name: "marker_sale".to_owned(),
            language: "en".to_owned(),
            kind: domain::kind::MessageKind::Marketing,
            status: domain::template::TemplateStatus::Approved,
            body: "Marker sale. Reply STOP to unsubscribe.".to_owned(),
            footer: None,
            buttons: Vec::new(),
        };
        service::testing::put_template(&shop.service, shop.business, &template).await.unwrap();
        let draft = json!({"name": "Marker offer", "template": {"name": "marker_sale", "language": "en"},
            "audience": {"all": true}});
        let answer = shop.api("POST", "/campaigns", Some(draft)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// The text with ids of this shop in the places kept for them, and with ids of nothing.
    fn filled(&self, text: &str) -> String {
        text.replace("{contact}", &self.contact)
            .replace("{campaign}", &self.campaign)
            .replace("{job}", &self.job)
            .replace("{none}", "01890000000070008000000000000000")
    }

    async fn cookie(&self, email: &str) -> String {
        let session =
            auth::log_in(&self.shop.service, email, PASSWORD, "127.0.0.1".parse().ok()).await.unwrap();
        format!("session={}", session.token)
    }

    async fn role(&self, role: Role) -> String {
        match role {
            Role::Owner => self.cookie(support::EMAIL).await,
            Role::Admin => self.cookie("admin@marker.example").await,
            Role::Agent => self.cookie("agent@marker.example").await,
            Role::Viewer => self.cookie("viewer@marker.example").await,
        }
    }

    async fn elsewhere(&self) -> String {
        self.cookie("owner@elsewhere.example").await
    }

    async fn call(&self, cookie: &str, path: &str, method: &Method, body: &str) -> Answer {
        let json = body.starts_with('{');
        let kind = if json { "application/json" } else { "application/x-www-form-urlencoded" };
        let request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(header::COOKIE, cookie)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(self.filled(body)))
            .unwrap();
        self.shop.send(request).await
    }

    /// The person as the owner's API sees it: what nobody else may have changed.
    async fn person(&self) -> Value {
        let mut person = self.shop.api("GET", &format!("/contacts/{}", self.contact), None).await.json();
        person
            .as_object_mut()
            .unwrap()
            .retain(|name, _| matches!(name.as_str(), "name" | "phone" | "consent" | "blocked" | "tags"));
        person
    }
}

fn shows_nothing(answer: &Answer, what: &str) {
    let text = answer.text();
    assert!(!text.to_lowercase().contains(MARK), "{what} shows something: {text}");
    assert!(!text.contains(NUMBER), "{what} shows the number: {text}");
}

async fn r58_every_server_function_wants_its_right(shop: Shop) {
    let marked = Marked::new(shop).await;
    let known: Vec<(&str, Method)> =
        server_fn_paths().filter(|(path, _)| !server::pages::OPEN_FUNCTIONS.contains(path)).collect();
    for (path, _) in &known {
        let name = path.strip_prefix("/sfn/app/").expect("one of ours");
        assert!(FUNCTIONS.iter().any(|(one, ..)| *one == name), "{name} is missing in this test");
    }
    let person = marked.person().await;
    let elsewhere = marked.elsewhere().await;
    let (mut cookies, mut wrong) = (Vec::new(), Vec::new());
    for role in Role::ALL {
        cookies.push((role, marked.role(role).await));
    }
    let method = |path: &str| {
        known
            .iter()
            .find(|(one, _)| *one == path)
            .map(|(_, method)| method.clone())
            .expect("a function there is")
    };
    for (name, _, body) in FUNCTIONS {
        let path = format!("/sfn/app/{name}");
        let answer = marked.call(&elsewhere, &path, &method(&path), body).await;
        assert_ne!(answer.status, 500, "{name}: {}", answer.text());
        shows_nothing(&answer, name);
    }
    assert_eq!(marked.person().await, person, "somebody of another business changed something");
    for (name, wants, body) in FUNCTIONS {
        let path = format!("/sfn/app/{name}");
        for (role, cookie) in &cookies {
            let answer = marked.call(cookie, &path, &method(&path), body).await;
            let forbidden = answer.status == StatusCode::FORBIDDEN;
            assert_ne!(answer.status, 500, "{name} as {role}: {}", answer.text());
            match wants {
                Nobody => assert!(!forbidden, "{name} as {role}"),
                Needs(right) if forbidden == role.may(*right) => {
                    wrong.push(format!("{name} as {role}: {} {}", answer.status, answer.text()));
                }
                Needs(_) => {}
                Depends => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

async fn r58_every_page_and_file_keeps_to_its_business(shop: Shop) {
    let marked = Marked::new(shop).await;
    let pages = leptos_axum::generate_route_list(app::App);
    let mut paths: Vec<String> = pages.iter().map(|page| page.path().to_owned()).collect();
    paths.extend(
        [
            "/settings/links/qr.svg",
            "/settings/audit/audit.csv",
            "/campaigns/{id}/recipients.csv",
            "/contacts/export.csv",
            "/contacts/jobs/{id}/errors.csv",
            "/contacts/{id}/data.json",
            "/inbox/{id}/media/{message}",
        ]
        .map(str::to_owned),
    );
    assert!(paths.len() > 25, "only {} pages are known", paths.len());
    let (owner, elsewhere) = (marked.role(Role::Owner).await, marked.elsewhere().await);
    let mut shown = 0;
    for path in paths {
        let id = if path.starts_with("/campaigns") {
            &marked.campaign
        } else if path.starts_with("/contacts/jobs") {
            &marked.job
        } else {
            &marked.contact
        };
        let path = path
            .replace("{id}", id)
            .replace("{message}", &marked.message)
            .replace(":id?", id)
            .replace(":id", id);
        let get = |cookie: &str| {
            let request = Request::get(&path)
                .header(header::COOKIE, cookie)
                .header(header::ACCEPT, "text/html")
                .body(Body::empty())
                .unwrap();
            let shop = &marked.shop;
            async move { shop.send(request).await }
        };
        shows_nothing(&get("").await, &path);
        let answer = get(&elsewhere).await;
        assert_ne!(answer.status, 500, "{path}");
        shows_nothing(&answer, &path);
        let answer = get(&owner).await;
        assert_ne!(answer.status, 500, "{path}");
        shown += usize::from(answer.text().to_lowercase().contains(MARK));
    }
    assert!(shown >= 10, "the owner sees what is marked on {shown} pages only: the test looks at nothing");
}

async fn r58_every_endpoint_wants_a_key_of_its_scope_and_business(shop: Shop) {
    let marked = Marked::new(shop).await;
    let document = marked.shop.api("GET", "/openapi.json", None).await.json();
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let method = method.to_uppercase();
            if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str())
                || path == "/openapi.json"
            {
                continue;
            }
            let id = if path.starts_with("/campaigns") { &marked.campaign } else { &marked.contact };
            let path = path.replace("{id}", id).replace("{message}", &marked.message);
            let body = (method != "GET").then(|| json!({}));
            asked += 1;
            for key in ["", "wc_forged"] {
                let answer = marked.shop.send(api_request(key, &method, &path, body.clone())).await;
                assert_eq!(answer.status, 401, "{method} {path}");
                shows_nothing(&answer, &path);
            }
            let answer =
                marked.shop.send(api_request(&marked.shop.read_key, &method, &path, body.clone())).await;
            assert_eq!(
                answer.status == StatusCode::FORBIDDEN,
                method != "GET",
                "{method} {path} with a key that reads: {}",
                answer.status
            );
            let answer = marked.shop.send(api_request(&marked.shop.other_key, &method, &path, body)).await;
            shows_nothing(&answer, &path);
            if path.contains(id.as_str()) {
                assert!(
                    matches!(answer.status.as_u16(), 404 | 422),
                    "{method} {path} of another business: {}",
                    answer.status
                );
            }
        }
    }
    assert!(asked >= 18, "only {asked} endpoints are known");
    let unchanged = marked.person().await;
    assert_eq!(unchanged["name"], "Marker Person");
}
