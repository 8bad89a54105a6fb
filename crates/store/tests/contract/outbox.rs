use domain::consent::State;
use domain::contact::{Direction, OutgoingMessage};
use domain::id::{ContactId, MessageId};
use domain::inbound::Delivery;
use domain::kind::MessageKind;
use domain::outbound::{Content, ReplyButton, SendState};
use domain::permit::Reason;
use store::Db;
use store::outbox::*;

use crate::world::*;

const KINDS: [MessageKind; 5] = MessageKind::ALL;

fn contents() -> Vec<Content> {
    let button = |n: u8| ReplyButton { id: format!("{n}{NASTY}"), title: NASTY.into() };
    vec![
        Content::Text { body: NASTY.into() },
        Content::Text { body: long() },
        Content::Buttons { body: NASTY.into(), buttons: vec![button(1), button(2)] },
        Content::Template {
            name: "sale".into(),
            language: "pt_BR".into(),
            variables: vec![("1".into(), NASTY.into()), ("name".into(), String::new())],
            payloads: vec![NASTY.into()],
            rendered: NASTY.into(),
        },
    ]
}

fn settled(id: MessageId, state: SendState) -> Settled {
    Settled {
        id,
        state,
        wamid: None,
        sent_at: None,
        not_before: None,
        skip_reason: None,
        error_code: None,
        consent_version: None,
    }
}

fn progress(id: MessageId, delivery: Delivery, second: i64) -> Progress {
    Progress { id, delivery, at: at(second), wamid: format!("wamid.{id}"), error_code: None }
}

/// Stores a message and claims it.
async fn claimed(db: &Db, world: &World, contact: ContactId) -> MessageId {
    let message = world.message(contact, MessageKind::Service);
    commit!(db, tx => {
        insert_messages(tx, std::slice::from_ref(&message)).await.unwrap();
        assert_eq!(claim_messages(tx, world.connection, at(0), 1).await.unwrap().len(), 1);
    });
    message.id
}

async fn message(db: &Db, world: &World, id: MessageId) -> OutgoingMessage {
    read!(db, tx => find_message(tx, world.business, id).await.unwrap()).unwrap()
}

