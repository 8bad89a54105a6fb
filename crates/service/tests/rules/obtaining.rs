//! Obtaining consent (R1, R2, R5, R6, R8).

use domain::consent::{SignalKind, Source, State};
use domain::contact::ContactQuery;
use domain::ledger::{hex, wording_digest};
use domain::permit::Reason;
use domain::settings::CONFIRM_PAYLOAD;
use domain::time::Span;
use emulator::Inbound;
use service::Error;
use service::consent::{Choice, Record};

use crate::shop::{Shop, bare, problems, refusal, za};

fn tap(who: &str) -> Inbound {
    Inbound::button_reply(who, CONFIRM_PAYLOAD, "Yes, sign me up")
}

rules! {
    async fn r1_marketing_reaches_only_those_who_opted_in(shop) {
        let (unknown, pending, opted_in, opted_out) = (za(1), za(2), za(3), za(4));
        let (held, native, blocked) = (za(5), za(6), za(7));
        let mut expected = vec![(shop.stranger(&unknown).await, Some(Reason::NoOptIn))];
        shop.exchange(&pending, "START").await;
        expected.push((shop.contact(&pending).await.id, Some(Reason::Pending)));
        expected.push((shop.subscriber(&opted_in).await, None));
        expected.push((shop.subscriber(&opted_out).await, Some(Reason::OptedOut)));
        shop.exchange(&opted_out, "STOP").await;
        let id = shop.subscriber(&held).await;
        shop.advance(Span::seconds(1));
        shop.hold(id).await;
        expected.push((id, Some(Reason::Held)));
        expected.push((shop.subscriber(&native).await, Some(Reason::NativeStop)));
        shop.does(Inbound::native_stop(native.as_str(), true)).await;
        let id = shop.subscriber(&blocked).await;
        shop.block(id, true).await;
        expected.push((id, Some(Reason::Blocked)));

        let before = shop.seen();
        for (id, reason) in expected {
            match reason {
                None => drop(shop.marketing(id).await.unwrap()),
                Some(reason) => assert_eq!(refusal(shop.marketing(id).await), reason),
            }
        }
        shop.dispatch().await;
        assert_eq!(shop.recipients_after(before), [opted_in]);
    }

    async fn r1_permission_is_asked_again_when_the_message_leaves(shop) {
        let (stays, writes_stop, taps_stop, is_held, is_blocked) = (za(1), za(2), za(3), za(4), za(5));
        let mut queued = Vec::new();
        for phone in [&stays, &writes_stop, &taps_stop, &is_held, &is_blocked] {
            let id = shop.subscriber(phone).await;
            queued.push(shop.marketing(id).await.unwrap());
        }
        shop.says(&writes_stop, "stop").await;
        shop.does(Inbound::native_stop(taps_stop.as_str(), true)).await;
        shop.hold(queued[3].contact_id).await;
        shop.block(queued[4].contact_id, true).await;
        shop.dispatch().await;

        let mut reasons = Vec::new();
        for message in &queued {
            reasons.push(shop.message(message).await.reason);
        }
        let (out, native) = (Some(Reason::OptedOut), Some(Reason::NativeStop));
        assert_eq!(reasons, [None, out, native, Some(Reason::Held), Some(Reason::Blocked)]);
        let offers = |phone: &str| shop.sent_to(phone).iter().filter(|text| *text == "spring_sale").count();
        assert_eq!(
            [&stays, &writes_stop, &taps_stop, &is_held, &is_blocked].map(|phone| offers(phone)),
            [1, 0, 0, 0, 0]
        );
    }

    async fn r1_the_looser_policy_still_leaves_out_who_said_no_or_was_only_asked(shop) {
        let (settings, _) = service::settings::load(shop.service(), &shop.owner).await.unwrap();
        let mut draft = settings.draft;
        draft.policies.reachable = domain::permit::Reachable::NotOptedOut;
        service::settings::save(shop.service(), &shop.owner, 1, draft).await.unwrap();
        let unknown = shop.stranger(&za(1)).await;
        shop.exchange(&za(2), "START").await;
        shop.exchange(&za(3), "STOP").await;
        let before = shop.seen();
        shop.marketing(unknown).await.unwrap();
        let (asked, out) = (shop.contact(&za(2)).await.id, shop.contact(&za(3)).await.id);
        assert_eq!(refusal(shop.marketing(asked).await), Reason::Pending);
        assert_eq!(refusal(shop.marketing(out).await), Reason::OptedOut);
        shop.dispatch().await;
        assert_eq!(shop.recipients_after(before), [za(1)]);
    }

    async fn r2_an_opt_in_that_does_not_say_how_is_refused_and_leaves_no_event(shop) {
        let id = shop.stranger(&za(1)).await;
        let tomorrow = shop.now() + Span::days(1);
        let record = |record| service::consent::record(shop.service(), &shop.owner, id, record);
        let web = Record { source: Some(Source::WebForm), ..bare(Choice::OptedIn) };
        for (wrong, problem) in [
            (bare(Choice::OptedIn), ("source", "required")),
            (Record { source: Some(Source::Keyword), ..web.clone() }, ("source", "not_recordable")),
            (Record { occurred_at: Some(tomorrow), ..web.clone() }, ("occurred_at", "in_the_future")),
            (Record { note: Some("x".repeat(4_001)), ..web.clone() }, ("note", "too_long")),
            (Record { wording: Some("x".repeat(4_001)), ..web.clone() }, ("wording", "too_long")),
        ] {
            assert_eq!(problems(record(wrong).await), [problem]);
        }
        assert_eq!(shop.state(&za(1)).await, State::Unknown);
        assert_eq!(shop.events(&za(1)).await, []);

        let agreed = "Yes, send me offers of Padaria on WhatsApp.";
        let told = Record { wording: Some(agreed.into()), note: Some("at the fair".into()), ..web };
        assert_eq!(record(told).await.unwrap().state, State::OptedIn);
        let event = shop.events(&za(1)).await.remove(0);
        assert_eq!((event.kind, event.source, &event.actor), (SignalKind::OptIn, Source::WebForm, &{
            let domain::contact::Actor::User { id, .. } = &shop.owner.actor else { unreachable!() };
            domain::contact::Actor::User { id: *id, email: Some("owner@padaria.example".into()) }
        }));
        let evidence = event.evidence.unwrap();
        assert_eq!(evidence.wording.as_deref(), Some(agreed));
        assert_eq!(evidence.note.as_deref(), Some("at the fair"));
        assert_eq!(evidence.identifier.as_deref(), Some(za(1).as_str()));
        assert_eq!(event.wording, Some(hex(&wording_digest(agreed))));
    }

    async fn r5_an_event_keeps_the_wording_that_was_shown_when_the_wording_changes(shop) {
        let wording = |digest| service::settings::wording(shop.service(), &shop.owner, digest);
        shop.exchange(&za(1), "STOP").await;
        let (old, _) = service::settings::load(shop.service(), &shop.owner).await.unwrap();
        let mut draft = old.draft.clone();
        draft.opt_out_confirmation = "Done. Reply START to come back.".to_owned();
        let new = service::settings::save(shop.service(), &shop.owner, 1, draft.clone()).await.unwrap();
        assert_eq!((old.version, new.version), (1, 2));
        shop.exchange(&za(2), "STOP").await;

        let (first, second) = (shop.events(&za(1)).await.remove(0), shop.events(&za(2)).await.remove(0));
        assert_eq!((first.settings_version, second.settings_version), (1, 2));
        for (event, text) in [(&first, &old.draft), (&second, &draft)] {
            let text = &text.opt_out_confirmation;
            assert_eq!(event.wording, Some(hex(&wording_digest(text))));
            assert_eq!(&wording(wording_digest(text)).await.unwrap(), text);
        }
        assert_ne!(first.wording, second.wording);
        assert_eq!(shop.sent_to(&za(2)), ["Done. Reply START to come back."]);
        assert!(matches!(wording([7; 32]).await, Err(Error::NotFound)));
    }

    async fn r6_start_brings_back_a_person_who_had_opted_out(shop) {
        let phone = za(1);
        shop.exchange(&phone, "STOP").await;
        shop.exchange(&phone, "START").await;
        assert_eq!(shop.state(&phone).await, State::OptedIn);
        let sent = shop.sent_to(&phone);
        assert_eq!(sent.len(), 2, "{sent:?}");
        assert!(sent[1].starts_with("Welcome back to Padaria!"), "{sent:?}");
        let id = shop.contact(&phone).await.id;
        shop.marketing(id).await.unwrap();
    }

    async fn r6_start_from_an_unknown_person_only_asks(shop) {
        let phone = za(1);
        shop.exchange(&phone, "START").await;
        assert_eq!(shop.state(&phone).await, State::Pending);
        let requests = shop.requests_to(&phone);
        assert_eq!(requests.len(), 1);
        let button = requests[0].body.pointer("/interactive/action/buttons/0/reply").unwrap();
        assert_eq!(button["id"], CONFIRM_PAYLOAD);
        let id = shop.contact(&phone).await.id;
        assert_eq!(refusal(shop.marketing(id).await), Reason::Pending);
        shop.exchange(&phone, "START").await;
        assert_eq!(shop.state(&phone).await, State::Pending, "asking twice is no answer");
        assert_eq!(shop.requests_to(&phone).len(), 1, "and is not asked back twice");
        shop.advance(Span::hours(73));
        shop.exchange(&phone, "START").await;
        assert_eq!(shop.requests_to(&phone).len(), 2, "but another day, when the first question is too old to answer");
        shop.does(tap(&phone)).await;
        assert_eq!(shop.state(&phone).await, State::OptedIn);
    }

    async fn r6_a_tap_within_72_hours_confirms(shop) {
        let phone = za(1);
        shop.exchange(&phone, "START").await;
        shop.advance(Span::hours(71));
        shop.does(tap(&phone)).await;
        shop.dispatch().await;
        assert_eq!(shop.state(&phone).await, State::OptedIn);
        let events = shop.events(&phone).await;
        let kinds: Vec<_> = events.iter().map(|event| (event.kind, event.source)).collect();
        assert_eq!(kinds, [(SignalKind::Start, Source::Keyword), (SignalKind::Confirm, Source::Button)]);
        assert_eq!(shop.sent_to(&phone).len(), 2, "the disclosure and one confirmation");
        shop.does(tap(&phone)).await;
        shop.dispatch().await;
        assert_eq!(shop.sent_to(&phone).len(), 2, "a second tap is not confirmed again");
    }

    async fn r6_a_tap_after_73_hours_proves_nothing(shop) {
        let phone = za(1);
        shop.exchange(&phone, "START").await;
        shop.advance(Span::hours(73));
        shop.does(tap(&phone)).await;
        assert_eq!(shop.state(&phone).await, State::Pending);
        assert_eq!(shop.events(&phone).await.len(), 1);
    }

    async fn r6_a_tap_by_somebody_who_was_not_asked_or_said_stop_meanwhile_proves_nothing(shop) {
        let (never_asked, said_stop) = (za(1), za(2));
        shop.does(tap(&never_asked)).await;
        assert_eq!(shop.state(&never_asked).await, State::Unknown);
        shop.exchange(&said_stop, "START").await;
        shop.says(&said_stop, "STOP").await;
        shop.does(tap(&said_stop)).await;
        assert_eq!(shop.state(&said_stop).await, State::OptedOut);
    }

    async fn r6_the_policy_can_take_start_at_its_word(shop) {
        let (settings, _) = service::settings::load(shop.service(), &shop.owner).await.unwrap();
        let mut draft = settings.draft;
        draft.policies.ask_to_confirm = false;
        service::settings::save(shop.service(), &shop.owner, 1, draft).await.unwrap();
        shop.exchange(&za(1), "START").await;
        assert_eq!(shop.state(&za(1)).await, State::OptedIn);
    }

    async fn r8_a_bare_opt_in_is_refused_and_an_opt_out_is_instant(shop) {
        let id = shop.subscriber(&za(1)).await;
        let queued = shop.marketing(id).await.unwrap();
        shop.advance(Span::seconds(1));
        assert_eq!(shop.opt_out(id).await.unwrap().state, State::OptedOut);
        shop.dispatch().await;
        assert_eq!(shop.message(&queued).await.reason, Some(Reason::OptedOut));
        assert_eq!(shop.sent_to(&za(1)), [""; 0], "no marketing, and nobody wrote, so no confirmation");

        shop.advance(Span::seconds(1));
        let toggled = service::consent::record(shop.service(), &shop.owner, id, bare(Choice::OptedIn)).await;
        assert_eq!(problems(toggled), [("source", "required")]);
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        assert_eq!(shop.events(&za(1)).await.len(), 2);
    }

    async fn r8_an_opt_in_older_than_the_stop_does_not_undo_it(shop) {
        let id = shop.stranger(&za(1)).await;
        let before = shop.now();
        shop.advance(Span::hours(1));
        shop.says(&za(1), "STOP").await;
        let paper = Record {
            source: Some(Source::Paper),
            occurred_at: Some(before),
            ..bare(Choice::OptedIn)
        };
        let late = service::consent::record(shop.service(), &shop.owner, id, paper).await;
        assert!(matches!(late, Err(Error::Conflict)), "{late:?}");
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        assert_eq!(shop.events(&za(1)).await.len(), 1, "what did not count is not in the ledger");
    }

    async fn r8_stopping_is_always_possible_whatever_the_dates_say(shop) {
        let id = shop.subscriber(&za(1)).await;
        let long_ago = Record { occurred_at: Some(shop.now() - Span::days(30)), ..bare(Choice::OptedOut) };
        let stopped = service::consent::record(shop.service(), &shop.owner, id, long_ago).await.unwrap();
        assert_eq!(stopped.state, State::OptedOut);
    }

    async fn the_counts_by_state_are_exact(shop) {
        shop.stranger(&za(1)).await;
        shop.subscriber(&za(2)).await;
        shop.subscriber(&za(3)).await;
        shop.says(&za(3), "STOP").await;
        shop.says(&za(4), "START").await;
        let counts = service::contacts::counts(shop.service(), &shop.owner).await.unwrap();
        let by_state = [State::Unknown, State::OptedIn, State::OptedOut, State::Pending, State::Held];
        assert_eq!(by_state.map(|state| counts.of(state)), [1, 1, 1, 1, 0]);
        let query = ContactQuery { state: Some(State::OptedOut), ..ContactQuery::default() };
        let page = service::contacts::list(shop.service(), &shop.owner, &query).await.unwrap();
        assert_eq!(page.rows.iter().map(|row| row.phone.clone().unwrap().to_string()).collect::<Vec<_>>(), [za(3)]);
    }
}
