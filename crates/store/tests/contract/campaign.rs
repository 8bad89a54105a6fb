use std::collections::{BTreeMap, HashMap};

use domain::campaign::{Audience, CampaignState, Counts, PauseReason, Preview, RecipientOutcome};
use domain::consent::{SignalKind, State};
use domain::id::{ContactId, MessageId};
use domain::inbound::Delivery;
use domain::kind::MessageKind;
use domain::outbound::SendState;
use domain::permit::{FrequencyCap, Policy, Reachable, Reason, Standing};
use domain::time::{Span, Timestamp};
use store::Tx;
use store::campaign::*;
use store::contact;
use store::contact::StoredContact;
use store::outbox::*;

use crate::world::*;

/// After everybody the tests make.
fn end() -> ContactId {
    ContactId::from_uuid(uuid::Uuid::max())
}

async fn freeze(tx: &mut Tx, stored: &StoredCampaign, limit: i64) -> u64 {
    let (id, audience) = (stored.campaign.id, &stored.campaign.audience);
    freeze_recipients(tx, stored.business, id, audience, &Policy::default(), |_| None, end(), limit, at(5))
        .await
        .unwrap()
}

/// One person of every standing there is, some of them twice with another history.
fn everybody(world: &World) -> Vec<StoredContact> {
    let histories: [&[SignalKind]; 5] = [
        &[],
        &[SignalKind::Start],
        &[SignalKind::OptIn],
        &[SignalKind::OptIn, SignalKind::OptOut],
        &[SignalKind::OptIn, SignalKind::Hold],
    ];
    let mut people = Vec::new();
    for history in histories {
        for bits in 0..32_u8 {
            let bit = |bit: u8| bits & bit != 0;
            let mut person = named(world.business, "");
            let stop = if bit(1) { vec![SignalKind::NativeStop] } else { vec![] };
            person.set_consent(consent_of(&[history, &stop].concat()));
            person.contact.phone = Some(phone(&format!("+2782{:07}", people.len())));
            person.contact.blocked = bit(2);
            person.contact.country = Some(if bits % 5 == 0 { "US" } else { "BR" }.to_owned());
            person.contact.erased = bit(4);
            person.contact.invalid = bit(8);
            person.contact.expires_at =
                if bit(16) { Some(at(10)) } else { Some(at(11)).filter(|_| bits % 3 == 0) };
            people.push(person);
        }
    }
    people
}

