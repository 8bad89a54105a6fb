//! WhatsApp's own stop (R33, R34, R35).

use domain::consent::{SignalKind, Source, State};
use domain::inbound::Delivery;
use domain::outbound::SendState;
use domain::permit::Reason;
use domain::time::Span;
use emulator::{ErrorFault, Faults, Inbound};

use crate::shop::{Shop, refusal, za};

fn refusing(code: u32) -> Faults {
    Faults { errors: vec![ErrorFault { code, rate: 1.0, http_status: None }], ..Faults::default() }
}

fn failing(code: u32) -> Faults {
    Faults { failed_statuses: vec![ErrorFault { code, rate: 1.0, http_status: None }], ..Faults::default() }
}

rules! {
    async fn r33_a_native_stop_blocks_marketing_and_nothing_else(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "hello").await;
        shop.does(Inbound::native_stop(za(1), true)).await;
        let contact = shop.contact(&za(1)).await;
        assert!(contact.native_stop);
        assert_eq!(contact.state, State::OptedIn, "the ledger's own state is another matter");
        assert_eq!(refusal(shop.marketing(id).await), Reason::NativeStop);
        shop.utility(id).await.unwrap();
        shop.answer(id, "We are open until six.").await.unwrap();
        shop.dispatch().await;
        let mut sent = shop.sent_to(&za(1));
        sent.sort();
        assert_eq!(sent, ["We are open until six.", "order_confirmation"]);
        shop.does(Inbound::native_stop(za(1), false)).await;
        shop.marketing(id).await.unwrap();
    }

    async fn r33_error_131050_is_a_native_stop_and_is_never_tried_again(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.faults(refusing(131_050));
        let message = shop.marketing(id).await.unwrap();
        shop.advance(Span::seconds(1));
        shop.dispatch().await;
        shop.faults(Faults::default());
        assert_eq!(shop.message(&message).await.status, SendState::Failed);
        assert_eq!(shop.message(&message).await.error_code, Some(131_050));
        let event = shop.events(&za(1)).await.pop().unwrap();
        assert_eq!((event.kind, event.source), (SignalKind::NativeStop, Source::ApiError131050));
        for _ in 0..5 {
            shop.advance(Span::days(1));
            shop.dispatch().await;
        }
        assert_eq!(shop.requests_to(&za(1)).len(), 1);
        assert_eq!(refusal(shop.marketing(id).await), Reason::NativeStop);
        shop.utility(id).await.unwrap();
        shop.dispatch().await;
        assert_eq!(shop.sent_to(&za(1)), ["spring_sale", "order_confirmation"]);
    }

    async fn r33_a_failed_status_with_131050_is_one_too(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.faults(failing(131_050));
        let message = shop.marketing(id).await.unwrap();
        shop.advance(Span::seconds(1));
        shop.dispatch().await;
        shop.faults(Faults::default());
        let message = shop.message(&message).await;
        assert_eq!((message.delivery, message.error_code), (Some(Delivery::Failed), Some(131_050)));
        let events = shop.events(&za(1)).await;
        assert_eq!(events.len(), 2);
        assert_eq!((events[1].kind, events[1].source), (SignalKind::NativeStop, Source::ApiError131050));
        assert_eq!(refusal(shop.marketing(id).await), Reason::NativeStop);
        shop.advance(Span::days(2));
        shop.dispatch().await;
        assert_eq!(shop.requests_to(&za(1)).len(), 1);
    }

    async fn r34_resume_lifts_whatsapps_own_stop_and_no_other(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "STOP").await;
        shop.does(Inbound::native_stop(za(1), true)).await;
        shop.does(Inbound::native_stop(za(1), false)).await;
        let contact = shop.contact(&za(1)).await;
        assert_eq!((contact.state, contact.native_stop), (State::OptedOut, false));
        assert_eq!(refusal(shop.marketing(id).await), Reason::OptedOut);
    }

    async fn r34_a_typed_start_does_not_lift_whatsapps_own_stop_and_is_told_how(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.does(Inbound::native_stop(za(1), true)).await;
        shop.exchange(&za(1), "STOP").await;
        shop.exchange(&za(1), "START").await;
        let contact = shop.contact(&za(1)).await;
        assert_eq!((contact.state, contact.native_stop), (State::OptedIn, true));
        let welcome = shop.sent_to(&za(1)).pop().unwrap();
        assert!(welcome.starts_with("Welcome back"), "{welcome}");
        assert!(welcome.contains("you stopped them in WhatsApp itself"), "{welcome}");
        assert_eq!(refusal(shop.marketing(id).await), Reason::NativeStop);
    }

    async fn r35_131049_is_not_an_opt_out(shop) {
        for (n, faults) in [(1, refusing(131_049)), (2, failing(131_049))] {
            let id = shop.subscriber(&za(n)).await;
            let before = shop.contact(&za(n)).await;
            shop.faults(faults);
            shop.marketing(id).await.unwrap();
            shop.dispatch().await;
            shop.faults(Faults::default());
            assert_eq!(shop.contact(&za(n)).await, before);
            assert_eq!(shop.events(&za(n)).await.len(), 1);
            shop.advance(Span::hours(1));
            shop.dispatch().await;
            assert_eq!(shop.requests_to(&za(n)).len(), 1, "not tried again");
            shop.marketing(id).await.unwrap();
            shop.dispatch().await;
            assert_eq!(shop.requests_to(&za(n)).len(), 2, "but another message may go");
        }
    }

    async fn r35_a_capped_message_says_so(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.faults(refusing(131_049));
        let message = shop.marketing(id).await.unwrap();
        shop.dispatch().await;
        let message = shop.message(&message).await;
        assert_eq!((message.status, message.reason), (SendState::Skipped, Some(Reason::Capped)));
    }
}
