//! Who may do what (R58): roles, other businesses, first-run setup, log-in, sessions, idempotency keys.

use domain::consent::State;
use domain::id::MessageId;
use domain::kind::MessageKind;
use domain::role::{Right, Role};
use domain::time::Span;
use service::auth::{self, ApiKeyScope};
use service::consent::Choice;
use service::contacts::{ContactPatch, UpsertContact};
use service::idempotency::{self, Begin};
use service::messages::{self, Send, SendContent, To};
use service::{Caller, Error};

use crate::shop::{Shop, bare, problems, za};

const PASSWORD: &str = "correct horse battery";

async fn key(shop: &Shop, scope: ApiKeyScope) -> Caller {
    let (_, key) = auth::create_api_key(shop.service(), shop.business, "Key", scope).await.unwrap();
    auth::api_key(shop.service(), &key).await.unwrap().unwrap().0
}

rules! {
    async fn r58_who_only_reads_changes_no_consent_and_leaves_no_event(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.advance(Span::seconds(1));
        for caller in [shop.someone(Role::Viewer), key(shop, ApiKeyScope::Read).await] {
            let refused = service::consent::record(shop.service(), &caller, id, bare(Choice::OptedOut)).await;
            assert!(matches!(refused, Err(Error::Forbidden(Some(Right::WriteConsent)))), "{refused:?}");
            let patch = ContactPatch { blocked: Some(true), ..ContactPatch::default() };
            let refused = service::contacts::change(shop.service(), &caller, id, patch).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
            let new = UpsertContact { phone: za(2), name: None, tags: None };
            let refused = service::contacts::upsert(shop.service(), &caller, new).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
            let (settings, _) = service::settings::load(shop.service(), &caller).await.unwrap();
            let refused = service::settings::save(shop.service(), &caller, 1, settings.draft).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
            let refused = auth::add_api_key(shop.service(), &caller, "More", ApiKeyScope::Write).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
            service::contacts::find(shop.service(), &caller, id).await.unwrap();
        }
        assert_eq!(shop.state(&za(1)).await, State::OptedIn);
        assert_eq!(shop.events(&za(1)).await.len(), 1);
    }

    async fn r58_an_agent_and_a_writing_key_may_change_consent_but_not_settings(shop) {
        for (n, caller) in [(1, shop.someone(Role::Agent)), (2, key(shop, ApiKeyScope::Write).await)] {
            let id = shop.subscriber(&za(n)).await;
            shop.advance(Span::seconds(1));
            service::consent::record(shop.service(), &caller, id, bare(Choice::OptedOut)).await.unwrap();
            assert_eq!(shop.state(&za(n)).await, State::OptedOut);
            let (settings, _) = service::settings::load(shop.service(), &caller).await.unwrap();
            let refused = service::settings::save(shop.service(), &caller, 1, settings.draft).await;
            assert!(matches!(refused, Err(Error::Forbidden(Some(Right::WriteSettings)))), "{refused:?}");
        }
    }

    async fn r58_another_business_finds_nothing(shop) {
        let id = shop.subscriber(&za(1)).await;
        let message = shop.utility(id).await.unwrap();
        shop.advance(Span::seconds(1));
        let other = shop.world.business("Other").await.unwrap();
        let them = shop.world.caller(other, Role::Owner);
        let service = shop.service();
        let not_found = |what: &str, error: Option<Error>| {
            assert!(matches!(error, Some(Error::NotFound)), "{what}: {error:?}");
        };
        not_found("contact", service::contacts::find(service, &them, id).await.err());
        not_found("events", service::contacts::events(service, &them, id).await.err());
        not_found("thread", service::contacts::thread(service, &them, id, 10).await.err());
        not_found("message", service::messages::find(service, &them, message.id).await.err());
        let record = service::consent::record(service, &them, id, bare(Choice::OptedOut)).await;
        not_found("consent", record.err());
        let patch = ContactPatch { blocked: Some(true), ..ContactPatch::default() };
        not_found("change", service::contacts::change(service, &them, id, patch).await.err());
        let digest = domain::ledger::wording_digest("something only the first business showed");
        not_found("wording", service::settings::wording(service, &them, digest).await.err());
        assert!(service::contacts::list(service, &them, &Default::default()).await.unwrap().rows.is_empty());
        assert!(service::messages::list(service, &them, None, None, 10).await.unwrap().0.is_empty());
        assert!(service::messages::list(service, &them, Some(id), None, 10).await.unwrap().0.is_empty());
        assert!(service::ledger::list(service, &them, None, 10).await.unwrap().is_empty());
        assert!(service::connections::list(service, &them).await.unwrap().is_empty());
        assert_eq!(service::contacts::counts(service, &them).await.unwrap().total(), 0);
        assert_eq!(shop.state(&za(1)).await, State::OptedIn);
        assert_eq!(shop.events(&za(1)).await.len(), 1);
    }

    async fn a_revoked_key_opens_nothing(shop) {
        let (id, secret) = auth::add_api_key(shop.service(), &shop.owner, "Shop", ApiKeyScope::Write).await.unwrap();
        assert!(auth::api_key(shop.service(), &secret).await.unwrap().is_some());
        assert_eq!(auth::api_keys(shop.service(), &shop.owner).await.unwrap().len(), 1);
        let other = shop.world.business("Other").await.unwrap();
        let them = shop.world.caller(other, Role::Owner);
        assert!(matches!(auth::revoke_api_key(shop.service(), &them, id).await, Err(Error::NotFound)));
        auth::revoke_api_key(shop.service(), &shop.owner, id).await.unwrap();
        assert_eq!(auth::api_key(shop.service(), &secret).await.unwrap(), None);
        assert_eq!(auth::api_key(shop.service(), "wc_guess").await.unwrap(), None);
    }

    async fn a_session_ends_when_idle_for_two_hours_after_twelve_hours_and_at_log_out(shop) {
        let log_in = || async {
            auth::log_in(shop.service(), " Owner@Padaria.example", PASSWORD, "127.0.0.1".parse().ok()).await.unwrap().token
        };
        let signed_in = |token: String| async move {
            auth::signed_in(shop.service(), &token).await.unwrap()
        };
        let token = log_in().await;
        let who = signed_in(token.clone()).await.unwrap();
        assert_eq!((who.caller.role, who.email.as_str()), (Role::Owner, "owner@padaria.example"));
        shop.advance(Span::minutes(121));
        assert_eq!(signed_in(token).await, None, "idle");

        let token = log_in().await;
        for hour in 1..12 {
            shop.advance(Span::hours(1));
            assert!(signed_in(token.clone()).await.is_some(), "in use after {hour} hours");
        }
        shop.advance(Span::hours(1));
        assert_eq!(signed_in(token).await, None, "in use, but old");

        let token = log_in().await;
        auth::log_out(shop.service(), &token).await.unwrap();
        assert_eq!(signed_in(token.clone()).await, None);
        auth::log_out(shop.service(), &token).await.unwrap();
        assert_eq!(signed_in("guess".to_owned()).await, None);
    }

    async fn guessing_passwords_is_slowed_down_for_the_account(shop) {
        auth::create_user(shop.service(), shop.business, "agent@padaria.example", Role::Agent, PASSWORD)
            .await
            .unwrap();
        let log_in = |email, password| auth::log_in(shop.service(), email, password, "192.0.2.1".parse().ok());
        for _ in 0..5 {
            let wrong = log_in("owner@padaria.example", "wrong password").await;
            assert!(matches!(wrong, Err(Error::SignedOut)));
        }
        let right = log_in("OWNER@padaria.example", PASSWORD).await;
        assert!(matches!(right, Err(Error::TooMany { retry_after_seconds: 1..=900 })));
        log_in("agent@padaria.example", PASSWORD).await.unwrap();
        let nobody = log_in("nobody@padaria.example", PASSWORD).await;
        assert!(matches!(nobody, Err(Error::SignedOut)), "an unknown address answers like a wrong password");
    }

    async fn guessing_many_passwords_at_once_gains_nothing(shop) {
        let guess = || auth::log_in(shop.service(), "owner@padaria.example", "wrong password", "192.0.2.1".parse().ok());
        let answers = futures::future::join_all((0..40).map(|_| guess())).await;
        let looked_at = answers.iter().filter(|answer| matches!(answer, Err(Error::SignedOut))).count();
        assert_eq!(looked_at, 5, "the others were refused before a password was looked at");
    }

    async fn nobody_behind_our_own_proxy_locks_the_others_out(shop) {
        let here = "127.0.0.1".parse().ok();
        for n in 0..60 {
            let wrong = auth::log_in(shop.service(), &format!("nobody{n}@padaria.example"), "wrong password", here).await;
            assert!(matches!(wrong, Err(Error::SignedOut)));
        }
        auth::log_in(shop.service(), "owner@padaria.example", PASSWORD, here).await.unwrap();
    }

    async fn a_page_that_merely_stays_open_does_not_keep_the_session_alive(shop) {
        let log_in = auth::log_in(shop.service(), "owner@padaria.example", PASSWORD, "192.0.2.1".parse().ok());
        let token = log_in.await.unwrap().token;
        for _ in 0..11 {
            shop.advance(Span::minutes(10));
            assert!(auth::still_signed_in(shop.service(), &token).await.unwrap().is_some());
        }
        shop.advance(Span::minutes(11));
        assert_eq!(auth::still_signed_in(shop.service(), &token).await.unwrap(), None);
    }

    async fn a_user_needs_an_address_nobody_has_and_a_long_password(shop) {
        let create = |email, password| {
            auth::create_user(shop.service(), shop.business, email, Role::Agent, password)
        };
        assert_eq!(problems(create("nobody", "short").await), [("email", "not_an_email"), ("password", "too_short")]);
        assert_eq!(problems(create("", "").await), [("email", "empty"), ("password", "empty")]);
        assert_eq!(problems(create("OWNER@padaria.example", PASSWORD).await), [("email", "taken")]);
        assert_eq!(auth::team(shop.service(), &shop.owner).await.unwrap().len(), 1);
    }

    async fn an_idempotency_key_does_its_work_once(shop) {
        let (service, caller) = (shop.service(), &shop.owner);
        let begin = |key: &'static str, digest| idempotency::begin(service, caller, key, digest);
        fresh(begin("a", [1; 32]).await);
        assert_eq!(begin("a", [1; 32]).await.unwrap(), Begin::Clash, "still running");
        idempotency::finish(service, caller, "a", 202, "{}").await.unwrap();
        let replay = Begin::Replay { status: 202, body: "{}".to_owned() };
        assert_eq!(begin("a", [1; 32]).await.unwrap(), replay);
        assert_eq!(begin("a", [2; 32]).await.unwrap(), Begin::Clash, "another request");
        idempotency::forget(service, caller, "a").await.unwrap();
        assert_eq!(begin("a", [1; 32]).await.unwrap(), replay, "what was done stays done");

        let first = fresh(begin("b", [1; 32]).await);
        idempotency::forget(service, caller, "b").await.unwrap();
        let again = fresh(begin("b", [1; 32]).await);
        assert_eq!(first, again, "what was not answered may be tried again and makes the same thing");

        let other = shop.world.caller(shop.world.business("Other").await.unwrap(), Role::Owner);
        assert_ne!(fresh(idempotency::begin(service, &other, "b", [1; 32]).await), first);
        assert_eq!(problems(begin("", [1; 32]).await), [("Idempotency-Key", "length")]);
        shop.advance(Span::days(3));
        shop.world.sweep().await.unwrap();
        fresh(begin("a", [9; 32]).await);
    }

    async fn a_key_whose_process_died_is_free_after_five_seconds(shop) {
        let (service, caller) = (shop.service(), &shop.owner);
        let begin = || idempotency::begin(service, caller, "a", [1; 32]);
        let first = fresh(begin().await);
        shop.advance(Span::seconds(4));
        assert_eq!(begin().await.unwrap(), Begin::Clash, "it may still be running");
        shop.advance(Span::seconds(1));
        assert_eq!(fresh(begin().await), first, "both make the same thing");
        assert_eq!(begin().await.unwrap(), Begin::Clash);
    }

    async fn a_message_under_one_id_is_enqueued_once(shop) {
        let send = || Send {
            to: To::Phone("+27821234567".to_owned()),
            kind: MessageKind::Utility,
            content: SendContent::Template {
                name: "order_confirmation".to_owned(),
                language: "en".to_owned(),
                variables: Vec::new(),
            },
            connection: None,
        };
        let id = MessageId::from_uuid(shop.world.clock.uuid());
        let first = messages::send_once(shop.service(), &shop.owner, id, send()).await.unwrap();
        let again = messages::send_once(shop.service(), &shop.owner, id, send()).await.unwrap();
        assert_eq!((first.id, again.id), (id, id));
        let other = shop.world.caller(shop.world.business("Other").await.unwrap(), Role::Owner);
        assert!(messages::send_once(shop.service(), &other, id, send()).await.is_err(), "nobody else's");
    }

    async fn of_requests_at_once_with_one_key_exactly_one_goes_ahead(shop) {
        let begin = (0..8).map(|_| idempotency::begin(shop.service(), &shop.owner, "a", [1; 32]));
        let answers = futures::future::join_all(begin).await;
        let fresh = answers.into_iter().filter(|answer| matches!(answer, Ok(Begin::Fresh(_)))).count();
        assert_eq!(fresh, 1);
    }
}

