use domain::conversation::{Conversation, Status, TeamKind, View, What};
use domain::id::{ContactId, MessageId, UserId};
use store::conversation::*;
use store::{Db, access, contact, inbound};

use crate::world::*;

pub fn heard(world: &World, contact: ContactId, seconds: i64, waits: bool) -> Heard {
    Heard {
        contact,
        business: world.business,
        connection: world.connection,
        id: MessageId::from_uuid(uuid()),
        at: at(seconds),
        preview: NASTY.into(),
        unread: i64::from(waits),
        waits,
    }
}

fn answered(world: &World, contact: ContactId, seconds: i64) -> Answered {
    Answered {
        contact,
        business: world.business,
        connection: world.connection,
        id: MessageId::from_uuid(uuid()),
        at: at(seconds),
        preview: "On Friday.".into(),
    }
}

async fn found(db: &Db, world: &World, contact: ContactId) -> Conversation {
    read!(db, tx => find_conversation(tx, world.business, contact).await.unwrap().unwrap())
}

async fn listed(db: &Db, world: &World, view: View, me: Option<UserId>) -> Vec<ContactId> {
    let rows =
        read!(db, tx => list_conversations(tx, world.business, view, me, None, None, 50).await.unwrap());
    rows.into_iter().map(|row| row.contact).collect()
}

