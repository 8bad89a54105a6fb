//! No statement of everyday work may read a whole table.
//!
//! The statements are the real ones: each function is called, and then the engine is asked how it ran it. PostgreSQL counts
//! sequential scans within the transaction; with `enable_seqscan` off it makes one only where no index helps. On SQLite sqlx's
//! log gives the text of the statement, and `explain query plan` its plan.

use std::fmt;
use std::str::FromStr;
use std::sync::Mutex;

use domain::campaign::{Audience, RecipientOutcome};
use domain::consent::{Source, State};
use domain::contact::{CampaignFilter, ContactQuery, ContactSort};
use domain::conversation::{Status, View};
use domain::id::{CampaignId, ContactId, MessageId, UserId};
use domain::kind::MessageKind;
use domain::permit::{FrequencyCap, Policy, Reason};
use domain::review::{Outcome, ReviewKind};
use sqlx::AssertSqlSafe;
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use store::campaign::Turn;
use store::contact::{Identifier, IdentityKind};
use store::contact_list::{Cursor, Place};
use store::outbox::NewMessage;
use store::{
    Db, Tx, campaign, contact, contact_detail, contact_list, conversation, inbound, ledger, outbox, review,
    testing,
};
use tracing::field::{Field, Visit};
use tracing::span;

use crate::world::*;

/// The statements that connections with statement logging ran; those of the store have it switched off.
static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Takes the statements out of sqlx's log.
struct Recorder;

