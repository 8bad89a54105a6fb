//! Secrets at rest: the database file alone opens nothing.

use std::path::Path;

use domain::role::Role;
use service::auth::{self, ApiKeyScope};
use service::testing::{APP_SECRET, PHONE_NUMBER_ID, VERIFY_TOKEN, World};

use crate::shop::Shop;

fn holds(files: &[Vec<u8>], needle: &str) -> bool {
    files.iter().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle.as_bytes()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_stands_in_the_sqlite_file_in_the_clear() {
    let shop = Shop::open(World::sqlite().await).await;
    let service = shop.service();
    let password = "correct horse battery";
    let session = auth::log_in(service, "owner@padaria.example", password, "127.0.0.1".parse().ok())
        .await
        .ok()
        .unwrap();
    let (_, key) = auth::create_api_key(service, shop.business, "Key", ApiKeyScope::Write).await.unwrap();
    auth::create_user(service, shop.business, "a@padaria.example", Role::Agent, password).await.unwrap();

    let database = shop.world.database_url.strip_prefix("sqlite://").unwrap();
    let folder = Path::new(database).parent().unwrap();
    let files: Vec<Vec<u8>> =
        std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    assert!(holds(&files, PHONE_NUMBER_ID), "what is no secret is found, so the search works");
    for (what, secret) in [
        ("access token", "test-access-token"),
        ("app secret", APP_SECRET),
        ("verify token", VERIFY_TOKEN),
        ("password", password),
        ("session", session.token.as_str()),
        ("API key", key.as_str()),
    ] {
        assert!(!holds(&files, secret), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_secret_key_does_not_open_the_secrets() {
    let shop = Shop::open(World::sqlite().await).await;
    let mut config = World::config(&shop.world.database_url, shop.world.clock.clone());
    config.secret_key = service::SecretKey::new([7; 32]);
    let stranger = service::Service::open(config).await.unwrap();
    let body = crate::webhook::messages(vec![]);
    let answer = crate::shop::receive(&stranger, &shop.connection.to_string(), &body).await;
    assert!(matches!(answer, Err(service::Error::Internal(_))), "{answer:?}");
}