contract! {
    async fn what_people_write_adds_up_until_somebody_answers(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        commit!(db, tx => note_heard(tx, &[heard(&world, ana, 1, true)]).await.unwrap());
        commit!(db, tx => note_heard(tx, &[Heard { unread: 2, ..heard(&world, ana, 5, true) }]).await.unwrap());
        let known = found(db, &world, ana).await;
        assert_eq!((known.status, known.unread, known.waiting_since, known.last_at), (Status::Open, 3, Some(at(1)), at(5)));
        assert_eq!((known.preview.as_str(), known.incoming), (NASTY, true));
        commit!(db, tx => note_answered(tx, &answered(&world, ana, 9)).await.unwrap());
        let known = found(db, &world, ana).await;
        assert_eq!((known.unread, known.waiting_since, known.incoming), (0, None, false));
        assert_eq!((known.preview.as_str(), known.last_at), ("On Friday.", at(9)));
    }

    async fn who_only_stops_asks_nobody_to_do_anything(db: &Db) {
        let world = World::new(db).await;
        let (ana, ben) = (world.person(db, "Ana").await, world.person(db, "Ben").await);
        commit!(db, tx => note_heard(tx, &[heard(&world, ben, 1, true), heard(&world, ana, 1, false)]).await.unwrap());
        assert_eq!(listed(db, &world, View::Open, None).await, [ben]);
        assert_eq!(listed(db, &world, View::Resolved, None).await, [ana]);
        commit!(db, tx => note_heard(tx, &[heard(&world, ben, 7, false)]).await.unwrap());
        let known = found(db, &world, ben).await;
        assert_eq!((known.status, known.waiting_since), (Status::Open, Some(at(1))), "the question is still there");
    }

    async fn each_part_of_the_inbox_holds_its_own_in_its_order(db: &Db) {
        let world = World::new(db).await;
        let user = a_user(world.business, "ana@padaria.example");
        commit!(db, tx => access::insert_user(tx, &user, at(0)).await.unwrap());
        let mut people = Vec::new();
        for n in 0..5 {
            let person = world.person(db, &format!("Person {n}")).await;
            commit!(db, tx => note_heard(tx, &[heard(&world, person, n, true)]).await.unwrap());
            people.push(person);
        }
        commit!(db, tx => {
            assign(tx, world.business, people[1], Some(user.id)).await.unwrap();
            set_status(tx, world.business, people[2], Status::Snoozed, Some(at(100))).await.unwrap();
            set_status(tx, world.business, people[3], Status::Resolved, None).await.unwrap();
            assert!(mark_read(tx, world.business, people[4]).await.unwrap());
            assert!(!mark_read(tx, world.business, people[4]).await.unwrap());
        });
        let me = Some(user.id);
        assert_eq!(listed(db, &world, View::Open, me).await, [people[4], people[1], people[0]]);
        assert_eq!(listed(db, &world, View::Unread, me).await, [people[2], people[1], people[0]]);
        assert_eq!(listed(db, &world, View::Mine, me).await, [people[1]]);
        assert_eq!(listed(db, &world, View::Mine, None).await, []);
        assert_eq!(listed(db, &world, View::Unassigned, me).await, [people[4], people[0]]);
        assert_eq!(listed(db, &world, View::Waiting, me).await, [people[0], people[1], people[2], people[4]]);
        assert_eq!(listed(db, &world, View::Snoozed, me).await, [people[2]]);
        assert_eq!(listed(db, &world, View::Resolved, me).await, [people[3]]);
        for view in View::ALL {
            let count = read!(db, tx => count_conversations(tx, world.business, view, me, 2).await.unwrap());
            let there = listed(db, &world, view, me).await.len();
            assert_eq!(count, i64::try_from(there.min(2)).unwrap(), "{view:?}");
            assert_eq!(read!(db, tx => count_conversations(tx, world.other, view, me, 9).await.unwrap()), 0);
        }
        assert_eq!(commit!(db, tx => wake_snoozed(tx, at(99)).await.unwrap()), []);
        assert_eq!(commit!(db, tx => wake_snoozed(tx, at(100)).await.unwrap()), [(world.business, people[2])]);
        assert_eq!(listed(db, &world, View::Snoozed, me).await, []);
    }

    async fn pages_follow_each_other_without_gap_or_repetition(db: &Db) {
        let world = World::new(db).await;
        let mut people = Vec::new();
        for n in 0..7 {
            let person = world.person(db, &format!("Person {n}")).await;
            // Some at the same moment.
            commit!(db, tx => note_heard(tx, &[heard(&world, person, n / 3, true)]).await.unwrap());
            people.push(person);
        }
        for view in [View::Open, View::Waiting] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let mut page = read!(db, tx => list_conversations(tx, world.business, view, None, None, after, 2).await.unwrap());
                let more = page.len() > 2;
                page.truncate(2);
                after = page.last().map(|last| (place(last, view), last.contact));
                seen.extend(page.into_iter().map(|row| row.contact));
                if !more {
                    break;
                }
            }
            let all = listed(db, &world, view, None).await;
            assert_eq!(seen, all);
            assert_eq!(seen.len(), 7);
        }
        let among = [people[0], people[6]];
        let found = read!(db, tx => list_conversations(tx, world.business, View::Open, None, Some(&among), None, 50).await.unwrap());
        assert_eq!(found.len(), 2);
    }

    async fn notes_have_their_place_and_stay_in_their_business(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let author = UserId::from_uuid(uuid());
        let entry = |kind, body: &str, author: String| NewEntry {
            id: MessageId::from_uuid(uuid()),
            business: world.business,
            contact: ana,
            kind,
            author,
            body: body.into(),
            at: at(3),
        };
        let (first, second) = (entry(TeamKind::Note, &NASTY.replace('\0', ""), author.to_string()), entry(TeamKind::Resolved, "", "system".into()));
        commit!(db, tx => {
            insert_entry(tx, &first).await.unwrap();
            insert_entry(tx, &second).await.unwrap();
        });
        let found = read!(db, tx => list_entries(tx, world.business, ana, None, 10).await.unwrap());
        assert_eq!(found.iter().map(|entry| entry.id).collect::<Vec<_>>(), [second.id, first.id]);
        assert_eq!(found[1].what, What::Team { kind: TeamKind::Note, body: first.body.clone(), by: Some(author) });
        assert_eq!(found[0].what, What::Team { kind: TeamKind::Resolved, body: String::new(), by: None });
        assert_eq!(read!(db, tx => list_entries(tx, world.business, ana, Some(second.id), 10).await.unwrap()), found[1..]);
        assert_eq!(read!(db, tx => list_entries(tx, world.other, ana, None, 10).await.unwrap()), []);
    }

    async fn two_records_of_one_person_have_one_conversation(db: &Db) {
        let world = World::new(db).await;
        let (old, new, alone) = (world.person(db, "Old").await, world.person(db, "New").await, world.person(db, "").await);
        commit!(db, tx => note_heard(tx, &[heard(&world, old, 1, true), Heard { preview: "later".into(), ..heard(&world, new, 5, true) }]).await.unwrap());
        commit!(db, tx => {
            move_conversation(tx, old, new).await.unwrap();
            move_conversation(tx, new, alone).await.unwrap();
        });
        let known = found(db, &world, alone).await;
        assert_eq!((known.unread, known.preview.as_str(), known.last_at), (2, "later", at(5)));
        assert_eq!(known.status, Status::Open);
        assert_eq!(read!(db, tx => find_conversation(tx, world.business, new).await.unwrap()), None);
        assert_eq!(read!(db, tx => find_conversation(tx, world.other, alone).await.unwrap()), None);
    }

    async fn a_thread_holds_what_was_written_before_a_place(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let written: Vec<_> = (0..4).map(|n| world.written_by(ana, &format!("message {n}"))).collect();
        commit!(db, tx => inbound::insert_inbound(tx, &written).await.unwrap());
        let before = Some(MessageId::from_uuid(written[2].id));
        let found = read!(db, tx => inbound::list_thread_inbound(tx, world.business, ana, before, 10).await.unwrap());
        assert_eq!(found.iter().map(|row| row.preview.as_str()).collect::<Vec<_>>(), ["message 1", "message 0"]);
        assert_eq!(read!(db, tx => inbound::list_thread_inbound(tx, world.other, ana, None, 10).await.unwrap()), []);
        assert!(read!(db, tx => contact::find_contact(tx, world.business, ana).await.unwrap()).is_some());
    }
}
