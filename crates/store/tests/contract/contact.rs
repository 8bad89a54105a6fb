use domain::consent::{Consent, SignalKind, State};
use domain::id::{BusinessId, ContactId};
use domain::kind::MessageKind;
use store::contact::*;
use store::contact_list::count_by_state;
use store::{inbound, outbox};

use crate::world::*;

fn name(business: BusinessId, kind: IdentityKind, value: &str) -> Identifier {
    Identifier { business, kind, value: value.into() }
}

/// A person of whom everything is known.
fn complete(business: BusinessId, text: &str) -> StoredContact {
    let mut stored = named(business, text);
    stored.set_consent(consent_of(&[
        SignalKind::OptOut,
        SignalKind::Start,
        SignalKind::OptIn,
        SignalKind::Hold,
        SignalKind::Release,
        SignalKind::NativeStop,
        SignalKind::NativeResume,
        SignalKind::NativeStop,
    ]));
    stored.contact.phone = Some(phone("+5511912345678"));
    stored.contact.user_id = Some(text.into());
    stored.contact.country = Some("BR".into());
    stored.contact.blocked = true;
    stored.contact.erased = true;
    stored.contact.invalid = true;
    stored.contact.expires_at = Some(at(-5_000_000_000));
    stored.contact.last_inbound_at = Some(at(5_000_000_000));
    stored.answered_at = Some(at(7));
    stored
}

