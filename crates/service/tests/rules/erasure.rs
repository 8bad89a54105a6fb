//! Forgetting people, and telling them what is known (R12, R55, R56).

use domain::consent::{Source, State};
use domain::role::Role;
use service::Error;
use service::contacts::{UpsertContact, upsert};
use service::erasure::{erase, export};
use service::jobs::{self, ImportForm, Upload};

use crate::shop::{Shop, za};

async fn forget(shop: &Shop, phone: &str) {
    let contact = shop.contact(phone).await;
    erase(shop.service(), &shop.owner, contact.id).await.unwrap();
}

rules! {
    async fn r55_after_an_erasure_no_name_number_or_word_remains_and_the_chain_holds(shop) {
        let id = shop.subscriber(&za(1)).await;
        let patch = service::contacts::ContactPatch { name: Some(Some("Zuleika Brontë".into())), tags: Some(vec!["vip".into()]), language: Some(Some("pt".into())), attributes: Some([("size".to_owned(), "Zulu44".to_owned())].into()), ..Default::default() };
        service::contacts::change(shop.service(), &shop.owner, id, patch).await.unwrap();
        shop.says(&za(1), "my parcel broke at number 44").await;
        shop.marketing(id).await.unwrap();
        shop.dispatch().await;
        shop.says(&za(1), "stop please").await;
        forget(shop, &za(1)).await;
        let left = service::contacts::find(shop.service(), &shop.owner, id).await.unwrap();
        assert!(left.erased && left.phone.is_none() && left.name.is_none() && left.tags.is_empty() && left.details.is_empty());
        assert_eq!(left.state, State::OptedOut);
        assert!(shop.events_of(id).await.iter().all(|event| event.evidence.is_none()));
        let thread = service::contacts::thread(shop.service(), &shop.owner, id, 50).await.unwrap();
        assert!(thread.iter().all(|message| message.text.is_empty()), "{thread:?}");
        assert!(service::ledger::verify(shop.service(), shop.business).await.unwrap().broken.is_none());
        assert!(shop.find(&za(1)).await.is_none());
        assert!(matches!(erase(shop.service(), &shop.owner, id).await, Err(Error::NotFound)), "once");
        let query = domain::contact::ContactQuery::default();
        let listed = service::contacts::list(shop.service(), &shop.owner, &query).await.unwrap();
        assert!(listed.rows.iter().all(|row| row.id != id), "not among the contacts any more");
    }

    async fn r55_an_erased_person_who_is_imported_again_is_not_added(shop) {
        shop.subscriber(&za(1)).await;
        forget(shop, &za(1)).await;
        let mut file = Upload::begin(shop.service(), &shop.owner, "again.csv").await.unwrap();
        file.write(format!("phone,consent,consent source\n{},yes,paper\n", za(1)).as_bytes()).await.unwrap();
        let id = file.finish().await.unwrap();
        let domain::job::Plan::Import(plan) = jobs::find(shop.service(), &shop.owner, id).await.unwrap().plan else { panic!() };
        let form = ImportForm { has_heading: true, columns: plan.columns, ..ImportForm::default() };
        jobs::start_import(shop.service(), &shop.owner, id, form, false).await.unwrap();
        shop.work().await;
        let progress = jobs::find(shop.service(), &shop.owner, id).await.unwrap().progress;
        assert_eq!((progress.added, progress.erased, progress.opted_in), (0, 1, 0));
        assert!(shop.find(&za(1)).await.is_none());
    }

    async fn r12_an_erased_person_added_over_the_api_comes_back_opted_out(shop) {
        shop.subscriber(&za(1)).await;
        forget(shop, &za(1)).await;
        let new = UpsertContact { phone: za(1), name: None, tags: None };
        let (contact, created) = upsert(shop.service(), &shop.owner, new).await.unwrap();
        assert!(created);
        assert_eq!((contact.state, contact.source), (State::OptedOut, Some(Source::Erasure)));
        assert!(shop.marketing(contact.id).await.is_err());
        assert!(shop.utility(contact.id).await.is_ok(), "an order is another matter");
    }

    async fn r55_an_erased_person_who_writes_stays_opted_out_until_they_ask_themselves(shop) {
        shop.subscriber(&za(1)).await;
        forget(shop, &za(1)).await;
        shop.says(&za(1), "hello, is my parcel there?").await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        shop.says(&za(1), "START").await;
        assert_eq!(shop.state(&za(1)).await, State::OptedIn, "their own words");
    }

    async fn a_late_status_does_not_tell_who_an_erased_person_was(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.marketing(id).await.unwrap();
        shop.dispatch().await;
        forget(shop, &za(1)).await;
        shop.emulator.idle().await;
        let left = service::contacts::find(shop.service(), &shop.owner, id).await.unwrap();
        assert!(left.phone.is_none() && left.user_id.is_none());
        assert!(shop.find(&za(1)).await.is_none());
    }

    async fn what_waits_for_an_erased_person_is_not_sent(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.marketing(id).await.unwrap();
        let seen = shop.seen();
        forget(shop, &za(1)).await;
        shop.dispatch().await;
        assert!(shop.recipients_after(seen).is_empty());
    }

    async fn r56_a_person_is_told_everything_that_is_known(shop) {
        shop.subscriber(&za(1)).await;
        shop.says(&za(1), "stop please").await;
        let contact = shop.contact(&za(1)).await;
        let told = serde_json::to_value(export(shop.service(), &shop.owner, contact.id).await.unwrap()).unwrap();
        assert_eq!(told["contact"]["phone"], za(1));
        assert_eq!(told["names"][0]["value"], za(1));
        assert_eq!(told["consent_events"][0]["evidence"]["words"], "stop please");
        assert_eq!(told["messages"][0]["text"], "stop please");
    }

    async fn only_owners_and_admins_erase(shop) {
        let id = shop.stranger(&za(1)).await;
        for role in [Role::Agent, Role::Viewer] {
            assert!(matches!(erase(shop.service(), &shop.someone(role), id).await, Err(Error::Forbidden(_))));
        }
        let other = service::business::create(shop.service(), "Other", None).await.unwrap();
        let stranger = service::Caller::system(other);
        assert!(matches!(erase(shop.service(), &stranger, id).await, Err(Error::NotFound)));
        assert!(matches!(export(shop.service(), &stranger, id).await, Err(Error::NotFound)));
    }
}