contract! {
    async fn messages_come_back_in_every_view(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let mut messages = Vec::new();
        for (n, content) in contents().into_iter().enumerate() {
            let mut message =
                NewMessage { content, created_by: NASTY.into(), ..world.message(ana, KINDS[n]) };
            message.context_wamid = (n == 1).then(|| NASTY.into());
            message.expires_at = (n == 2).then(|| at(i64::from(u32::MAX)));
            message.skipped = (n == 3).then_some(Reason::OptedOut);
            messages.push(message);
        }
        commit!(db, tx => {
            insert_messages(tx, &[]).await.unwrap();
            insert_messages(tx, &messages).await.unwrap();
        });
        let expected: Vec<_> = messages
            .iter()
            .rev()
            .map(|message| OutgoingMessage {
                id: message.id,
                contact_id: ana,
                kind: message.kind,
                status: if message.skipped.is_some() { SendState::Skipped } else { SendState::Pending },
                delivery: None,
                reason: message.skipped,
                error_code: None,
                wamid: None,
                created_at: at(0),
            })
            .collect();
        read!(db, tx => {
            assert_eq!(list_messages(tx, world.business, None, None, 9).await.unwrap(), expected);
            assert_eq!(list_messages(tx, world.business, Some(ana), None, 9).await.unwrap(), expected);
            assert_eq!(find_message(tx, world.business, messages[3].id).await.unwrap().as_ref(), Some(&expected[0]));
            let thread = list_outbound_of(tx, world.business, ana, 9).await.unwrap();
            for (shown, stored) in thread.iter().zip(messages.iter().rev()) {
                assert_eq!((shown.id, shown.at, shown.text.as_str()), (stored.id, at(0), stored.content.preview()));
            }
            assert_eq!(thread[0].direction, Direction::Out {
                kind: messages[3].kind,
                state: SendState::Skipped,
                delivery: None,
                skip_reason: Some(Reason::OptedOut),
                error_code: None,
            });
        });
        let claimed = commit!(db, tx => claim_messages(tx, world.connection, at(0), 9).await.unwrap());
        assert_eq!(claimed.len(), 3, "what was decided against does not leave");
        for message in &messages[..3] {
            let claim = claimed.iter().find(|claim| claim.id == message.id).unwrap();
            assert_eq!(
                claim,
                &Claimed {
                    id: message.id,
                    business: message.business,
                    contact: message.contact,
                    kind: message.kind,
                    content: message.content.clone(),
                    context_wamid: message.context_wamid.clone(),
                    expires_at: message.expires_at,
                    attempts: 1,
                    created_at: message.created_at,
                    campaign: None,
                }
            );
        }
        assert_eq!(raw_text(db, "select max(created_by) from message_out").await.as_deref(), Some(NASTY));
    }

    async fn pages_of_messages_are_cut_where_asked(db: &Db) {
        let world = World::new(db).await;
        let (ana, bob) = (world.person(db, "Ana").await, world.person(db, "Bob").await);
        let messages: Vec<_> =
            (0..500).map(|n| world.message([ana, bob][n % 2], MessageKind::Utility)).collect();
        commit!(db, tx => insert_messages(tx, &messages).await.unwrap());
        let ids = |list: Vec<OutgoingMessage>| list.into_iter().map(|one| one.id).collect::<Vec<_>>();
        read!(db, tx => {
            assert_eq!(list_messages(tx, world.business, None, None, 1_000).await.unwrap().len(), 500);
            let page = list_messages(tx, world.business, None, Some(messages[2].id), 9).await.unwrap();
            assert_eq!(ids(page), [messages[1].id, messages[0].id]);
            let page = list_messages(tx, world.business, Some(bob), Some(messages[5].id), 1).await.unwrap();
            assert_eq!(ids(page), [messages[3].id]);
            assert_eq!(list_outbound_of(tx, world.business, ana, 7).await.unwrap().len(), 7);
        });
    }

    async fn another_business_sees_no_message(db: &Db) {
        let world = World::new(db).await;
        let id = claimed(db, &world, world.person(db, "Ana").await).await;
        let contact = message(db, &world, id).await.contact_id;
        commit!(db, tx => settle_messages(tx, &[settled(id, SendState::Failed)], at(9)).await.unwrap());
        read!(db, tx => {
            assert_eq!(find_message(tx, world.other, id).await.unwrap(), None);
            assert_eq!(list_messages(tx, world.other, None, None, 9).await.unwrap(), []);
            assert_eq!(list_messages(tx, world.other, Some(contact), None, 9).await.unwrap(), []);
            assert_eq!(list_outbound_of(tx, world.other, contact, 9).await.unwrap(), []);
            assert_eq!(count_failed(tx, world.other, uuid::Uuid::nil()).await.unwrap(), 0);
            assert_eq!(count_failed(tx, world.business, uuid::Uuid::nil()).await.unwrap(), 1);
        });
    }

    async fn what_became_of_a_message_is_written_down(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let mut outcomes = Vec::new();
        for state in
            [SendState::Sent, SendState::Failed, SendState::Unknown, SendState::Skipped, SendState::Pending]
        {
            outcomes.push(settled(claimed(db, &world, ana).await, state));
        }
        outcomes[0].wamid = Some(NASTY.into());
        outcomes[0].sent_at = Some(at(5));
        outcomes[0].consent_version = Some(3);
        outcomes[1].error_code = Some(131_026);
        outcomes[3].skip_reason = Some(Reason::Late);
        outcomes[4].not_before = Some(at(60));
        commit!(db, tx => {
            settle_messages(tx, &[], at(9)).await.unwrap();
            settle_messages(tx, &outcomes, at(9)).await.unwrap();
        });
        for outcome in &outcomes {
            let found = message(db, &world, outcome.id).await;
            assert_eq!(
                (found.status, found.wamid, found.reason, found.error_code),
                (outcome.state, outcome.wamid.clone(), outcome.skip_reason, outcome.error_code)
            );
        }
        commit!(db, tx => {
            assert_eq!(next_due(tx, world.connection).await.unwrap(), Some(at(60)));
            assert_eq!(claim_messages(tx, world.connection, at(59), 9).await.unwrap(), []);
            let again = claim_messages(tx, world.connection, at(60), 9).await.unwrap();
            assert_eq!(again.iter().map(|claim| (claim.id, claim.attempts)).collect::<Vec<_>>(), [(outcomes[4].id, 2)]);
        });
    }

    async fn the_last_codes_are_of_what_is_known_newest_first(db: &Db) {
        let world = World::new(db).await;
        let (ana, ben) = (world.person(db, "Ana").await, world.person(db, "Ben").await);
        let last = async |limit| read!(db, tx => last_codes(tx, ana, limit).await.unwrap());
        assert_eq!(last(3).await, []);
        for (state, error_code) in [
            (SendState::Failed, Some(131_026)),
            (SendState::Sent, None),
            (SendState::Skipped, None),
            (SendState::Failed, Some(131_047)),
        ] {
            let outcome = Settled { error_code, ..settled(claimed(db, &world, ana).await, state) };
            commit!(db, tx => settle_messages(tx, &[outcome], at(9)).await.unwrap());
        }
        claimed(db, &world, ana).await;
        let other = Settled { error_code: Some(1), ..settled(claimed(db, &world, ben).await, SendState::Failed) };
        commit!(db, tx => settle_messages(tx, &[other], at(9)).await.unwrap());
        assert_eq!(last(9).await, [Some(131_047), None, Some(131_026)]);
        assert_eq!(last(2).await, [Some(131_047), None]);
        let accepted = claimed(db, &world, ana).await;
        let sent = Settled { wamid: Some("wamid.1".into()), ..settled(accepted, SendState::Sent) };
        let failed = Progress { error_code: Some(131_026), ..progress(accepted, Delivery::Failed, 9) };
        commit!(db, tx => {
            settle_messages(tx, &[sent], at(9)).await.unwrap();
            advance_messages(tx, &[failed]).await.unwrap();
        });
        assert_eq!(last(1).await, [Some(131_026)], "a failure by status is one");
    }

    async fn settling_many_at_once(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let messages: Vec<_> = (0..500).map(|_| world.message(ana, MessageKind::Utility)).collect();
        commit!(db, tx => {
            insert_messages(tx, &messages).await.unwrap();
            let claims = claim_messages(tx, world.connection, at(0), 1_000).await.unwrap();
            let outcomes: Vec<_> = claims.iter().map(|claim| settled(claim.id, SendState::Sent)).collect();
            settle_messages(tx, &outcomes, at(9)).await.unwrap();
            let steps: Vec<_> = claims.iter().map(|claim| progress(claim.id, Delivery::Read, 1)).collect();
            advance_messages(tx, &steps).await.unwrap();
        });
        let list = read!(db, tx => list_messages(tx, world.business, None, None, 1_000).await.unwrap());
        assert_eq!(list.len(), 500);
        assert!(list.iter().all(|one| one.status == SendState::Sent && one.delivery == Some(Delivery::Read)));
    }

    async fn a_message_that_a_status_settled_stays_settled(db: &Db) {
        let world = World::new(db).await;
        let id = claimed(db, &world, world.person(db, "Ana").await).await;
        commit!(db, tx => advance_messages(tx, &[progress(id, Delivery::Delivered, 2)]).await.unwrap());
        let late =
            Settled { error_code: Some(1), not_before: Some(at(9)), ..settled(id, SendState::Pending) };
        commit!(db, tx => settle_messages(tx, &[late], at(9)).await.unwrap());
        let found = message(db, &world, id).await;
        assert_eq!(
            (found.status, found.delivery, found.error_code),
            (SendState::Sent, Some(Delivery::Delivered), None)
        );
        assert_eq!(found.wamid, Some(format!("wamid.{id}")));
    }

    async fn a_message_never_goes_back(db: &Db) {
        use Delivery::{Delivered, Failed, Played, Read, Sent};
        let world = World::new(db).await;
        let id = claimed(db, &world, world.person(db, "Ana").await).await;
        commit!(db, tx => advance_messages(tx, &[]).await.unwrap());
        for (second, (step, reached)) in (1..).zip([
            (Sent, Sent),
            (Failed, Failed),
            (Sent, Failed),
            (Delivered, Delivered),
            (Failed, Delivered),
            (Read, Read),
            (Delivered, Read),
            (Played, Played),
            (Read, Played),
        ]) {
            let error_code = (step == Failed).then_some(131_047 + second);
            let one = Progress { error_code, ..progress(id, step, second) };
            commit!(db, tx => advance_messages(tx, &[one]).await.unwrap());
            assert_eq!(message(db, &world, id).await.delivery, Some(reached), "after {step:?}");
        }
        assert_eq!(message(db, &world, id).await.error_code, Some(131_049), "of the failure that counted");
    }

    async fn a_status_settles_what_was_unknown_and_nothing_that_is_over(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        for (state, afterwards) in [
            (SendState::Unknown, SendState::Sent),
            (SendState::Sent, SendState::Sent),
            (SendState::Failed, SendState::Failed),
            (SendState::Skipped, SendState::Skipped),
        ] {
            let id = claimed(db, &world, ana).await;
            let known = Settled { wamid: Some("wamid.first".into()), ..settled(id, state) };
            commit!(db, tx => {
                settle_messages(tx, &[known], at(9)).await.unwrap();
                advance_messages(tx, &[progress(id, Delivery::Sent, 1)]).await.unwrap();
            });
            let found = message(db, &world, id).await;
            assert_eq!((found.status, found.delivery), (afterwards, Some(Delivery::Sent)));
            assert_eq!(found.wamid.as_deref(), Some("wamid.first"), "the id it has stays");
        }
    }

    async fn targets_are_found_by_either_id(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        let ids =
            [claimed(db, &world, ana).await, claimed(db, &world, ana).await, claimed(db, &world, ana).await];
        let known = Settled { wamid: Some(NASTY.into()), ..settled(ids[0], SendState::Sent) };
        commit!(db, tx => settle_messages(tx, &[known], at(9)).await.unwrap());
        let target = |id, wamid: Option<&str>| Target {
            id,
            business: world.business,
            contact: ana,
            wamid: wamid.map(str::to_owned),
            campaign: None,
        };
        let missing = MessageId::from_uuid(uuid());
        let wamids = [NASTY.to_owned(), "wamid.unknown".to_owned()];
        read!(db, tx => {
            assert_eq!(find_targets(tx, &[], &[]).await.unwrap(), []);
            assert_eq!(find_targets(tx, &[], &wamids).await.unwrap(), [target(ids[0], Some(NASTY))]);
            let mut both = find_targets(tx, &[ids[1], missing, ids[0]], &wamids).await.unwrap();
            both.sort_by_key(|target| target.id);
            assert_eq!(both, [target(ids[0], Some(NASTY)), target(ids[1], None)], "each once");
        });
    }

    async fn statuses_wait_for_their_message(db: &Db) {
        let parked = |wamid: &str, delivery, second, error_code| Parked {
            wamid: wamid.into(),
            delivery,
            at: at(second),
            error_code,
        };
        let mut waiting =
            vec![parked(NASTY, Delivery::Sent, 1, None), parked(NASTY, Delivery::Failed, 2, Some(131_050))];
        let other = parked("wamid.other", Delivery::Played, 3, None);
        let many: Vec<_> = (0..500).map(|n| parked(&format!("wamid.{n}"), Delivery::Read, n, None)).collect();
        commit!(db, tx => {
            park_statuses(tx, &[], at(10)).await.unwrap();
            park_statuses(tx, &waiting, at(10)).await.unwrap();
            park_statuses(tx, &[waiting[0].clone(), other.clone(), other.clone()], at(10)).await.unwrap();
            park_statuses(tx, &[parked(NASTY, Delivery::Sent, 99, None)], at(11)).await.unwrap();
            park_statuses(tx, &many, at(12)).await.unwrap();
            assert_eq!(take_parked(tx, &[]).await.unwrap(), []);
            let mut taken = take_parked(tx, &[NASTY.to_owned(), "wamid.unknown".to_owned()]).await.unwrap();
            taken.sort_by_key(|one| one.at);
            waiting.sort_by_key(|one| one.at);
            assert_eq!(taken, waiting, "the first report of a step counts");
            assert_eq!(take_parked(tx, &[NASTY.to_owned()]).await.unwrap(), [], "taken once");
            delete_old_parked(tx, at(10)).await.unwrap();
            assert_eq!(take_parked(tx, &["wamid.other".to_owned()]).await.unwrap(), [other]);
            delete_old_parked(tx, at(13)).await.unwrap();
            assert_eq!(take_parked(tx, &["wamid.1".to_owned()]).await.unwrap(), []);
        });
    }

    async fn waiting_failed_and_violating_messages_are_counted(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        assert_eq!(read!(db, tx => count_waiting(tx).await.unwrap()), []);
        let [early, failed, unknown] =
            [claimed(db, &world, ana).await, claimed(db, &world, ana).await, claimed(db, &world, ana).await];
        let [undelivered, _in_flight] = [claimed(db, &world, ana).await, claimed(db, &world, ana).await];
        commit!(db, tx => {
            settle_messages(tx, &[
                settled(early, SendState::Failed), settled(failed, SendState::Failed), settled(unknown, SendState::Unknown),
                settled(undelivered, SendState::Sent),
            ], at(9)).await.unwrap();
            advance_messages(tx, &[progress(undelivered, Delivery::Failed, 1)]).await.unwrap();
            let waiting = [world.message(ana, MessageKind::Utility), world.message(ana, MessageKind::Utility)];
            insert_messages(tx, &waiting).await.unwrap();
        });
        read!(db, tx => {
            assert_eq!(count_failed(tx, world.business, failed.uuid()).await.unwrap(), 3);
            assert_eq!(count_failed(tx, world.business, uuid()).await.unwrap(), 0);
            let mut waiting = count_waiting(tx).await.unwrap();
            waiting.sort();
            assert_eq!(waiting, [("claimed".to_owned(), 1), ("pending".to_owned(), 2)]);
        });
    }

    async fn marketing_sent_after_an_opt_out_is_a_violation(db: &Db) {
        let world = World::new(db).await;
        let ana = world.person(db, "Ana").await;
        // (what for, consent version of the decision, sent at): the opt-out is version 2 at second 10, the return 3 at 20.
        let cases = [
            (MessageKind::Marketing, 1, 5, 0, "before it"),
            (MessageKind::Marketing, 1, 15, 1, "after it, decided before"),
            (MessageKind::Utility, 1, 15, 0, "not marketing"),
            (MessageKind::Marketing, 1, 25, 0, "after the return"),
        ];
        let changes = [(State::OptedIn, 0), (State::OptedOut, 10), (State::OptedIn, 20)];
        crate::ledger::record_changes(db, world.business, ana, &changes).await;
        for (kind, version, second, violations, why) in cases {
            let message = world.message(ana, kind);
            let sent = Settled {
                sent_at: Some(at(second)),
                consent_version: Some(version),
                ..settled(message.id, SendState::Sent)
            };
            commit!(db, tx => {
                insert_messages(tx, std::slice::from_ref(&message)).await.unwrap();
                claim_messages(tx, world.connection, at(0), 1).await.unwrap();
                settle_messages(tx, &[sent], at(9)).await.unwrap();
            });
            let counted =
                read!(db, tx => count_violations(tx, world.business, message.id.uuid()).await.unwrap());
            assert_eq!(counted, violations, "{why}");
        }
        assert_eq!(read!(db, tx => count_violations(tx, world.other, uuid::Uuid::nil()).await.unwrap()), 0);
    }
}
