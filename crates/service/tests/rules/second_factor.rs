//! The second factor at the login.

use domain::role::Role;
use domain::time::Span;
use service::second_factor::{begin, complete_log_in, confirm, is_on, turn_off, turn_off_for, who};
use service::{Error, auth};
use totp_rs::{Builder, Secret, Totp};

use crate::shop::{Shop, problems};

const PASSWORD: &str = "correct horse battery";
const EMAIL: &str = "ana@padaria.example";

/// Somebody with an app on the phone.
struct Ana {
    id: domain::id::UserId,
    app: Option<Totp>,
    recovery: Vec<String>,
}

impl Ana {
    async fn new(shop: &Shop) -> Self {
        let id =
            auth::create_user(shop.service(), shop.business, EMAIL, Role::Agent, PASSWORD).await.unwrap();
        Self { id, app: None, recovery: Vec::new() }
    }

    async fn with_app(shop: &Shop) -> Self {
        let mut ana = Self::new(shop).await;
        let setup = begin(shop.service(), ana.id, EMAIL).await.unwrap();
        let secret = Secret::try_from_base32(setup.secret.replace(' ', "")).unwrap();
        ana.app = Some(Builder::new().with_secret(secret).build().unwrap());
        ana.recovery = confirm(shop.service(), &shop.owner, ana.id, "", &ana.code(shop)).await.unwrap();
        ana
    }

    fn code(&self, shop: &Shop) -> String {
        let seconds = u64::try_from(shop.service().now().seconds()).unwrap();
        self.app.as_ref().unwrap().generate(seconds).to_string()
    }
}

async fn log_in(shop: &Shop) -> auth::NewSession {
    auth::log_in(shop.service(), EMAIL, PASSWORD, None).await.unwrap()
}

rules! {
    async fn a_second_factor_is_in_force_once_its_first_code_was_right(shop) {
        let ana = Ana::new(shop).await;
        let setup = begin(shop.service(), ana.id, EMAIL).await.unwrap();
        assert!(setup.uri.starts_with("otpauth://totp/WhatsCloud:ana%40padaria%2Eexample?secret="), "{}", setup.uri);
        assert!(!log_in(shop).await.needs_code, "not before it is confirmed");
        assert_eq!(problems(confirm(shop.service(), &shop.owner, ana.id, "", "000000").await), [("code", "wrong")]);
        assert!(!is_on(shop.service(), ana.id).await.unwrap());
        let secret = Secret::try_from_base32(setup.secret.replace(' ', "")).unwrap();
        let ana = Ana { app: Some(Builder::new().with_secret(secret).build().unwrap()), ..ana };
        let codes = confirm(shop.service(), &shop.owner, ana.id, "", &ana.code(shop)).await.unwrap();
        assert_eq!(codes.len(), 10);
        assert!(is_on(shop.service(), ana.id).await.unwrap());
        assert_eq!(who(shop.service(), &shop.owner).await.unwrap(), [ana.id]);
        assert!(matches!(begin(shop.service(), ana.id, EMAIL).await, Err(Error::Conflict)), "not over one in force");
    }

    async fn without_the_code_nobody_is_let_in(shop) {
        let ana = Ana::with_app(shop).await;
        let pending = log_in(shop).await;
        assert!(pending.needs_code);
        assert_eq!(auth::signed_in(shop.service(), &pending.token).await.unwrap(), None, "the password alone opens nothing");
        assert_eq!(problems(complete_log_in(shop.service(), &pending.token, "123").await.map(drop)), [("code", "wrong")]);
        shop.advance(Span::seconds(30));
        let session = complete_log_in(shop.service(), &pending.token, &ana.code(shop)).await.unwrap();
        assert!(auth::signed_in(shop.service(), &session.token).await.unwrap().is_some());
        let again = complete_log_in(shop.service(), &pending.token, &ana.code(shop)).await;
        assert!(matches!(again, Err(Error::SignedOut)), "a log-in is completed once");
    }

    async fn a_code_works_once(shop) {
        let ana = Ana::with_app(shop).await;
        let used = ana.code(shop);
        let pending = log_in(shop).await;
        assert_eq!(problems(complete_log_in(shop.service(), &pending.token, &used).await.map(drop)), [("code", "wrong")], "it confirmed");
        shop.advance(Span::seconds(30));
        let code = ana.code(shop);
        complete_log_in(shop.service(), &pending.token, &code).await.unwrap();
        let pending = log_in(shop).await;
        assert_eq!(problems(complete_log_in(shop.service(), &pending.token, &code).await.map(drop)), [("code", "wrong")]);
    }

    async fn a_log_in_waits_five_minutes_for_its_code(shop) {
        let ana = Ana::with_app(shop).await;
        let pending = log_in(shop).await;
        shop.advance(Span::minutes(5));
        let late = complete_log_in(shop.service(), &pending.token, &ana.code(shop)).await;
        assert!(matches!(late, Err(Error::SignedOut)));
        shop.world.sweep().await.unwrap();
    }

    async fn guessing_codes_ends_after_five(shop) {
        let ana = Ana::with_app(shop).await;
        let pending = log_in(shop).await;
        for _ in 0..5 {
            assert_eq!(problems(complete_log_in(shop.service(), &pending.token, "000000").await.map(drop)), [("code", "wrong")]);
        }
        shop.advance(Span::seconds(30));
        let right = complete_log_in(shop.service(), &pending.token, &ana.code(shop)).await;
        assert!(matches!(right, Err(Error::TooMany { .. })));
    }

    async fn a_recovery_code_lets_in_once_however_it_is_typed(shop) {
        let ana = Ana::with_app(shop).await;
        let code = ana.recovery[3].replace('-', " ").to_uppercase();
        let pending = log_in(shop).await;
        complete_log_in(shop.service(), &pending.token, &code).await.unwrap();
        let pending = log_in(shop).await;
        assert_eq!(problems(complete_log_in(shop.service(), &pending.token, &code).await.map(drop)), [("code", "wrong")]);
        complete_log_in(shop.service(), &pending.token, &ana.recovery[4]).await.unwrap();
    }

    async fn it_is_turned_off_by_password_and_code_or_by_who_administers(shop) {
        let ana = Ana::with_app(shop).await;
        let caller = shop.someone(Role::Agent);
        let off = |password: &'static str, code: String| {
            let caller = &caller;
            async move { turn_off(shop.service(), caller, ana.id, password, &code).await }
        };
        shop.advance(Span::seconds(30));
        assert_eq!(problems(off("wrong password", ana.code(shop)).await), [("current", "wrong")]);
        assert_eq!(problems(off(PASSWORD, "000000".into()).await), [("code", "wrong")]);
        off(PASSWORD, ana.code(shop)).await.unwrap();
        assert!(!log_in(shop).await.needs_code);

        begin(shop.service(), ana.id, EMAIL).await.unwrap();
        assert!(matches!(turn_off_for(shop.service(), &caller, ana.id).await, Err(Error::Forbidden(_))));
        turn_off_for(shop.service(), &shop.owner, ana.id).await.unwrap();
        let other = shop.world.caller(shop.world.business("Other").await.unwrap(), Role::Owner);
        assert!(matches!(turn_off_for(shop.service(), &other, ana.id).await, Err(Error::NotFound)));
    }
}