/// The file itself, byte by byte: nothing of a number or a name is left in it or beside it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r55_no_byte_of_an_erased_person_is_left_in_the_files() {
    let shop = Shop::open(service::testing::World::sqlite().await).await;
    let name = "Zuleika Brontë";
    let new =
        UpsertContact { phone: za(1), name: Some(name.into()), tags: Some(vec!["quetzalcoatl".into()]) };
    let (contact, _) = upsert(shop.service(), &shop.owner, new).await.unwrap();
    shop.opt_in(contact.id).await.unwrap();
    for n in 0..40 {
        shop.says(&za(1), &format!("my parcel {n} is xylophonic")).await;
    }
    shop.marketing(contact.id).await.unwrap();
    shop.dispatch().await;
    shop.says(&za(1), "stop please").await;
    shop.emulator.idle().await;
    let before = bytes_of(&shop);
    for text in traces() {
        assert!(holds(&before, text), "{text} is in the files before");
    }
    erase(shop.service(), &shop.owner, contact.id).await.unwrap();
    let after = bytes_of(&shop);
    for text in traces() {
        assert!(!holds(&after, text), "{text} is still in the files");
    }
}

fn traces() -> [&'static str; 5] {
    ["Zuleika", "zuleika", "quetzalcoatl", "xylophonic", "27821230001"]
}

fn bytes_of(shop: &Shop) -> Vec<u8> {
    let path = shop.world.database_url.trim_start_matches("sqlite://").to_owned();
    let mut bytes = std::fs::read(&path).unwrap();
    for end in ["-wal", "-shm"] {
        bytes.extend(std::fs::read(format!("{path}{end}")).unwrap_or_default());
    }
    bytes
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}
