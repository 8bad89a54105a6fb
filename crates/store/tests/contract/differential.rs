//! The same commands leave the same things to see on both engines.

use domain::consent::{self, Signal, SignalKind, Source, State};
use domain::contact::{ContactQuery, ContactSort, OutgoingMessage, StateCounts};
use domain::id::{ContactId, EventId, MessageId};
use domain::inbound::Delivery;
use domain::kind::MessageKind;
use domain::ledger::{ChainedEvent, evidence_digest};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use store::contact::{Identifier, IdentityKind, StoredContact};
use store::ledger::StoredEvent;
use store::outbox::{Claimed, Progress};
use store::{Db, Tx, contact, contact_list, ledger, outbox, testing};
use uuid::Uuid;

use crate::world::*;

const NAMES: [&str; 8] = ["", "ana", "Ana", "Émile", "émile", "z%_\\", "李", NASTY];

/// Something done to the people of a business; people are numbered in the order they came.
#[derive(Clone, Debug)]
enum Command {
    Add(&'static str),
    Rename(usize, &'static str),
    Say(usize, SignalKind, i64),
    Label(usize, &'static str),
    Unlabel(usize),
    Identify(usize, &'static str),
    Join(usize, usize),
    Write(usize, MessageKind, i64),
    Claim(i64),
    Advance(usize, Delivery),
}

fn command() -> impl Strategy<Value = Command> {
    let who = || 0..6_usize;
    prop_oneof![
        3 => select(&NAMES[..]).prop_map(Command::Add),
        1 => (who(), select(&NAMES[..])).prop_map(|(who, name)| Command::Rename(who, name)),
        4 => (who(), select(SignalKind::ALL), 0..9_i64).prop_map(|(who, kind, at)| Command::Say(who, kind, at)),
        2 => (who(), select(&NAMES[..])).prop_map(|(who, tag)| Command::Label(who, tag)),
        1 => who().prop_map(Command::Unlabel),
        2 => (who(), select(&NAMES[..])).prop_map(|(who, value)| Command::Identify(who, value)),
        1 => (who(), who()).prop_map(|(from, to)| Command::Join(from, to)),
        3 => (who(), select(&MessageKind::ALL[..]), 0..3_i64).prop_map(|(who, kind, due)| Command::Write(who, kind, due)),
        2 => (0..4_i64).prop_map(Command::Claim),
        2 => (0..6_usize, select(&[Delivery::Sent, Delivery::Failed, Delivery::Read][..]))
            .prop_map(|(message, delivery)| Command::Advance(message, delivery)),
    ]
}

/// A run of commands on one engine. The ids are given, so that both engines get the same.
struct Run<'a> {
    world: &'a World,
    people: Vec<ContactId>,
    messages: Vec<MessageId>,
    claims: Vec<Claimed>,
}

impl Run<'_> {
    fn person(&self, who: usize) -> Option<ContactId> {
        self.people.get(who % self.people.len().max(1)).copied()
    }

    async fn load(&self, tx: &mut Tx, who: usize) -> Option<StoredContact> {
        contact::load_contacts(tx, &[self.person(who)?]).await.unwrap().pop()
    }

    async fn apply(&mut self, tx: &mut Tx, command: &Command, id: Uuid) -> Option<()> {
        let business = self.world.business;
        match *command {
            Command::Add(name) => {
                let mut person = named(business, name);
                person.contact.id = ContactId::from_uuid(id);
                contact::insert_contacts(tx, &[person]).await.unwrap();
                self.people.push(ContactId::from_uuid(id));
            }
            Command::Rename(who, name) => {
                let mut person = self.load(tx, who).await?;
                person.contact.name = Some(name.into());
                contact::update_contacts(tx, &[person]).await.unwrap();
            }
            Command::Say(who, kind, second) => {
                let mut person = self.load(tx, who).await?;
                let signal = Signal { kind, source: Source::Keyword, occurred_at: at(second) };
                let change = consent::apply(&person.consent, &signal);
                if change.recorded {
                    person.set_consent(change.consent);
                    record(tx, &person, &signal, change.from, id).await;
                    contact::update_contacts(tx, &[person]).await.unwrap();
                }
            }
            Command::Label(who, tag) => {
                let label = (self.person(who)?, tag.to_owned());
                contact::insert_tags(tx, business, &[label]).await.unwrap();
            }
            Command::Unlabel(who) => contact::delete_tags(tx, self.person(who)?).await.unwrap(),
            Command::Identify(who, value) => {
                let name = Identifier { business, kind: IdentityKind::UserId, value: value.into() };
                contact::upsert_identities(tx, &[(name, self.person(who)?)]).await.unwrap();
            }
            Command::Join(from, to) => {
                let (mut from, to) = (self.load(tx, from).await?, self.load(tx, to).await?);
                if from.contact.id == to.contact.id || from.merged_into.is_some() || to.merged_into.is_some()
                {
                    return None;
                }
                let (old, new) = (from.contact.id, to.contact.id);
                from.merged_into = Some(new);
                contact::update_contacts(tx, &[from]).await.unwrap();
                contact::move_merged(tx, old, new).await.unwrap();
                contact::move_identities(tx, old, new).await.unwrap();
                contact::move_outbound(tx, old, new).await.unwrap();
                contact::copy_tags(tx, old, new).await.unwrap();
            }
            Command::Write(who, kind, due) => {
                let mut message = self.world.message(self.person(who)?, kind);
                (message.id, message.not_before) = (MessageId::from_uuid(id), at(due));
                self.messages.push(message.id);
                outbox::insert_messages(tx, &[message]).await.unwrap();
            }
            Command::Claim(limit) => {
                self.claims
                    .extend(outbox::claim_messages(tx, self.world.connection, at(1), limit).await.unwrap());
            }
            Command::Advance(message, delivery) => {
                let id = *self.messages.get(message % self.messages.len().max(1))?;
                let step = Progress { id, delivery, at: at(1), wamid: id.to_string(), error_code: None };
                outbox::advance_messages(tx, &[step]).await.unwrap();
            }
        }
        Some(())
    }
}

async fn record(tx: &mut Tx, person: &StoredContact, signal: &Signal, from: State, id: Uuid) {
    ledger::insert_head(tx, person.business).await.unwrap();
    let (seq, previous) = ledger::load_head(tx, person.business).await.unwrap();
    let event = ChainedEvent {
        business: person.business,
        seq: seq + 1,
        id: EventId::from_uuid(id),
        contact: person.contact.id,
        version: person.contact.version,
        kind: signal.kind,
        source: signal.source,
        from,
        to: person.contact.state,
        occurred_at: signal.occurred_at,
        recorded_at: at(100),
        actor: "person".into(),
        settings_version: 1,
        rule: None,
        matched: None,
        wording: None,
        evidence: evidence_digest(&[0; 16], b"{}"),
    };
    let stored = [StoredEvent { hash: event.hash(&previous), event, evidence: Some(([0; 16], "{}".into())) }];
    ledger::append_events(tx, &stored).await.unwrap();
    ledger::insert_evidence(tx, &stored).await.unwrap();
    ledger::set_head(tx, person.business, seq + 1, &stored[0].hash).await.unwrap();
}

/// All there is to see of a business.
#[derive(Debug, PartialEq)]
struct Seen {
    lists: Vec<Vec<StoredContact>>,
    counts: StateCounts,
    labels: Vec<(ContactId, String)>,
    names: Vec<(Identifier, ContactId)>,
    events: Vec<StoredEvent>,
    events_of: Vec<Vec<StoredEvent>>,
    messages: Vec<OutgoingMessage>,
    claims: Vec<Claimed>,
}

async fn run(db: &Db, world: &World, commands: &[(Command, Uuid)]) -> Seen {
    let mut run = Run { world, people: Vec::new(), messages: Vec::new(), claims: Vec::new() };
    for (command, id) in commands {
        commit!(db, tx => run.apply(tx, command, *id).await);
    }
    let mut queries = Vec::new();
    for sort in ContactSort::ALL {
        let all = ContactQuery { sort, ..ContactQuery::default() };
        queries.push(all.clone());
        queries.extend(State::ALL.iter().map(|&state| ContactQuery { state: Some(state), ..all.clone() }));
        for name in NAMES {
            queries.push(ContactQuery { search: Some(name.into()), ..all.clone() });
            queries.push(ContactQuery { tag: Some(name.into()), ..all.clone() });
        }
    }
    let names = NAMES.map(|value| Identifier {
        business: world.business,
        kind: IdentityKind::UserId,
        value: value.into(),
    });
    read!(db, tx => {
        let mut lists = Vec::new();
        for query in &queries {
            lists.push(contact_list::list_contacts(tx, world.business, query, None, 100).await.unwrap());
        }
        let mut events_of = Vec::new();
        for &person in &run.people {
            events_of.push(ledger::list_events_of(tx, world.business, person).await.unwrap());
        }
        let mut labels = contact::list_tags(tx, &run.people).await.unwrap();
        let mut names = contact::find_identities(tx, &names).await.unwrap();
        labels.sort();
        names.sort();
        Seen {
            lists,
            counts: contact_list::count_by_state(tx, world.business).await.unwrap(),
            labels,
            names,
            events: ledger::list_events_after(tx, world.business, 0, 100).await.unwrap(),
            events_of,
            messages: outbox::list_messages(tx, world.business, None, None, 100).await.unwrap(),
            claims: run.claims,
        }
    })
}

#[test]
fn both_engines_show_the_same_after_the_same_commands() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (sqlite, postgres) = runtime.block_on(async { (testing::sqlite().await, testing::postgres().await) });
    let config = Config { cases: 32, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&vec(command(), 10..30), |commands| {
            runtime.block_on(async {
                let commands: Vec<_> = commands.into_iter().map(|command| (command, uuid())).collect();
                // A new business for each case: one never sees another.
                let world = World::new_on(&[&sqlite.db, &postgres.db]).await;
                let seen = run(&sqlite.db, &world, &commands).await;
                prop_assert_eq!(seen, run(&postgres.db, &world, &commands).await);
                Ok(())
            })
        })
        .unwrap();
    runtime.block_on(async {
        sqlite.close().await;
        postgres.close().await;
    });
}