contract! {
    async fn every_field_of_a_contact_comes_back(db: &Db) {
        let world = World::new(db).await;
        let survivor = world.person(db, "Survivor").await;
        let mut merged = complete(world.business, "Merged");
        merged.merged_into = Some(survivor);
        let mut people = [
            named(world.business, ""),
            complete(world.business, NASTY),
            complete(world.business, &long()),
            merged,
        ];
        people.sort_by_key(|person| person.contact.id);
        commit!(db, tx => insert_contacts(tx, &people).await.unwrap());
        let ids = people.each_ref().map(|person| person.contact.id);
        assert_eq!(
            read!(db, tx => find_contact(tx, world.business, ids[2]).await.unwrap()).as_ref(),
            Some(&people[2])
        );
        assert_eq!(commit!(db, tx => load_contacts(tx, &ids).await.unwrap()), people);
        let mut unlocked = read!(db, tx => read_contacts(tx, &ids).await.unwrap());
        unlocked.sort_by_key(|person| person.contact.id);
        assert_eq!(unlocked, people);
    }

    async fn an_update_writes_every_field_and_nobody_else(db: &Db) {
        let world = World::new(db).await;
        let bystander = complete(world.business, "Bystander");
        let [mut grows, mut shrinks] = [named(world.business, ""), complete(world.business, "Full")];
        commit!(db, tx => insert_contacts(tx, &[bystander.clone(), grows.clone(), shrinks.clone()]).await.unwrap());
        let (small, full) = (grows.contact.id, shrinks.contact.id);
        (grows.contact.id, shrinks.contact.id) = (full, small);
        shrinks.merged_into = Some(bystander.contact.id);
        commit!(db, tx => {
            update_contacts(tx, &[]).await.unwrap();
            update_contacts(tx, &[grows.clone(), shrinks.clone()]).await.unwrap();
        });
        let found = commit!(db, tx => load_contacts(tx, &[bystander.contact.id, small, full]).await.unwrap());
        assert_eq!(found, [bystander, shrinks, grows]);
    }

    async fn an_update_moves_nobody_to_another_business(db: &Db) {
        let world = World::new(db).await;
        let id = world.person(db, "Ana").await;
        let mut taken = named(world.other, "Mine");
        taken.contact.id = id;
        commit!(db, tx => update_contacts(tx, &[taken]).await.unwrap());
        let found = read!(db, tx => find_contact(tx, world.business, id).await.unwrap()).unwrap();
        assert_eq!((found.business, found.contact.name.as_deref()), (world.business, Some("Ana")));
    }

    async fn when_a_person_last_wrote_never_goes_back(db: &Db) {
        let world = World::new(db).await;
        let [ana, bob] = [world.person(db, "Ana").await, world.person(db, "Bob").await];
        let many: Vec<_> = (0..500).map(|_| named(world.business, "")).collect();
        commit!(db, tx => insert_contacts(tx, &many).await.unwrap());
        for (wrote, expected) in [
            (vec![], None),
            (vec![(ana, 5)], Some(5)),
            (vec![(ana, 3)], Some(5)),
            (vec![(ana, 5)], Some(5)),
            (vec![(ana, 7), (ana, 9), (ana, 8)], Some(9)),
            (many.iter().map(|person| (person.contact.id, 1)).chain([(ana, 11)]).collect(), Some(11)),
        ] {
            let wrote: Vec<_> = wrote.into_iter().map(|(id, second)| (id, at(second))).collect();
            commit!(db, tx => touch_contacts(tx, &wrote).await.unwrap());
            let found = commit!(db, tx => load_contacts(tx, &[ana, bob]).await.unwrap());
            assert_eq!(found[0].contact.last_inbound_at, expected.map(at));
            assert_eq!(found[1].contact.last_inbound_at, None);
        }
    }

    async fn a_blank_name_is_no_name(db: &Db) {
        let world = World::new(db).await;
        let blank = world.person(db, " \t ").await;
        let found = read!(db, tx => find_contact(tx, world.business, blank).await.unwrap()).unwrap();
        assert_eq!(found.contact.name, None);
    }

    async fn sets_are_written_and_read_whole(db: &Db) {
        let world = World::new(db).await;
        for size in [0, 1, 500] {
            let mut people: Vec<_> =
                (0..size).map(|n| named(world.business, &format!("Person {n}"))).collect();
            let ids: Vec<_> = people.iter().map(|person| person.contact.id).collect();
            let names: Vec<_> = ids
                .iter()
                .map(|&id| (name(world.business, IdentityKind::UserId, &id.to_string()), id))
                .collect();
            let tags: Vec<_> = ids.iter().map(|&id| (id, "vip".to_owned())).collect();
            commit!(db, tx => {
                insert_contacts(tx, &people).await.unwrap();
                insert_identities(tx, &names).await.unwrap();
                upsert_identities(tx, &names).await.unwrap();
                insert_tags(tx, world.business, &tags).await.unwrap();
            });
            people.iter_mut().for_each(|person| person.contact.blocked = true);
            commit!(db, tx => update_contacts(tx, &people).await.unwrap());
            commit!(db, tx => {
                assert_eq!(load_contacts(tx, &ids).await.unwrap(), people);
                assert_eq!(read_contacts(tx, &ids).await.unwrap().len(), size);
                assert_eq!(list_tags(tx, &ids).await.unwrap().len(), size);
                let wanted: Vec<_> = names.iter().map(|(name, _)| name.clone()).collect();
                let mut found = find_identities(tx, &wanted).await.unwrap();
                found.sort_by_key(|&(_, contact)| contact);
                assert_eq!(found, names);
            });
        }
    }

    async fn loading_sorts_by_id_and_leaves_out_who_is_not_there(db: &Db) {
        let world = World::new(db).await;
        let [a, b] = [world.person(db, "A").await, world.person(db, "B").await];
        let missing = ContactId::from_uuid(uuid());
        let found = commit!(db, tx => load_contacts(tx, &[b, missing, a, b]).await.unwrap());
        assert_eq!(found.iter().map(|one| one.contact.id).collect::<Vec<_>>(), [a, b]);
    }

    async fn a_contact_is_found_in_its_business_only(db: &Db) {
        let world = World::new(db).await;
        let ours = world.person(db, "Ours").await;
        read!(db, tx => {
            assert!(find_contact(tx, world.business, ours).await.unwrap().is_some());
            assert_eq!(find_contact(tx, world.other, ours).await.unwrap(), None);
            assert_eq!(find_contact(tx, world.business, ContactId::from_uuid(uuid())).await.unwrap(), None);
        });
    }

    async fn a_merged_record_leads_to_the_one_it_was_joined_to(db: &Db) {
        let world = World::new(db).await;
        let [first, second, third] =
            [world.person(db, "1").await, world.person(db, "2").await, world.person(db, "3").await];
        commit!(db, tx => {
            for (from, to) in [(first, second), (second, third)] {
                let mut record = load_contacts(tx, &[from]).await.unwrap().remove(0);
                record.merged_into = Some(to);
                update_contacts(tx, &[record]).await.unwrap();
                move_merged(tx, from, to).await.unwrap();
            }
        });
        for id in [first, second, third] {
            let found = read!(db, tx => find_contact(tx, world.business, id).await.unwrap()).unwrap();
            assert_eq!(found.contact.id, third);
            assert_eq!(read!(db, tx => find_contact(tx, world.other, id).await.unwrap()), None);
        }
    }

    async fn names_belong_to_one_person_of_one_business(db: &Db) {
        let world = World::new(db).await;
        let (ana, eve) = (world.person(db, "Ana").await, world.stranger(db, "Eve").await);
        let here = [
            name(world.business, IdentityKind::Phone, "+15550100001"),
            name(world.business, IdentityKind::UserId, NASTY),
            name(world.business, IdentityKind::ParentUserId, "+15550100001"),
        ];
        let there = name(world.other, IdentityKind::Phone, "+15550100001");
        let mut given: Vec<_> = here.iter().map(|name| (name.clone(), ana)).collect();
        given.push((there.clone(), eve));
        commit!(db, tx => insert_identities(tx, &given).await.unwrap());
        let all: Vec<_> = here.iter().cloned().chain([there]).collect();
        let mut found = read!(db, tx => find_identities(tx, &all).await.unwrap());
        found.sort();
        given.sort();
        assert_eq!(found, given);
        let unknown = [
            name(world.other, IdentityKind::UserId, NASTY),
            name(world.business, IdentityKind::UserId, "nobody"),
        ];
        assert_eq!(read!(db, tx => find_identities(tx, &unknown).await.unwrap()), []);
        commit!(db, tx => delete_identity(tx, &here[0]).await.unwrap());
        assert_eq!(read!(db, tx => find_identities(tx, &here).await.unwrap()).len(), 2);
        let elsewhere = name(world.other, IdentityKind::Phone, "+15550100001");
        assert_eq!(read!(db, tx => find_identities(tx, &[elsewhere]).await.unwrap()).len(), 1);
    }

    async fn a_name_that_is_taken_stops_the_unit_of_work(db: &Db) {
        let world = World::new(db).await;
        let (ana, bob) = (world.person(db, "Ana").await, world.person(db, "Bob").await);
        let [taken, free] =
            ["+15550100001", "+15550100002"].map(|value| name(world.business, IdentityKind::Phone, value));
        commit!(db, tx => insert_identities(tx, &[(taken.clone(), ana)]).await.unwrap());
        let mut tx = db.write().await.unwrap();
        assert!(is_taken(&insert_identities(&mut tx, &[(free.clone(), bob), (taken.clone(), bob)]).await));
        drop(tx);
        assert_eq!(
            read!(db, tx => find_identities(tx, &[taken.clone(), free]).await.unwrap()),
            [(taken, ana)]
        );
    }

    async fn an_upsert_moves_a_name_and_the_last_word_counts(db: &Db) {
        let world = World::new(db).await;
        let (ana, bob) = (world.person(db, "Ana").await, world.person(db, "Bob").await);
        let number = name(world.business, IdentityKind::Phone, "+15550100001");
        commit!(db, tx => upsert_identities(tx, &[(number.clone(), ana)]).await.unwrap());
        commit!(db, tx => upsert_identities(tx, &[(number.clone(), bob)]).await.unwrap());
        assert_eq!(
            read!(db, tx => find_identities(tx, std::slice::from_ref(&number)).await.unwrap()),
            [(number.clone(), bob)]
        );
        commit!(db, tx => upsert_identities(tx, &[(number.clone(), bob), (number.clone(), ana)]).await.unwrap());
        assert_eq!(
            read!(db, tx => find_identities(tx, std::slice::from_ref(&number)).await.unwrap()),
            [(number, ana)]
        );
    }

    async fn a_joined_record_hands_over_everything(db: &Db) {
        let world = World::new(db).await;
        let [from, to, bystander] = [
            world.person(db, "From").await,
            world.person(db, "To").await,
            world.person(db, "Bystander").await,
        ];
        let number = |n: u8| name(world.business, IdentityKind::Phone, &format!("+1555010000{n}"));
        let tags = [(from, "a"), (from, "b"), (to, "b"), (to, "c"), (bystander, "d")]
            .map(|(id, tag)| (id, tag.to_owned()));
        commit!(db, tx => {
            insert_identities(tx, &[(number(1), from), (number(2), to), (number(3), bystander)]).await.unwrap();
            insert_tags(tx, world.business, &tags).await.unwrap();
            for id in [from, to, bystander] {
                inbound::insert_inbound(tx, &[world.written_by(id, "in")]).await.unwrap();
                outbox::insert_messages(tx, &[world.message(id, MessageKind::Service)]).await.unwrap();
            }
            move_identities(tx, from, to).await.unwrap();
            move_inbound(tx, from, to).await.unwrap();
            move_outbound(tx, from, to).await.unwrap();
            copy_tags(tx, from, to).await.unwrap();
            copy_tags(tx, from, to).await.unwrap();
        });
        for (id, messages) in [(from, 0), (to, 2), (bystander, 1)] {
            read!(db, tx => {
                assert_eq!(inbound::list_inbound_of(tx, world.business, id, 9).await.unwrap().len(), messages);
                assert_eq!(outbox::list_outbound_of(tx, world.business, id, 9).await.unwrap().len(), messages);
            });
        }
        let mut owners =
            read!(db, tx => find_identities(tx, &[number(1), number(2), number(3)]).await.unwrap());
        owners.sort();
        assert_eq!(owners, [(number(1), to), (number(2), to), (number(3), bystander)]);
        let labels = read!(db, tx => list_tags(tx, &[to]).await.unwrap());
        assert_eq!(labels, ["a", "b", "c"].map(|tag| (to, tag.to_owned())));
    }

    async fn labels_are_put_on_once_and_taken_off(db: &Db) {
        let world = World::new(db).await;
        let (ana, bob) = (world.person(db, "Ana").await, world.person(db, "Bob").await);
        let tags = [(ana, NASTY), (ana, NASTY), (ana, ""), (ana, "VIP"), (bob, "vip")]
            .map(|(id, tag)| (id, tag.to_owned()));
        commit!(db, tx => {
            insert_tags(tx, world.business, &tags).await.unwrap();
            insert_tags(tx, world.business, &tags).await.unwrap();
        });
        let mut found = read!(db, tx => list_tags(tx, &[ana]).await.unwrap());
        found.sort();
        assert_eq!(found, ["", "VIP", NASTY].map(|tag| (ana, tag.to_owned())));
        commit!(db, tx => delete_tags(tx, ana).await.unwrap());
        assert_eq!(read!(db, tx => list_tags(tx, &[ana, bob]).await.unwrap()), [(bob, "vip".to_owned())]);
    }

    async fn people_are_counted_by_state_without_merged_records(db: &Db) {
        let world = World::new(db).await;
        assert_eq!(read!(db, tx => count_by_state(tx, world.business).await.unwrap()).total(), 0);
        let mut people = Vec::new();
        for (count, signals) in [
            (1, vec![]),
            (2, vec![SignalKind::Start]),
            (3, vec![SignalKind::OptIn]),
            (4, vec![SignalKind::OptOut]),
            (5, vec![SignalKind::Hold]),
        ] {
            for _ in 0..count {
                let mut person = named(world.business, "x");
                person.set_consent(consent_of(&signals));
                people.push(person);
            }
        }
        let mut merged = named(world.business, "merged");
        merged.merged_into = Some(people[0].contact.id);
        people.push(merged);
        commit!(db, tx => insert_contacts(tx, &people).await.unwrap());
        world.stranger(db, "Eve").await;
        let counts = read!(db, tx => count_by_state(tx, world.business).await.unwrap());
        let by_state = State::ALL.iter().map(|&state| counts.of(state)).collect::<Vec<_>>();
        assert_eq!(by_state, [1, 2, 3, 4, 5]);
        assert_eq!(read!(db, tx => count_by_state(tx, world.other).await.unwrap()).total(), 1);
    }

    async fn a_contact_belongs_to_a_business_that_exists(db: &Db) {
        let mut tx = db.write().await.unwrap();
        let orphan = named(BusinessId::from_uuid(uuid()), "Nobody's");
        assert!(insert_contacts(&mut tx, &[orphan]).await.is_err());
    }

    async fn a_corrupt_row_is_an_error_that_shows_no_personal_data(db: &Db) {
        let world = World::new(db).await;
        let id = world.person(db, "Ana").await;
        raw(db, "update contact set phone = 'five five five'").await.unwrap();
        let error = read!(db, tx => find_contact(tx, world.business, id).await.unwrap_err());
        assert!(error.to_string().contains("contact.phone"), "{error}");
        assert!(!format!("{error} {error:?}").contains("five"), "{error:?}");
    }

    async fn an_account_that_is_not_there_is_news_once(db: &Db) {
        let world = World::new(db).await;
        let (ana, ben) = (world.person(db, "Ana").await, world.person(db, "Ben").await);
        let set = async |invalid| commit!(db, tx => set_invalid(tx, ana, invalid).await.unwrap());
        assert!(!set(false).await);
        assert!(set(true).await && !set(true).await);
        let found = read!(db, tx => read_contacts(tx, &[ana, ben]).await.unwrap());
        let invalid: Vec<_> =
            found.iter().filter(|one| one.contact.invalid).map(|one| one.contact.id).collect();
        assert_eq!(invalid, [ana]);
        assert!(set(false).await);
    }
}

#[test]
fn a_new_person_has_said_nothing() {
    let stored = named(BusinessId::from_uuid(uuid()), "");
    assert_eq!(
        (stored.consent, stored.contact.state, stored.contact.version),
        (Consent::NONE, State::Unknown, 0)
    );
}
