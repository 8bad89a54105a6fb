//! Every error that WhatsApp documents, met by a message in every state: what becomes of the message, its person, its number and its
//! campaign, and that nothing with a known outcome is sent twice.

use domain::campaign::{CampaignState, Command, PauseReason};
use domain::consent::State;
use domain::contact::OutgoingMessage;
use domain::inbound::Delivery;
use domain::outbound::SendState;
use domain::permit::Reason;
use domain::time::Span;
use emulator::{ErrorFault, Faults};
use service::campaigns::{self, AudienceChoice, CampaignDraft};

use crate::shop::{Shop, za};
use crate::webhook;

/// What an error means for the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It comes again later, and is given up after the tenth try.
    Again,
    /// The number rests, and the message with it, however often.
    Rest,
    /// It failed for good.
    Fail,
    /// It is left out, for this reason.
    Skip(Reason),
    /// Nobody knows: it is never sent again.
    Unknown,
}
use Fate::{Again, Fail, Rest, Skip, Unknown};

/// Meta's table of error codes, as far as an answer to a send can hold them.
const TABLE: &[(&[u32], Fate)] = &[
    (&[0, 3, 10, 190, 200, 299, 368], Rest),
    (&[131_005, 131_031, 131_042, 131_045, 131_048, 131_064, 133_010, 133_015, 134_011], Rest),
    (&[4, 80_007, 130_429, 131_056, 131_057, 134_101], Again),
    (&[1, 2, 131_000, 131_016, 133_004], Unknown),
    (&[131_047], Skip(Reason::WindowClosed)),
    (&[130_472, 131_049], Skip(Reason::Capped)),
    (&[131_026, 131_050], Fail),
    (&[33, 100, 130_403, 130_497, 131_008, 131_009, 131_021, 131_030], Fail),
    (&[131_051, 131_052, 131_053, 131_055, 131_062, 131_063, 134_100, 135_000, 137_000, 139_100], Fail),
    (&[132_000, 132_001, 132_005, 132_007, 132_012, 132_015, 132_016, 132_068, 132_069, 134_102], Fail),
];

/// Errors that every other message of a campaign would meet as well.
fn lets_a_campaign_rest(code: u32, fate: Fate) -> Option<PauseReason> {
    match fate {
        Rest => Some(PauseReason::Connection),
        Fail if matches!(code, 131_063 | 132_000..=132_999 | 134_102) => Some(PauseReason::Template),
        _ => None,
    }
}

fn codes() -> impl Iterator<Item = (u32, Fate)> {
    TABLE.iter().flat_map(|(codes, fate)| codes.iter().map(|code| (*code, *fate)))
}

fn refusing(code: u32) -> Faults {
    Faults { errors: vec![ErrorFault { code, rate: 1.0, http_status: None }], ..Faults::default() }
}

/// Lifts every fault, lets the number's rest and every pause pass, and sends what is due.
async fn a_day_without_faults(shop: &Shop) {
    shop.faults(Faults::default());
    shop.advance(Span::days(1));
    shop.dispatch().await;
}

async fn rests(shop: &Shop) -> Option<String> {
    service::connections::list(shop.service(), &shop.owner).await.unwrap().remove(0).paused
}

/// A message that WhatsApp accepted, and how far it is known to have got.
async fn reached(shop: &Shop, n: u32, words: &[&str]) -> (OutgoingMessage, String) {
    shop.faults(Faults { lost_statuses: 1.0, ..Faults::default() });
    let id = shop.subscriber(&za(n)).await;
    let message = shop.marketing(id).await.unwrap();
    shop.dispatch().await;
    let message = shop.message(&message).await;
    let wamid = message.wamid.clone().unwrap();
    for word in words {
        let status = webhook::status(&wamid, word, shop.now(), None);
        shop.receive(&webhook::statuses(vec![status])).await.unwrap();
    }
    (message, wamid)
}