impl tracing::Subscriber for Recorder {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn event(&self, event: &tracing::Event<'_>) {
        struct Statement;
        impl Visit for Statement {
            fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}

            fn record_str(&mut self, field: &Field, value: &str) {
                let text = value.trim();
                if field.name() == "db.statement"
                    && ["select", "update", "delete"].iter().any(|verb| text.starts_with(verb))
                {
                    STATEMENTS.lock().unwrap().push(text.to_owned());
                }
            }
        }
        event.record(&mut Statement);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// Asks the engine how it ran what was called just now.
async fn assert_indexed(tx: &mut Tx, what: &str) {
    // The connection logs a statement before it starts the next one.
    tx.ping().await.unwrap();
    match tx {
        Tx::Postgres(connection) => {
            let scanned: Vec<String> = sqlx::query_scalar(
                "select cast(relname as text) from pg_stat_xact_user_tables where seq_scan > 0",
            )
            .fetch_all(&mut **connection)
            .await
            .unwrap();
            assert!(scanned.is_empty(), "{what} reads all of {scanned:?}");
        }
        Tx::Sqlite(connection) => {
            let statements = std::mem::take(&mut *STATEMENTS.lock().unwrap());
            assert!(!statements.is_empty(), "{what} ran nothing");
            for statement in statements {
                let plan: Vec<(i64, i64, i64, String)> =
                    sqlx::query_as(AssertSqlSafe(format!("explain query plan {statement}")))
                        .fetch_all(&mut **connection)
                        .await
                        .unwrap();
                for (_, _, _, step) in &plan {
                    // Rows handed over as JSON, and the partial indexes that hold nothing but what waits.
                    let is_small = [
                        "VIRTUAL TABLE",
                        "CONSTANT ROW",
                        "INDEX message_out_ready",
                        "INDEX message_out_claimed",
                    ];
                    // What a part of the statement has cut to a page already.
                    let is_page = ["SCAN p", "SCAN q", "SCAN s"].contains(&step.as_str());
                    assert!(
                        is_page
                            || !step.starts_with("SCAN")
                            || is_small.iter().any(|part| step.contains(part)),
                        "{what}: {step}\n{statement}"
                    );
                    // Handed over as JSON, rows lead: read again for each row of a table, they cost its size.
                    let leads = !step.contains("SCAN j VIRTUAL TABLE")
                        || plan.first().is_some_and(|first| first.3 == *step);
                    assert!(leads || !statement.starts_with("update"), "{what}: {step}\n{statement}");
                    let sorts = step.contains("TEMP B-TREE FOR ORDER BY");
                    assert!(!sorts || what.starts_with("unordered"), "{what} sorts: {step}\n{statement}");
                }
            }
        }
    }
}

struct Seed {
    world: World,
    people: Vec<ContactId>,
    messages: Vec<MessageId>,
    campaign: CampaignId,
}

async fn seed(db: &Db) -> Seed {
    let world = World::new(db).await;
    let people: Vec<_> = (0..300).map(|n| named(world.business, &format!("Person {n}"))).collect();
    let ids: Vec<_> = people.iter().map(|person| person.contact.id).collect();
    let stored = a_campaign(&world, Audience::All);
    let messages: Vec<_> = ids
        .iter()
        .map(|&id| NewMessage {
            campaign: Some(stored.campaign.id),
            ..world.message(id, MessageKind::Marketing)
        })
        .collect();
    let incoming: Vec<_> = ids.iter().map(|&id| world.written_by(id, "hello")).collect();
    let tags: Vec<_> = ids.iter().map(|&id| (id, "vip".to_owned())).collect();
    let number = |id: ContactId| Identifier {
        business: world.business,
        kind: IdentityKind::Phone,
        value: id.to_string(),
    };
    commit!(db, tx => {
        contact::insert_contacts(tx, &people).await.unwrap();
        contact::insert_identities(tx, &ids.iter().map(|&id| (number(id), id)).collect::<Vec<_>>()).await.unwrap();
        contact::insert_tags(tx, world.business, &tags).await.unwrap();
        campaign::insert_campaign(tx, &stored).await.unwrap();
        outbox::insert_messages(tx, &messages).await.unwrap();
        inbound::insert_inbound(tx, &incoming).await.unwrap();
        let heard: Vec<_> = ids.iter().map(|&id| crate::conversation::heard(&world, id, 1, true)).collect();
        conversation::note_heard(tx, &heard).await.unwrap();
    });
    Seed {
        world,
        people: ids,
        messages: messages.iter().map(|message| message.id).collect(),
        campaign: stored.campaign.id,
    }
}

fn place_in(sort: ContactSort) -> Place {
    match sort {
        ContactSort::Newest => Place::Id,
        ContactSort::Name => Place::Name("person 7".into()),
        ContactSort::LastMessage | ContactSort::Changed => Place::At(7),
    }
}

/// Everyday work, one function after the other.
async fn check(tx: &mut Tx, seed: &Seed) {
    let World { business, connection, .. } = seed.world;
    let (person, message) = (seed.people[7], seed.messages[7]);
    for sort in ContactSort::ALL {
        for backwards in [None, Some(false), Some(true)] {
            let cursor = backwards.map(|backwards| Cursor { backwards, id: person, place: place_in(sort) });
            let plain = ContactQuery { sort, ..ContactQuery::default() };
            let searched = ContactQuery { search: Some("erson".into()), ..plain.clone() };
            let state = ContactQuery { state: Some(State::Unknown), ..plain.clone() };
            let tag = ContactQuery { tag: Some("vip".into()), ..plain.clone() };
            let country = ContactQuery { country: Some("ZA".into()), ..plain.clone() };
            let source = ContactQuery { source: Some(Source::Keyword), ..plain.clone() };
            let wrote = ContactQuery { wrote_since: Some(at(0)), ..plain.clone() };
            let number = ContactQuery { phone: Some(phone("+15550100001")), ..plain.clone() };
            let language = ContactQuery { language: Some("en".into()), ..plain.clone() };
            let filter = |outcome| Some(CampaignFilter { campaign: seed.campaign, outcome });
            let read = ContactQuery { campaign: filter(RecipientOutcome::Read), ..plain.clone() };
            let skipped = ContactQuery { campaign: filter(RecipientOutcome::Skipped), ..plain.clone() };
            for (what, query) in [
                ("unordered list_contacts by language", language),
                ("unordered list_contacts by campaign", read),
                ("unordered list_contacts left out by a campaign", skipped),
                ("list_contacts", plain),
                ("unordered list_contacts by search", searched),
                ("unordered list_contacts by country", country),
                ("unordered list_contacts by source", source),
                ("unordered list_contacts by last message", wrote),
                ("unordered list_contacts by state", state),
                ("unordered list_contacts by tag", tag),
                ("unordered list_contacts by phone", number),
            ] {
                contact_list::list_contacts(tx, business, &query, cursor.as_ref(), 50).await.unwrap();
                assert_indexed(tx, what).await;
                contact_list::count_matching(tx, business, &query).await.unwrap();
                assert_indexed(tx, &format!("unordered count of {what}")).await;
            }
        }
    }
    contact::load_contacts(tx, &[person]).await.unwrap();
    assert_indexed(tx, "unordered load_contacts").await;
    contact::find_contact(tx, business, person).await.unwrap();
    assert_indexed(tx, "find_contact").await;
    let name = Identifier { business, kind: IdentityKind::Phone, value: "+1".into() };
    contact::find_identities(tx, &[name]).await.unwrap();
    assert_indexed(tx, "find_identities").await;
    contact::list_tags(tx, &[person]).await.unwrap();
    assert_indexed(tx, "unordered list_tags").await;
    contact::move_merged(tx, person, seed.people[8]).await.unwrap();
    assert_indexed(tx, "move_merged").await;
    ledger::list_events_of(tx, business, person).await.unwrap();
    assert_indexed(tx, "unordered list_events_of").await;
    ledger::list_events_after(tx, business, 0, 50).await.unwrap();
    assert_indexed(tx, "list_events_after").await;
    inbound::list_inbound_of(tx, business, person, 50).await.unwrap();
    assert_indexed(tx, "list_inbound_of").await;
    outbox::list_outbound_of(tx, business, person, 50).await.unwrap();
    assert_indexed(tx, "list_outbound_of").await;
    outbox::list_messages(tx, business, None, Some(message), 50).await.unwrap();
    assert_indexed(tx, "list_messages").await;
    outbox::list_messages(tx, business, Some(person), None, 50).await.unwrap();
    assert_indexed(tx, "list_messages of a person").await;
    outbox::find_targets(tx, &[message], &["wamid.1".to_owned()]).await.unwrap();
    assert_indexed(tx, "find_targets").await;
    outbox::find_consent_messages(tx, &["wamid.1".to_owned()]).await.unwrap();
    assert_indexed(tx, "find_consent_messages").await;
    outbox::last_codes(tx, person, 3).await.unwrap();
    assert_indexed(tx, "last_codes").await;
    inbound::find_raw(tx, business, person, message).await.unwrap();
    assert_indexed(tx, "find_raw").await;
    contact_detail::list_details(tx, &[person]).await.unwrap();
    assert_indexed(tx, "unordered list_details").await;
    inbound::list_received(tx, business, at(0), None, 50).await.unwrap();
    assert_indexed(tx, "list_received").await;
    review::list_open_reviews(tx, business, None, 50).await.unwrap();
    assert_indexed(tx, "list_open_reviews").await;
    review::count_open_reviews(tx, business).await.unwrap();
    assert_indexed(tx, "count_open_reviews").await;
    review::list_overdue_holds(tx, at(0), 50).await.unwrap();
    assert_indexed(tx, "list_overdue_holds").await;
    review::close_review(tx, person, ReviewKind::Hold, Outcome::Stop, "x", at(0)).await.unwrap();
    assert_indexed(tx, "close_review").await;
    review::move_reviews(tx, person, seed.people[8], at(0)).await.unwrap();
    assert_indexed(tx, "move_reviews").await;
    outbox::next_due(tx, connection).await.unwrap();
    assert_indexed(tx, "next_due").await;
    outbox::count_waiting(tx).await.unwrap();
    assert_indexed(tx, "count_waiting").await;
    outbox::claim_messages(tx, connection, at(0), 5).await.unwrap();
    assert_indexed(tx, "claim_messages").await;
    outbox::abandon_claims(tx, connection).await.unwrap();
    assert_indexed(tx, "abandon_claims").await;
    check_inbox(tx, seed).await;
    check_campaign(tx, seed).await;
}

/// The inbox, and a thread.
async fn check_inbox(tx: &mut Tx, seed: &Seed) {
    let (business, person, message) = (seed.world.business, seed.people[7], seed.messages[7]);
    let me = Some(UserId::from_uuid(person.uuid()));
    for view in View::ALL {
        for after in [None, Some((at(1).micros(), person))] {
            conversation::list_conversations(tx, business, view, me, None, after, 50).await.unwrap();
            assert_indexed(tx, &format!("list_conversations, {}", view.as_str())).await;
        }
        conversation::list_conversations(tx, business, view, me, Some(&[person]), None, 50).await.unwrap();
        assert_indexed(tx, &format!("unordered list_conversations among some, {}", view.as_str())).await;
        conversation::count_conversations(tx, business, view, me, 100).await.unwrap();
        assert_indexed(tx, &format!("count_conversations, {}", view.as_str())).await;
    }
    conversation::find_conversation(tx, business, person).await.unwrap();
    assert_indexed(tx, "find_conversation").await;
    conversation::mark_read(tx, business, person).await.unwrap();
    assert_indexed(tx, "mark_read").await;
    conversation::set_status(tx, business, person, Status::Resolved, None).await.unwrap();
    assert_indexed(tx, "set_status").await;
    conversation::wake_snoozed(tx, at(0)).await.unwrap();
    assert_indexed(tx, "wake_snoozed").await;
    conversation::list_entries(tx, business, person, Some(message), 50).await.unwrap();
    assert_indexed(tx, "list_entries").await;
    inbound::list_thread_inbound(tx, business, person, Some(message), 50).await.unwrap();
    assert_indexed(tx, "list_thread_inbound").await;
    outbox::list_thread_outbound(tx, business, person, Some(message), 50).await.unwrap();
    assert_indexed(tx, "list_thread_outbound").await;
    outbox::find_quoted(tx, business, person, &["wamid.1".to_owned()]).await.unwrap();
    assert_indexed(tx, "find_quoted").await;
}

/// What a running campaign asks all the time, and its report.
async fn check_campaign(tx: &mut Tx, seed: &Seed) {
    let (business, id, person) = (seed.world.business, seed.campaign, seed.people[7]);
    campaign::find_campaign(tx, business, id).await.unwrap();
    assert_indexed(tx, "find_campaign").await;
    campaign::list_campaigns(tx, business, None, 50).await.unwrap();
    assert_indexed(tx, "list_campaigns").await;
    campaign::list_active(tx, seed.world.connection, at(0)).await.unwrap();
    assert_indexed(tx, "list_active").await;
    let policy = Policy { frequency_cap: Some(FrequencyCap { messages: 1, days: 1 }), ..Policy::default() };
    for audience in [Audience::All, Audience::List(1), Audience::Tags(vec!["vip".into()])] {
        campaign::freeze_recipients(tx, business, id, &audience, &policy, |_| None, person, 2, at(0))
            .await
            .unwrap();
        assert_indexed(tx, "freeze_recipients").await;
    }
    campaign::next_recipients(tx, id, at(0), 5).await.unwrap();
    assert_indexed(tx, "next_recipients").await;
    campaign::is_recipient(tx, id, person).await.unwrap();
    assert_indexed(tx, "is_recipient").await;
    campaign::take_turns(tx, id, &[(person, Turn::Skipped(Reason::OptedOut))], at(0)).await.unwrap();
    assert_indexed(tx, "take_turns").await;
    campaign::cancel_messages(tx, id, at(0)).await.unwrap();
    assert_indexed(tx, "cancel_messages").await;
    campaign::defer_messages(tx, id, at(0)).await.unwrap();
    assert_indexed(tx, "defer_messages").await;
    campaign::is_unfinished(tx, id).await.unwrap();
    assert_indexed(tx, "is_unfinished").await;
    campaign::count_outcomes(tx, id, false).await.unwrap();
    assert_indexed(tx, "count_outcomes").await;
    for outcome in [None, Some(RecipientOutcome::Skipped), Some(RecipientOutcome::Read)] {
        campaign::list_recipients(tx, id, false, outcome, None, Some(person), 50).await.unwrap();
        assert_indexed(tx, "unordered list_recipients").await;
    }
    campaign::list_changed(tx, id, at(0), at(0), 50).await.unwrap();
    assert_indexed(tx, "unordered list_changed").await;
    campaign::count_stops(tx, business, id).await.unwrap();
    assert_indexed(tx, "count_stops").await;
    campaign::count_responses(tx, id).await.unwrap();
    assert_indexed(tx, "count_responses").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everyday_work_reads_no_whole_table_on_sqlite() {
    tracing::subscriber::set_global_default(Recorder).unwrap();
    let fresh = testing::sqlite().await;
    let seed = seed(&fresh.db).await;
    let logging = SqliteConnectOptions::from_str(&fresh.url).unwrap();
    let pool = SqlitePool::connect_with(logging).await.unwrap();
    STATEMENTS.lock().unwrap().clear();
    check(&mut Tx::Sqlite(pool.begin().await.unwrap()), &seed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everyday_work_reads_no_whole_table_on_postgres() {
    let fresh = testing::postgres().await;
    let seed = seed(&fresh.db).await;
    raw(&fresh.db, "analyze").await.unwrap();
    // A new connection, because the counts of earlier transactions may linger.
    // It logs nothing: the other test reads the log of its own statements.
    let options = PgConnectOptions::from_str(&fresh.url).unwrap().disable_statement_logging();
    let pool = PgPool::connect_with(options).await.unwrap();
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("set local enable_seqscan = off").execute(&mut *tx).await.unwrap();
    check(&mut Tx::Postgres(tx), &seed).await;
    pool.close().await;
    fresh.close().await;
}
