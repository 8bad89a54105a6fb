//! Sending (R45, R46): blocked people, retries, unknown outcomes, a refused number.

use domain::consent::State;
use domain::kind::MessageKind;
use domain::outbound::SendState;
use domain::permit::Reason;
use domain::time::Span;
use emulator::{ErrorFault, Faults, HttpFault, Inbound, TemplateStatus};
use service::messages::{Send, SendContent, To};

use crate::shop::{Shop, problems, refusal, za};
use crate::webhook::{self, Names};

fn refusing(code: u32) -> Faults {
    Faults { errors: vec![ErrorFault { code, rate: 1.0, http_status: None }], ..Faults::default() }
}

rules! {
    async fn r45_after_stop_utility_and_service_go_out_and_marketing_does_not(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "STOP").await;
        let before = shop.sent_to(&za(1)).len();
        assert_eq!(refusal(shop.marketing(id).await), Reason::OptedOut);
        assert_eq!(refusal(shop.text(id, MessageKind::Marketing, "New cakes!").await), Reason::OptedOut);
        shop.utility(id).await.unwrap();
        shop.answer(id, "Your bread is ready.").await.unwrap();
        shop.text(id, MessageKind::Authentication, "Your code is 123456").await.unwrap();
        shop.dispatch().await;
        let mut sent = shop.sent_to(&za(1)).split_off(before);
        sent.sort();
        assert_eq!(sent, ["Your bread is ready.", "Your code is 123456", "order_confirmation"]);
        for message in shop.outbox(id).await {
            assert_eq!(message.status, SendState::Sent);
        }
    }

    async fn a_marketing_template_is_marketing_whatever_it_is_called(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "STOP").await;
        let disguised = shop.template(id, MessageKind::Utility, "spring_sale").await;
        assert_eq!(refusal(disguised), Reason::OptedOut);
    }

    async fn a_message_of_the_consent_kind_cannot_be_asked_for(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "hello").await;
        let sneaked = shop.text(id, MessageKind::Consent, "New cakes!").await;
        assert_eq!(problems(sneaked), [("kind", "not_sendable")]);
    }

    async fn r46_free_form_is_refused_a_second_after_24_hours(shop) {
        let id = shop.stranger(&za(1)).await;
        assert_eq!(refusal(shop.answer(id, "Hello?").await), Reason::WindowClosed);
        shop.exchange(&za(1), "hello").await;
        shop.advance(Span::seconds(86_399));
        shop.answer(id, "Good morning").await.unwrap();
        shop.dispatch().await;
        assert_eq!(shop.sent_to(&za(1)), ["Good morning"]);
        shop.advance(Span::seconds(2));
        assert_eq!(refusal(shop.answer(id, "Too late").await), Reason::WindowClosed);
        shop.utility(id).await.unwrap();
        shop.dispatch().await;
        assert_eq!(shop.sent_to(&za(1)), ["Good morning", "order_confirmation"]);
    }

    async fn r46_a_message_that_waited_past_the_window_is_not_sent(shop) {
        let id = shop.stranger(&za(1)).await;
        shop.exchange(&za(1), "hello").await;
        let message = shop.answer(id, "Good morning").await.unwrap();
        shop.advance(Span::seconds(86_401));
        shop.dispatch().await;
        assert_eq!(shop.message(&message).await.reason, Some(Reason::WindowClosed));
        assert_eq!(shop.seen(), 0);
    }

    async fn r46_a_reaction_opens_no_window(shop) {
        let id = shop.stranger(&za(1)).await;
        let reaction = serde_json::json!({"message_id": "wamid.x", "emoji": "👍"});
        shop.does(Inbound::message(za(1), "reaction", reaction)).await;
        assert_eq!(refusal(shop.answer(id, "Thanks!").await), Reason::WindowClosed);
    }

    async fn a_blocked_person_gets_nothing_at_all(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "hello").await;
        let queued = shop.utility(id).await.unwrap();
        shop.block(id, true).await;
        for kind in [MessageKind::Utility, MessageKind::Authentication, MessageKind::Service] {
            assert_eq!(refusal(shop.text(id, kind, "hello").await), Reason::Blocked);
        }
        assert_eq!(refusal(shop.utility(id).await), Reason::Blocked);
        assert_eq!(refusal(shop.marketing(id).await), Reason::Blocked);
        shop.exchange(&za(1), "HELP").await;
        shop.exchange(&za(1), "STOP").await;
        assert_eq!(shop.seen(), 0, "not even an answer");
        assert_eq!(shop.message(&queued).await.reason, Some(Reason::Blocked));
    }

    async fn blocking_and_opting_out_are_two_things(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.block(id, true).await;
        assert_eq!(shop.state(&za(1)).await, State::OptedIn, "blocking is no opt-out");
        shop.says(&za(1), "STOP").await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut, "a blocked person can still opt out");
        shop.block(id, false).await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut, "unblocking is no opt-in");
        shop.utility(id).await.unwrap();
        assert_eq!(refusal(shop.marketing(id).await), Reason::OptedOut);
    }

    async fn what_was_refused_before_processing_is_tried_again_after_a_pause(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.faults(refusing(130_429));
        let message = shop.utility(id).await.unwrap();
        shop.dispatch().await;
        shop.dispatch().await;
        assert_eq!(shop.seen(), 1, "not at once");
        shop.advance(Span::millis(1_300));
        shop.dispatch().await;
        assert_eq!(shop.seen(), 2);
        shop.advance(Span::millis(1_300));
        shop.dispatch().await;
        assert_eq!(shop.seen(), 2, "the second pause is longer");
        shop.faults(Faults::default());
        shop.advance(Span::millis(1_300));
        shop.dispatch().await;
        assert_eq!(shop.seen(), 3);
        assert_eq!(shop.message(&message).await.status, SendState::Sent);
    }

    async fn what_is_always_refused_is_given_up(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.faults(refusing(130_429));
        let message = shop.utility(id).await.unwrap();
        for _ in 0..30 {
            shop.dispatch().await;
            shop.advance(Span::minutes(10));
        }
        assert_eq!(shop.seen(), 10);
        assert_eq!(shop.message(&message).await.status, SendState::Failed);
    }

    async fn too_many_to_one_person_waits_for_that_person_only(shop) {
        let (busy, other) = (shop.subscriber(&za(1)).await, shop.subscriber(&za(2)).await);
        shop.faults(refusing(131_056));
        let waiting = shop.utility(busy).await.unwrap();
        shop.dispatch().await;
        shop.faults(Faults::default());
        shop.utility(other).await.unwrap();
        shop.dispatch().await;
        assert_eq!((shop.requests_to(&za(1)).len(), shop.requests_to(&za(2)).len()), (1, 1));
        assert_eq!(shop.message(&waiting).await.status, SendState::Pending);
        shop.advance(Span::seconds(2));
        shop.dispatch().await;
        assert_eq!(shop.message(&waiting).await.status, SendState::Sent);
    }

    async fn an_expired_token_lets_the_number_rest_and_then_go_on(shop) {
        let (first, second) = (shop.subscriber(&za(1)).await, shop.subscriber(&za(2)).await);
        let first = shop.utility(first).await.unwrap();
        shop.faults(Faults { expired_token: true, ..Faults::default() });
        shop.dispatch().await;
        let paused = || async {
            service::connections::list(shop.service(), &shop.owner).await.unwrap().remove(0).paused
        };
        assert_eq!(paused().await.as_deref(), Some("190"));
        let second = shop.template(second, MessageKind::Utility, "order_confirmation").await.unwrap();
        shop.faults(Faults::default());
        shop.advance(Span::minutes(4));
        shop.dispatch().await;
        assert_eq!(shop.seen(), 1, "the number rests");
        shop.advance(Span::seconds(61));
        shop.dispatch().await;
        assert_eq!(shop.seen(), 3);
        for message in [&first, &second] {
            assert_eq!(shop.message(message).await.status, SendState::Sent);
        }
        assert_eq!(paused().await, None);
    }

    async fn an_unknown_outcome_is_never_sent_again(shop) {
        let http = |status| vec![HttpFault { status, rate: 1.0, processed: true }];
        let faults = [
            Faults { accept_then_drop: 1.0, lost_statuses: 1.0, ..Faults::default() },
            Faults { reset: 1.0, ..Faults::default() },
            Faults { bad_json: 1.0, lost_statuses: 1.0, ..Faults::default() },
            Faults { http: http(500), lost_statuses: 1.0, ..Faults::default() },
        ];
        for (n, faults) in (1..).zip(faults) {
            let id = shop.subscriber(&za(n)).await;
            let message = shop.utility(id).await.unwrap();
            shop.faults(faults);
            shop.dispatch().await;
            shop.faults(Faults::default());
            assert_eq!(shop.message(&message).await.status, SendState::Unknown, "{n}");
            for _ in 0..3 {
                shop.advance(Span::days(1));
                shop.dispatch().await;
            }
            assert_eq!(shop.requests_to(&za(n)).len(), 1, "{n}");
        }
    }

    async fn an_unknown_outcome_is_settled_by_the_status_that_comes_later(shop) {
        let id = shop.subscriber(&za(1)).await;
        let message = shop.utility(id).await.unwrap();
        shop.faults(Faults { accept_then_drop: 1.0, lost_statuses: 1.0, ..Faults::default() });
        shop.dispatch().await;
        let wamid = shop.requests_to(&za(1))[0].wamid.clone().unwrap();
        let callback = message.id.to_string();
        let status = webhook::status(&wamid, "delivered", shop.now(), Some(&callback));
        shop.receive(&webhook::statuses(vec![status])).await.unwrap();
        let message = shop.message(&message).await;
        assert_eq!(message.status, SendState::Sent);
        assert_eq!(message.delivery, Some(domain::inbound::Delivery::Delivered));
        assert_eq!(message.wamid, Some(wamid));
    }

    async fn confirmations_leave_before_offers_that_waited_longer(shop) {
        // Ten are claimed together at twenty a second, so the confirmation is among the first ten or it waited its turn.
        let number = shop.slow_number(20).await;
        for n in 1..=30 {
            let id = shop.subscriber(&za(n)).await;
            shop.marketing_through(number, id).await;
        }
        shop.says(&za(99), "hello").await;
        let stop = webhook::text(&Names::phone(&za(99)), "wamid.stop", shop.now() + Span::seconds(1), "STOP");
        let body = webhook::messages(vec![stop]);
        crate::shop::receive(shop.service(), &number.to_string(), &body).await.unwrap();
        shop.dispatch().await;
        let order: Vec<String> = shop.emulator.requests_after(0).into_iter().filter_map(|r| r.to).collect();
        let place = order.iter().position(|to| to.ends_with(&za(99)[1..])).unwrap();
        assert_eq!(order.len(), 31);
        assert!(place < 10, "{order:?}");
    }

    async fn a_message_to_a_number_nobody_knows_makes_a_contact_and_asks_consent(shop) {
        let to_number = |kind, name: &str| {
            let content = SendContent::Template { name: name.into(), language: "en".into(), variables: vec![] };
            let send = Send { to: To::Phone(za(1)), kind, content, connection: None };
            service::messages::send(shop.service(), &shop.owner, send)
        };
        assert_eq!(refusal(to_number(MessageKind::Marketing, "spring_sale").await), Reason::NoOptIn);
        assert!(shop.find(&za(1)).await.is_none(), "a refused message leaves nothing behind");
        to_number(MessageKind::Utility, "order_confirmation").await.unwrap();
        assert_eq!(shop.state(&za(1)).await, State::Unknown);
    }

    async fn a_template_that_is_not_approved_is_refused_by_name(shop) {
        let id = shop.subscriber(&za(1)).await;
        let unknown = shop.template(id, MessageKind::Utility, "no_such").await;
        assert_eq!(problems(unknown), [("template", "not_found")]);
        shop.emulator.set_template_status("order_confirmation", "en", TemplateStatus::Paused);
        service::templates::sync(shop.service(), shop.connection).await.unwrap();
        assert_eq!(problems(shop.utility(id).await), [("template", "paused")]);
    }

    async fn r44_a_template_that_became_marketing_while_queued_is_dropped_for_those_who_opted_out(shop) {
        let (out, subscriber) = (shop.stranger(&za(1)).await, shop.subscriber(&za(2)).await);
        shop.exchange(&za(1), "STOP").await;
        let (dropped, kept) = (shop.utility(out).await.unwrap(), shop.utility(subscriber).await.unwrap());
        let change = serde_json::json!({
            "message_template_name": "order_confirmation", "message_template_language": "en",
            "previous_category": "UTILITY", "new_category": "MARKETING",
        });
        shop.receive(&webhook::envelope(vec![("template_category_update", change)])).await.unwrap();
        shop.dispatch().await;
        assert_eq!(shop.message(&dropped).await.reason, Some(Reason::OptedOut));
        assert_eq!(shop.message(&kept).await.status, SendState::Sent);
    }

    async fn three_messages_in_a_row_that_nobody_got_are_the_last_until_somebody_writes_or_knows_better(shop) {
        let (id, other) = (shop.subscriber(&za(1)).await, shop.subscriber(&za(2)).await);
        let unknown = |by_status| Faults {
            unknown_numbers: vec![za(1), za(2)],
            unknown_numbers_by_status: by_status,
            ..Faults::default()
        };
        for (n, by_status) in [(0, false), (1, true), (2, false)] {
            assert!(!shop.contact(&za(1)).await.invalid, "after {n}");
            shop.faults(unknown(by_status));
            shop.utility(id).await.unwrap();
            shop.dispatch().await;
            shop.advance(Span::minutes(1));
        }
        assert!(shop.contact(&za(1)).await.invalid);
        assert_eq!(refusal(shop.utility(id).await), Reason::Invalid);
        shop.faults(Faults::default());
        shop.says(&za(1), "hello").await;
        assert!(!shop.contact(&za(1)).await.invalid, "who writes has an account");
        shop.utility(id).await.unwrap();
        shop.dispatch().await;

        for n in 0..4 {
            shop.faults(if n == 1 { Faults::default() } else { unknown(true) });
            shop.utility(other).await.unwrap();
            shop.dispatch().await;
            assert!(!shop.contact(&za(2)).await.invalid, "one arrived in between: {n}");
            shop.advance(Span::minutes(1));
        }
        shop.utility(other).await.unwrap();
        shop.dispatch().await;
        assert!(shop.contact(&za(2)).await.invalid);
        service::contacts::try_again(shop.service(), &shop.owner, other).await.unwrap();
        assert!(!shop.contact(&za(2)).await.invalid);
        shop.utility(other).await.unwrap();
    }
}