rules! {
    async fn every_refusal_of_a_first_try_does_what_the_table_says_and_nothing_leaves_twice(shop) {
        for (n, (code, fate)) in (1..).zip(codes()) {
            let id = shop.subscriber(&za(n)).await;
            let message = shop.marketing(id).await.unwrap();
            shop.faults(refusing(code));
            shop.dispatch().await;
            let now = shop.message(&message).await;
            let expected = match fate {
                Again | Rest => (SendState::Pending, None),
                Fail => (SendState::Failed, None),
                Skip(reason) => (SendState::Skipped, Some(reason)),
                Unknown => (SendState::Unknown, None),
            };
            assert_eq!((now.status, now.reason), expected, "{code}");
            if fate != Unknown {
                assert_eq!(now.error_code, Some(i64::from(code)), "{code} is named");
            }
            let resting = (fate == Rest).then(|| code.to_string());
            assert_eq!(rests(shop).await, resting, "{code}");
            let contact = shop.contact(&za(n)).await;
            assert_eq!(contact.native_stop, code == 131_050, "{code}");
            assert_eq!(contact.state, State::OptedIn, "{code}: no error is an opt-out of another kind");
            a_day_without_faults(shop).await;
            let then = shop.message(&message).await.status;
            let tries = shop.requests_to(&za(n)).len();
            match fate {
                Again | Rest => assert_eq!((then, tries), (SendState::Sent, 2), "{code}"),
                _ => assert_eq!((then, tries), (expected.0, 1), "{code}"),
            }
        }
    }

    async fn every_refusal_of_a_last_try_ends_it_but_for_a_number_that_rests(shop) {
        for (n, (code, fate)) in (1..).zip(codes()) {
            let id = shop.subscriber(&za(n)).await;
            let message = shop.marketing(id).await.unwrap();
            let nine = "update message_out set attempts = 9 where state = 'pending'";
            shop.execute(nine, nine).await.unwrap();
            shop.faults(refusing(code));
            shop.dispatch().await;
            let expected = match fate {
                Rest => SendState::Pending,
                Again | Fail => SendState::Failed,
                Skip(_) => SendState::Skipped,
                Unknown => SendState::Unknown,
            };
            assert_eq!(shop.message(&message).await.status, expected, "{code}");
            a_day_without_faults(shop).await;
            let then = shop.message(&message).await.status;
            assert_eq!(then, if fate == Rest { SendState::Sent } else { expected }, "{code}");
        }
    }

    async fn every_refusal_of_a_campaigns_message_spares_the_others_what_they_would_meet_too(shop) {
        shop.subscriber(&za(1)).await;
        for (n, (code, fate)) in (1..).zip(codes()) {
            if code == 131_050 {
                // The only subscriber would stop for good: the first test has it.
                continue;
            }
            let draft = CampaignDraft {
                name: format!("Campaign {n}"),
                template: "spring_sale".into(),
                language: "en".into(),
                variables: Vec::new(),
                audience: AudienceChoice::All,
                schedule_at: None,
                connection: None,
            };
            let (campaign, _) = campaigns::create(shop.service(), &shop.owner, draft).await.unwrap();
            shop.advance(Span::seconds(1));
            campaigns::command(shop.service(), &shop.owner, campaign.id, Command::Launch).await.unwrap();
            shop.faults(refusing(code));
            shop.dispatch().await;
            let report = campaigns::report(shop.service(), &shop.owner, campaign.id).await.unwrap();
            let rest = lets_a_campaign_rest(code, fate);
            assert_eq!(report.campaign.pause_reason, rest, "{code}");
            let state = match (rest, fate) {
                (Some(_), _) => CampaignState::Paused,
                (None, Again) => CampaignState::Running,
                _ => CampaignState::Finished,
            };
            assert_eq!(report.campaign.state, state, "{code}");
            let counts = report.counts;
            let everybody = counts.pending + counts.sent + counts.failed + counts.unknown + counts.skipped.values().sum::<i64>();
            assert_eq!((everybody, counts.audience), (1, 1), "{code}: everybody is in exactly one count");
            a_day_without_faults(shop).await;
            if report.campaign.state == CampaignState::Paused {
                campaigns::command(shop.service(), &shop.owner, campaign.id, Command::Cancel).await.unwrap();
            }
        }
    }

    async fn every_failure_by_status_counts_unless_the_message_had_arrived(shop) {
        let stages: [(&[&str], bool); 4] = [
            (&[], true),
            (&["sent"], true),
            (&["sent", "delivered"], false),
            (&["sent", "delivered", "read"], false),
        ];
        let mut n = 0;
        for (code, _) in codes() {
            for (words, counts) in stages {
                n += 1;
                let (message, wamid) = reached(shop, n, words).await;
                let failed = webhook::failed(&wamid, i64::from(code), shop.now(), None);
                for _ in 0..2 {
                    shop.receive(&webhook::statuses(vec![failed.clone()])).await.unwrap();
                }
                let now = shop.message(&message).await;
                let last = words.last().and_then(|word| Delivery::from_meta(word));
                let expected = if counts { Some(Delivery::Failed) } else { last };
                assert_eq!(now.delivery, expected, "{code} after {words:?}");
                assert_eq!(now.status, SendState::Sent, "{code}: it was handed over once, whatever became of it");
                assert_eq!(shop.contact(&za(n)).await.native_stop, code == 131_050, "{code} after {words:?}");
                shop.advance(Span::seconds(90));
                shop.dispatch().await;
                assert_eq!(shop.requests_to(&za(n)).len(), 1, "{code} after {words:?}: never again");
            }
        }
    }
}