/// The id under which a request makes what it makes.
fn fresh(begin: Result<Begin, service::Error>) -> uuid::Uuid {
    match begin {
        Ok(Begin::Fresh(made)) => made,
        other => panic!("{other:?}"),
    }
}

/// Makes of each check one test on each engine, in a world where nobody has signed up.
macro_rules! empty_worlds {
    ($($name:ident($world:ident) $body:block)+) => { $(
        mod $name {
            use super::*;

            async fn check($world: &service::testing::World) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                check(&service::testing::World::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                check(&service::testing::World::postgres().await).await;
            }
        }
    )+ };
}

empty_worlds! {
    a_setup_link_works_once_and_only_the_newest_does(world) {
        let service = &world.service;
        let old = auth::setup_token(service).await.unwrap().unwrap();
        let link = auth::setup_token(service).await.unwrap().unwrap();
        assert!(!auth::setup_open(service, &old).await.unwrap());
        assert!(auth::setup_open(service, &link).await.unwrap());
        let complete = |link, name, email, password, region| {
            auth::complete_setup(service, link, name, email, password, region)
        };
        let wrong = complete(&link, " ", "nobody", "short", Some("Brazil")).await.err();
        let Some(Error::Invalid(found)) = wrong else { panic!("every field is named") };
        let fields: Vec<_> = found.iter().map(|one| one.field).collect();
        assert_eq!(fields, ["email", "password", "business_name", "region"]);
        let email = "owner@padaria.example";
        let expired = complete(&old, "Padaria", email, PASSWORD, None).await.err();
        assert!(matches!(expired, Some(Error::NotFound)));

        let session = complete(&link, "Padaria", email, PASSWORD, Some("br")).await.ok().unwrap();
        let owner = auth::signed_in(service, &session.token).await.unwrap().unwrap();
        assert_eq!((owner.caller.role, owner.business_name.as_str()), (Role::Owner, "Padaria"));
        let again = complete(&link, "Other", "other@padaria.example", PASSWORD, None).await.err();
        assert!(matches!(again, Some(Error::NotFound)));
        assert!(!auth::setup_open(service, &link).await.unwrap());
        assert_eq!(auth::setup_token(service).await.unwrap(), None, "somebody can sign in now");
        let (settings, name) = service::settings::load(service, &owner.caller).await.unwrap();
        assert_eq!((settings.version, name.as_str()), (1, "Padaria"));
        let new = UpsertContact { phone: "(11) 91234-5678".into(), name: None, tags: None };
        let (contact, _) = service::contacts::upsert(service, &owner.caller, new).await.unwrap();
        assert_eq!(contact.phone.unwrap().as_str(), "+5511912345678", "completed with the region of the setup");
    }

    of_two_people_completing_setup_at_once_one_wins(world) {
        let service = &world.service;
        let link = auth::setup_token(service).await.unwrap().unwrap();
        let complete = |email| auth::complete_setup(service, &link, "Padaria", email, PASSWORD, None);
        let (a, b) = tokio::join!(complete("a@padaria.example"), complete("b@padaria.example"));
        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
    }
}