contract! {
    async fn a_campaign_comes_back_as_it_was_written(db: &Db) {
        let world = World::new(db).await;
        let mut stored = a_campaign(&world, Audience::Filter { state: Some(State::OptedIn), search: Some(NASTY.into()) });
        commit!(db, tx => insert_campaign(tx, &stored).await.unwrap());
        assert_eq!(read!(db, tx => find_campaign(tx, world.business, stored.campaign.id).await.unwrap()), Some(stored.clone()));
        assert_eq!(read!(db, tx => find_campaign(tx, world.other, stored.campaign.id).await.unwrap()), None);
        stored.campaign.name = "Autumn".into();
        stored.campaign.audience = Audience::Tags(vec!["a".into(), NASTY.into()]);
        stored.campaign.state = CampaignState::Paused;
        stored.campaign.pause_reason = Some(PauseReason::Template);
        stored.campaign.schedule_at = Some(at(1));
        stored.campaign.launched_at = Some(at(2));
        stored.campaign.frozen_at = Some(at(3));
        stored.campaign.finished_at = Some(at(4));
        stored.at_launch =
            Some(Preview { audience: 3, reachable: 2, skipped: BTreeMap::from([(Reason::OptedOut, 1)]) });
        commit!(db, tx => update_campaign(tx, &stored).await.unwrap());
        assert_eq!(commit!(db, tx => load_campaign(tx, stored.campaign.id).await.unwrap()), Some(stored));
    }

    async fn campaigns_are_listed_newest_first_and_active_ones_oldest_first(db: &Db) {
        let world = World::new(db).await;
        let states = [
            (CampaignState::Draft, None), (CampaignState::Running, None), (CampaignState::Scheduled, Some(at(10))),
            (CampaignState::Scheduled, Some(at(11))), (CampaignState::Paused, None), (CampaignState::Running, None),
            (CampaignState::Finished, None), (CampaignState::Cancelled, None),
        ];
        let mut ids = Vec::new();
        for (state, schedule_at) in states {
            let mut stored = a_campaign(&world, Audience::All);
            (stored.campaign.state, stored.campaign.schedule_at) = (state, schedule_at);
            commit!(db, tx => insert_campaign(tx, &stored).await.unwrap());
            ids.push(stored.campaign.id);
        }
        let listed = |found: Vec<StoredCampaign>| found.into_iter().map(|one| one.campaign.id).collect::<Vec<_>>();
        read!(db, tx => {
            let newest = listed(list_campaigns(tx, world.business, None, 3).await.unwrap());
            assert_eq!(newest, [ids[7], ids[6], ids[5]]);
            assert_eq!(listed(list_campaigns(tx, world.business, Some(ids[1]), 3).await.unwrap()), [ids[0]]);
            assert_eq!(list_campaigns(tx, world.other, None, 3).await.unwrap(), []);
            assert_eq!(listed(list_active(tx, world.connection, at(10)).await.unwrap()), [ids[1], ids[2], ids[5]]);
            assert_eq!(list_active(tx, world.other_connection, at(10)).await.unwrap(), []);
        });
    }

    /// The database computes a standing from columns as `Standing::of` does from a contact: the decision for a million people
    /// is the decision for each of them.
    async fn everybody_is_decided_about_as_one_person_would_be(db: &Db) {
        let world = World::new(db).await;
        let mut people = everybody(&world);
        let mut nameless = named(world.business, "nobody");
        nameless.set_consent(consent_of(&[SignalKind::OptIn]));
        let merged = StoredContact { merged_into: Some(people[0].contact.id), ..named(world.business, "merged") };
        let stored = a_campaign(&world, Audience::All);
        commit!(db, tx => {
            contact::insert_contacts(tx, &people).await.unwrap();
            contact::insert_contacts(tx, &[nameless.clone(), merged]).await.unwrap();
            insert_campaign(tx, &stored).await.unwrap();
        });
        world.stranger(db, "of another business").await;
        let (id, now) = (stored.campaign.id, at(10));
        // Without a number or a user id nobody can be reached: as if erased.
        nameless.contact.erased = true;
        people.push(nameless);
        for reachable in [Reachable::OptedIn, Reachable::NotOptedOut] {
            for kind in [MessageKind::Marketing, MessageKind::Utility] {
                let policy = Policy { reachable, skip_us_numbers: kind == MessageKind::Marketing, ..Policy::default() };
                let refusal = |standing: Standing| standing.refusal(kind, &policy, now);
                let mut tx = db.write().await.unwrap();
                let taken = freeze_recipients(
                    &mut tx, world.business, id, &Audience::All, &policy, refusal, end(), 1_000, now).await.unwrap();
                assert_eq!(usize::try_from(taken).unwrap(), people.len());
                let mut counted: HashMap<Option<Reason>, i64> = HashMap::new();
                for (standing, count) in
                    count_audience(&mut tx, world.business, id, &Audience::All, &policy, now).await.unwrap()
                {
                    *counted.entry(refusal(standing)).or_default() += count;
                }
                let listed = list_recipients(&mut tx, id, false, None, None, None, 1_000).await.unwrap();
                assert_eq!(listed.len(), people.len());
                let mut expected: HashMap<Option<Reason>, i64> = HashMap::new();
                for person in &people {
                    let decided = refusal(Standing::of(&person.contact.gate(), &policy, now));
                    *expected.entry(decided).or_default() += 1;
                    let found = listed.iter().find(|one| one.contact == person.contact.id).unwrap();
                    assert_eq!(found.reason, decided, "{:?}", person.contact.gate());
                    let outcome = decided.map_or(RecipientOutcome::Pending, |_| RecipientOutcome::Skipped);
                    assert_eq!(found.outcome, outcome);
                }
                assert_eq!(counted, expected);
                for (reason, count) in expected {
                    let standings: Vec<_> = Standing::all().filter(|one| refusal(*one) == reason).collect();
                    let of = list_audience(
                        &mut tx, world.business, id, &Audience::All, &standings, None, 1_000, &policy, now).await.unwrap();
                    assert_eq!(i64::try_from(of.len()).unwrap(), count, "{reason:?}");
                }
                drop(tx);
            }
        }
    }

    async fn an_audience_is_taken_in_portions_and_nobody_twice(db: &Db) {
        let world = World::new(db).await;
        let stored = a_campaign(&world, Audience::All);
        commit!(db, tx => insert_campaign(tx, &stored).await.unwrap());
        let mut ids = Vec::new();
        for n in 0..7 {
            ids.push(world.person(db, &format!("Person {n}")).await);
        }
        for taken in [3, 3, 1, 0] {
            assert_eq!(commit!(db, tx => freeze(tx, &stored, 3).await), taken);
        }
        // They have no number, so `|_| None` is what was decided, not their standing.
        assert_eq!(read!(db, tx => next_recipients(tx, stored.campaign.id, at(5), 100).await.unwrap()), ids);
        let later = a_campaign(&world, Audience::All);
        commit!(db, tx => {
            insert_campaign(tx, &later).await.unwrap();
            let (id, audience) = (later.campaign.id, &later.campaign.audience);
            let taken = freeze_recipients(
                tx, world.business, id, audience, &Policy::default(), |_| None, ids[4], 100, at(5)).await.unwrap();
            assert_eq!(taken, 4, "whoever was made after the launch is not part of it");
            assert!(is_recipient(tx, id, ids[3]).await.unwrap());
            assert!(!is_recipient(tx, id, ids[4]).await.unwrap());
        });
    }

    async fn labels_filters_and_lists_choose_people(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let ben = world.person(db, "Ben").await;
        let cem = world.person(db, "Cem").await;
        let mut out = named(world.business, "Ana-Maria");
        out.set_consent(consent_of(&[SignalKind::OptIn, SignalKind::OptOut]));
        let stored = a_campaign(&world, Audience::List(0));
        let id = stored.campaign.id;
        commit!(db, tx => {
            contact::insert_contacts(tx, std::slice::from_ref(&out)).await.unwrap();
            let tags = [(ana, "vip".to_owned()), (ana, NASTY.to_owned()), (ben, NASTY.to_owned())];
            contact::insert_tags(tx, world.business, &tags).await.unwrap();
            insert_campaign(tx, &stored).await.unwrap();
            insert_members(tx, id, &[cem, ana, cem]).await.unwrap();
            insert_members(tx, id, &[ana]).await.unwrap();
            insert_members(tx, id, &[]).await.unwrap();
            assert_eq!(count_members(tx, id).await.unwrap(), 2);
        });
        let everyone: Vec<_> = Standing::all().collect();
        let policy = Policy::default();
        let tags = |tags: &[&str]| Audience::Tags(tags.iter().map(|tag| (*tag).to_owned()).collect());
        let filter = |state, search: Option<&str>| Audience::Filter { state, search: search.map(str::to_owned) };
        for (audience, expected) in [
            (Audience::All, vec![ana, ben, cem, out.contact.id]),
            (tags(&["vip"]), vec![ana]),
            (tags(&["vip", NASTY, "none"]), vec![ana, ben]),
            (tags(&["none"]), vec![]),
            (Audience::List(2), vec![ana, cem]),
            (filter(None, Some("ana")), vec![ana, out.contact.id]),
            (filter(Some(State::OptedOut), Some("ana")), vec![out.contact.id]),
            (filter(Some(State::Unknown), None), vec![ana, ben, cem]),
        ] {
            read!(db, tx => {
                let people = list_audience(tx, world.business, id, &audience, &everyone, None, 9, &policy, at(0)).await.unwrap();
                let mut found: Vec<_> = people.iter().map(|person| person.contact.id).collect();
                found.sort();
                assert_eq!(found, expected, "{audience:?}");
                let counted = count_audience(tx, world.business, id, &audience, &policy, at(0)).await.unwrap();
                assert_eq!(usize::try_from(counted.iter().map(|(_, n)| n).sum::<i64>()).unwrap(), expected.len());
            });
        }
        commit!(db, tx => delete_members(tx, id).await.unwrap());
        assert_eq!(read!(db, tx => count_members(tx, id).await.unwrap()), 0);
    }

    async fn everybody_is_counted_once_wherever_they_stand(db: &Db) {
        let world = World::new(db).await;
        let stored = a_campaign(&world, Audience::All);
        let id = stored.campaign.id;
        let mut people = Vec::new();
        for n in 0..11 {
            people.push(world.person(db, &format!("Person {n}")).await);
        }
        let message = |person: usize| NewMessage {
            campaign: Some(id),
            ..world.message(people[person], MessageKind::Marketing)
        };
        let messages: Vec<_> = (0..8).map(message).collect();
        let settle = |n: usize, state: SendState, reason| Settled {
            id: messages[n].id, state, wamid: Some(format!("wamid.{n}")), sent_at: Some(at(20)), not_before: None,
            skip_reason: reason, error_code: None, consent_version: Some(1),
        };
        let progress = |n: usize, delivery| Progress {
            id: messages[n].id, delivery, at: at(30), wamid: format!("wamid.{n}"), error_code: None,
        };
        commit!(db, tx => {
            insert_campaign(tx, &stored).await.unwrap();
            assert_eq!(freeze(tx, &stored, 100).await, 11);
            insert_claimed_messages(tx, &messages, at(10)).await.unwrap();
            let mut turns: Vec<_> =
                messages.iter().map(|message| (message.contact, Turn::Queued(message.id))).collect();
            turns.push((people[8], Turn::Skipped(Reason::Held)));
            take_turns(tx, id, &turns, at(10)).await.unwrap();
            // Whose turn has come keeps what was decided.
            take_turns(tx, id, &[(people[8], Turn::Skipped(Reason::Blocked))], at(11)).await.unwrap();
            take_turns(tx, id, &[], at(11)).await.unwrap();
            settle_messages(tx, &[
                settle(1, SendState::Sent, None), settle(2, SendState::Sent, None), settle(3, SendState::Sent, None),
                settle(4, SendState::Sent, None), settle(5, SendState::Failed, None), settle(6, SendState::Unknown, None),
                settle(7, SendState::Skipped, Some(Reason::OptedOut)),
            ], at(21)).await.unwrap();
            advance_messages(tx, &[
                progress(2, Delivery::Delivered), progress(3, Delivery::Read), progress(4, Delivery::Failed),
            ]).await.unwrap();
        });
        let counts = read!(db, tx => count_outcomes(tx, id, false).await.unwrap());
        assert_eq!(counts, Counts {
            audience: 11, pending: 3, sent: 3, delivered: 2, read: 1, failed: 2, unknown: 1,
            skipped: BTreeMap::from([(Reason::OptedOut, 1), (Reason::Held, 1)]),
        });
        assert_eq!(counts.done(), 8);
        for (outcome, reason, expected) in [
            (None, None, (0..11).collect::<Vec<_>>()),
            (Some(RecipientOutcome::Pending), None, vec![0, 9, 10]),
            (Some(RecipientOutcome::Sent), None, vec![1, 2, 3]),
            (Some(RecipientOutcome::Delivered), None, vec![2, 3]),
            (Some(RecipientOutcome::Read), None, vec![3]),
            (Some(RecipientOutcome::Failed), None, vec![4, 5]),
            (Some(RecipientOutcome::Unknown), None, vec![6]),
            (Some(RecipientOutcome::Skipped), None, vec![7, 8]),
            (Some(RecipientOutcome::Skipped), Some(Reason::OptedOut), vec![7]),
            (Some(RecipientOutcome::Skipped), Some(Reason::Held), vec![8]),
            (Some(RecipientOutcome::Skipped), Some(Reason::Blocked), vec![]),
        ] {
            read!(db, tx => {
                let expected: Vec<_> = expected.iter().map(|n: &usize| people[*n]).collect();
                let all = list_recipients(tx, id, false, outcome, reason, None, 50).await.unwrap();
                assert_eq!(all.iter().map(|one| one.contact).collect::<Vec<_>>(), expected, "{outcome:?} {reason:?}");
                let mut paged = Vec::new();
                loop {
                    let page =
                        list_recipients(tx, id, false, outcome, reason, paged.last().copied(), 2).await.unwrap();
                    paged.extend(page.iter().map(|one| one.contact));
                    if page.len() < 2 {
                        break;
                    }
                }
                assert_eq!(paged, expected, "in pages: {outcome:?} {reason:?}");
            });
        }
        assert!(read!(db, tx => is_unfinished(tx, id).await.unwrap()));
        let cancelled = read!(db, tx => count_outcomes(tx, id, true).await.unwrap());
        assert_eq!((cancelled.audience, cancelled.pending), (11, 1), "the claimed one is on its way");
        assert_eq!(cancelled.skipped[&Reason::Cancelled], 2);
        read!(db, tx => {
            let left = list_recipients(
                tx, id, true, Some(RecipientOutcome::Skipped), Some(Reason::Cancelled), None, 50).await.unwrap();
            assert_eq!(left.iter().map(|one| (one.contact, one.reason)).collect::<Vec<_>>(),
                [(people[9], Some(Reason::Cancelled)), (people[10], Some(Reason::Cancelled))]);
        });
    }

    /// What was sent lately counts the same for one person and for a million.
    async fn the_frequency_cap_counts_what_was_sent(db: &Db) {
        let world = World::new(db).await;
        let mut people = Vec::new();
        for n in 0..4 {
            let mut person = named(world.business, &format!("Person {n}"));
            person.contact.phone = Some(phone(&format!("+27821230{n:03}")));
            person.set_consent(consent_of(&[SignalKind::OptIn]));
            people.push(person);
        }
        let ids: Vec<_> = people.iter().map(|person| person.contact.id).collect();
        let stored = a_campaign(&world, Audience::All);
        let sent = |person: usize, seconds, kind| NewMessage { created_at: at(seconds), ..world.message(ids[person], kind) };
        use MessageKind::{Marketing, Utility};
        let messages = [
            sent(0, 50, Marketing), sent(0, 60, Marketing), sent(1, 60, Marketing), sent(1, 60, Utility),
            sent(2, 50, Marketing), sent(2, -86_400, Marketing),
        ];
        commit!(db, tx => {
            contact::insert_contacts(tx, &people).await.unwrap();
            insert_campaign(tx, &stored).await.unwrap();
            insert_claimed_messages(tx, &messages, at(60)).await.unwrap();
            // Waiting for its turn is not sent.
            insert_messages(tx, &[sent(1, 60, Marketing)]).await.unwrap();
        });
        let cap = FrequencyCap { messages: 2, days: 1 };
        let policy = Policy { frequency_cap: Some(cap), ..Policy::default() };
        let now = at(100);
        read!(db, tx => {
            let mut counted = count_marketing(tx, &ids, cap.since(now)).await.unwrap();
            counted.sort_unstable();
            assert_eq!(counted, [(ids[0], 2), (ids[1], 1), (ids[2], 1)]);
            assert_eq!(count_marketing(tx, &[], cap.since(now)).await.unwrap(), []);
            let id = stored.campaign.id;
            let standings: Vec<_> = Standing::all()
                .filter(|one| one.refusal(Marketing, &policy, now) == Some(Reason::FrequencyCap)).collect();
            let capped = list_audience(
                tx, world.business, id, &Audience::All, &standings, None, 9, &policy, now).await.unwrap();
            assert_eq!(capped.iter().map(|one| one.contact.id).collect::<Vec<_>>(), [ids[0]]);
        });
    }

    async fn whose_turn_comes_later_waits_and_the_others_do_not(db: &Db) {
        let world = World::new(db).await;
        let stored = a_campaign(&world, Audience::All);
        let id = stored.campaign.id;
        let (ana, ben) = (world.person(db, "Ana").await, world.person(db, "Ben").await);
        commit!(db, tx => {
            insert_campaign(tx, &stored).await.unwrap();
            assert_eq!(freeze(tx, &stored, 9).await, 2);
            take_turns(tx, id, &[(ana, Turn::Deferred(at(50)))], at(6)).await.unwrap();
            assert_eq!(next_recipients(tx, id, at(49), 9).await.unwrap(), [ben]);
            assert_eq!(next_recipients(tx, id, at(50), 9).await.unwrap(), [ben, ana]);
            assert_eq!(count_outcomes(tx, id, false).await.unwrap().pending, 2);
            assert!(is_unfinished(tx, id).await.unwrap());
        });
    }

    async fn messages_that_wait_rest_with_their_campaign(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let stored = a_campaign(&world, Audience::All);
        let id = stored.campaign.id;
        let of_campaign = NewMessage { campaign: Some(id), ..world.message(ana, MessageKind::Marketing) };
        let own = world.message(ana, MessageKind::Service);
        let never = Timestamp::from_micros(i64::MAX);
        commit!(db, tx => {
            insert_campaign(tx, &stored).await.unwrap();
            insert_messages(tx, &[of_campaign.clone(), own.clone()]).await.unwrap();
            defer_messages(tx, id, never).await.unwrap();
            let claimed = claim_messages(tx, world.connection, at(0) + Span::days(3_000), 9).await.unwrap();
            assert_eq!(claimed.iter().map(|one| (one.id, one.campaign)).collect::<Vec<_>>(), [(own.id, None)]);
            assert!(is_unfinished(tx, id).await.unwrap());
            defer_messages(tx, id, at(1)).await.unwrap();
            let claimed = claim_messages(tx, world.connection, at(1), 9).await.unwrap();
            assert_eq!(claimed.iter().map(|one| (one.id, one.campaign)).collect::<Vec<_>>(), [(of_campaign.id, Some(id))]);
            cancel_messages(tx, id, at(2)).await.unwrap();
            assert_eq!(count_outcomes(tx, id, true).await.unwrap().pending, 1, "what is claimed is on its way");
        });
        let retried: MessageId = of_campaign.id;
        commit!(db, tx => {
            let again = Settled {
                id: retried, state: SendState::Pending, wamid: None, sent_at: None, not_before: Some(at(9)),
                skip_reason: None, error_code: Some(130_429), consent_version: Some(1),
            };
            settle_messages(tx, &[again], at(3)).await.unwrap();
            cancel_messages(tx, id, at(4)).await.unwrap();
            assert!(!is_unfinished(tx, id).await.unwrap());
            assert_eq!(count_outcomes(tx, id, true).await.unwrap().skipped, BTreeMap::from([(Reason::Cancelled, 1)]));
        });
    }
}
