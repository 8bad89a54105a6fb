//! The inbox: everybody is helped, also who opted out, and nobody is sent a promotion called an answer.

use domain::consent::State;
use domain::contact::Actor;
use domain::conversation::{ConversationQuery, Listed, Shown, Status, TeamKind, View, What};
use domain::id::{ContactId, MessageId, UserId};
use domain::kind::MessageKind;
use domain::permit::Reason;
use domain::role::Role;
use domain::time::Span;
use emulator::Inbound;
use service::conversations::{self, Reply, Thread};
use service::messages::SendContent;
use service::{Caller, Error};

use crate::shop::{Shop, problems, refusal, za};

async fn list(shop: &Shop, caller: &Caller, view: View) -> Vec<Listed> {
    let query = ConversationQuery { view, ..ConversationQuery::default() };
    conversations::list(shop.service(), caller, &query).await.unwrap().rows
}

async fn views(shop: &Shop, contact: ContactId) -> Vec<View> {
    let mut found = Vec::new();
    for view in View::ALL {
        if list(shop, &shop.owner, view).await.iter().any(|row| row.contact.id == contact) {
            found.push(view);
        }
    }
    found
}

async fn thread(shop: &Shop, contact: ContactId) -> Thread {
    conversations::thread(shop.service(), &shop.owner, contact, None, 50).await.unwrap()
}

fn text(body: &str, seen: Option<MessageId>) -> Reply {
    let content = SendContent::Text { body: body.to_owned() };
    Reply { content, seen, anyway: false, promotion_allowed: false }
}

async fn seen(shop: &Shop, contact: ContactId) -> Option<MessageId> {
    thread(shop, contact).await.entries.last().map(|entry| entry.id)
}

async fn colleague(shop: &Shop, name: &str, role: Role) -> Caller {
    let email = format!("{name}@padaria.example");
    let id = service::auth::create_user(
        shop.service(),
        shop.owner.business,
        &email,
        role,
        "correct horse battery",
    )
    .await;
    let actor = Actor::User { id: id.unwrap(), email: None };
    Caller { business: shop.owner.business, actor, role }
}

fn id_of(caller: &Caller) -> UserId {
    match &caller.actor {
        Actor::User { id, .. } => *id,
        other => panic!("{other:?} is no user"),
    }
}

rules! {
    /// The guide's first scenario.
    async fn who_opted_out_and_asks_is_answered(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "STOP").await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        assert_eq!(views(shop, id).await, [View::Resolved], "a stop asks nobody to do anything");

        shop.advance(Span::days(2));
        shop.says(&za(1), "Hi, what's my order status?").await;
        assert_eq!(views(shop, id).await, [View::Open, View::Unread, View::Unassigned, View::Waiting]);
        let answer = text("Your order 1042 arrives on Friday.", seen(shop, id).await);
        conversations::reply(shop.service(), &shop.owner, id, answer).await.unwrap();
        shop.dispatch().await;
        assert_eq!(shop.sent_to(&za(1)).last().unwrap(), "Your order 1042 arrives on Friday.");
        assert_eq!(views(shop, id).await, [View::Open, View::Unassigned]);

        shop.says(&za(1), "Great, before noon?").await;
        assert!(views(shop, id).await.contains(&View::Waiting));
        shop.advance(Span::seconds(1));
        conversations::reply(shop.service(), &shop.owner, id, text("Yes, before noon.", None)).await.unwrap();
        assert_eq!(refusal(shop.marketing(id).await), Reason::OptedOut);
        assert_eq!(shop.state(&za(1)).await, State::OptedOut, "talking is no consent");
    }

    async fn r43_a_promotion_called_an_answer_does_not_reach_who_opted_out(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.exchange(&za(1), "STOP").await;
        shop.says(&za(1), "where is my parcel?").await;
        let dressed = || text("It ships today! Check out these related products", None);
        let reply = |caller, reply| conversations::reply(shop.service(), caller, id, reply);
        assert_eq!(refusal(reply(&shop.owner, dressed()).await), Reason::Promotion);
        assert_eq!(refusal(shop.answer(id, "Get 20% off your next order").await), Reason::Promotion);
        let disguised = shop.text(id, MessageKind::Utility, "Your order shipped. Use code SPRING").await;
        assert_eq!(refusal(disguised), Reason::Promotion);
        let before = shop.sent_to(&za(1)).len();
        shop.dispatch().await;
        assert_eq!(shop.sent_to(&za(1)).len(), before, "nothing left");

        let agent = colleague(shop, "agent", Role::Agent).await;
        let allowed = || Reply { promotion_allowed: true, ..dressed() };
        assert!(matches!(reply(&agent, allowed()).await, Err(Error::Forbidden(_))));
        reply(&shop.owner, allowed()).await.unwrap();
        let entries = thread(shop, id).await.entries;
        let overridden = entries.iter().find_map(|entry| match &entry.what {
            What::Team { kind: TeamKind::Overridden, body, by } => Some((body.clone(), *by)),
            _ => None,
        });
        let said = "It ships today! Check out these related products".to_owned();
        assert_eq!(overridden, Some((said, Some(id_of(&shop.owner)))), "who let it through is on record");
    }

    async fn r43_an_offer_written_before_a_stop_and_still_waiting_is_held_back(shop) {
        let (first, second) = (shop.subscriber(&za(1)).await, shop.subscriber(&za(2)).await);
        for n in 1..=2 {
            shop.says(&za(n), "any discounts on?").await;
        }
        let offer = shop.answer(first, "Yes, 20% off until Sunday").await.unwrap();
        let answer = shop.answer(second, "No, not this week").await.unwrap();
        for n in 1..=2 {
            shop.says(&za(n), "STOP").await;
        }
        let allowed = Reply { promotion_allowed: true, ..text("As you asked: 20% off until Sunday", None) };
        let allowed = conversations::reply(shop.service(), &shop.owner, first, allowed).await.unwrap();
        shop.dispatch().await;
        assert_eq!(shop.message(&offer).await.reason, Some(Reason::Promotion));
        for message in [&answer, &allowed] {
            assert_eq!(shop.message(message).await.status, domain::outbound::SendState::Sent);
        }
    }

    async fn r43_who_agreed_may_be_told_of_offers_in_a_conversation(shop) {
        let id = shop.subscriber(&za(1)).await;
        shop.says(&za(1), "any discounts on?").await;
        shop.answer(id, "Yes, 20% off until Sunday").await.unwrap();
    }

    async fn r46_after_24_hours_only_a_template_opens_the_conversation(shop) {
        let id = shop.stranger(&za(1)).await;
        shop.says(&za(1), "hello").await;
        shop.advance(Span::seconds(86_401));
        let reply = |reply| conversations::reply(shop.service(), &shop.owner, id, reply);
        assert_eq!(refusal(reply(text("Hello!", None)).await), Reason::WindowClosed);
        let content = SendContent::Template {
            name: "order_confirmation".to_owned(),
            language: "en".to_owned(),
            variables: Vec::new(),
        };
        let template = Reply { content, seen: None, anyway: false, promotion_allowed: false };
        let sent = reply(template).await.unwrap();
        assert_eq!(sent.kind, MessageKind::Utility, "the template's own category counts");
    }

    async fn r52_a_request_for_help_reaches_a_person(shop) {
        shop.stranger(&za(1)).await;
        shop.exchange(&za(1), "HELP").await;
        assert_eq!(shop.sent_to(&za(1)).len(), 1, "answered at once");
        let id = shop.contact(&za(1)).await.id;
        assert!(views(shop, id).await.contains(&View::Waiting), "and a person sees it");
    }

    async fn two_colleagues_do_not_answer_twice_unknowingly(shop) {
        let (ana, ben) = (colleague(shop, "ana", Role::Agent).await, colleague(shop, "ben", Role::Agent).await);
        let id = shop.stranger(&za(1)).await;
        shop.says(&za(1), "are you open on Sunday?").await;
        let both_saw = seen(shop, id).await;
        shop.advance(Span::seconds(5));
        let reply = |caller, reply| conversations::reply(shop.service(), caller, id, reply);
        let first = reply(&ana, text("Yes, from 10.", both_saw)).await.unwrap();
        shop.dispatch().await;
        shop.advance(Span::seconds(1));
        assert_eq!(problems(reply(&ben, text("No, closed.", both_saw)).await), [("seen", "answered_meanwhile")]);
        let again = reply(&ana, text("Yes, from 10.", both_saw)).await.unwrap();
        assert_eq!(again.id, first.id, "a button pressed twice sends once");
        let knowingly = Reply { anyway: true, ..text("From 10 to 14.", both_saw) };
        reply(&ben, knowingly).await.unwrap();
        shop.dispatch().await;
        assert_eq!(shop.sent_to(&za(1)), ["Yes, from 10.", "From 10 to 14."]);
    }

    async fn a_conversation_is_assigned_put_aside_and_done(shop) {
        let agent = colleague(shop, "agent", Role::Agent).await;
        let id = shop.stranger(&za(1)).await;
        shop.says(&za(1), "a question").await;
        let service = shop.service();
        conversations::assign(service, &shop.owner, id, Some(id_of(&agent))).await.unwrap();
        assert_eq!(list(shop, &agent, View::Mine).await.len(), 1);
        assert!(list(shop, &shop.owner, View::Unassigned).await.is_empty());
        let nobody = UserId::from_uuid(id.uuid());
        let unknown = conversations::assign(service, &shop.owner, id, Some(nobody)).await;
        assert_eq!(problems(unknown), [("assignee", "not_found")]);

        let until = shop.now() + Span::hours(2);
        conversations::set_status(service, &agent, id, Status::Snoozed, Some(until)).await.unwrap();
        assert!(views(shop, id).await.contains(&View::Snoozed));
        shop.says(&za(1), "hello??").await;
        assert!(views(shop, id).await.contains(&View::Open), "who writes wakes it");
        conversations::set_status(service, &agent, id, Status::Resolved, None).await.unwrap();
        assert_eq!(views(shop, id).await, [View::Resolved]);
        shop.says(&za(1), "one more thing").await;
        assert!(views(shop, id).await.contains(&View::Open));
        let past = conversations::set_status(service, &agent, id, Status::Snoozed, Some(shop.now())).await;
        assert_eq!(problems(past), [("until", "not_in_the_future")]);

        let done: Vec<TeamKind> = thread(shop, id).await.entries.into_iter().filter_map(|entry| match entry.what {
            What::Team { kind, .. } => Some(kind),
            _ => None,
        }).collect();
        assert_eq!(done.len(), 3);
        assert!([TeamKind::Assigned, TeamKind::Snoozed, TeamKind::Resolved].iter().all(|kind| done.contains(kind)));
    }

    async fn notes_stay_among_colleagues(shop) {
        let id = shop.stranger(&za(1)).await;
        shop.says(&za(1), "hi").await;
        conversations::note(shop.service(), &shop.owner, id, "  Prefers calls in the morning ").await.unwrap();
        shop.dispatch().await;
        assert!(shop.sent_to(&za(1)).is_empty());
        let note = thread(shop, id).await.entries.into_iter().find_map(|entry| match entry.what {
            What::Team { kind: TeamKind::Note, body, .. } => Some(body),
            _ => None,
        });
        assert_eq!(note.as_deref(), Some("Prefers calls in the morning"));
        assert_eq!(problems(conversations::note(shop.service(), &shop.owner, id, " ").await), [("note", "empty")]);
    }

    async fn a_thread_comes_page_by_page_and_nothing_is_missed(shop) {
        let id = shop.stranger(&za(1)).await;
        for n in 0..25 {
            shop.says(&za(1), &format!("message {n}")).await;
        }
        let (mut said, mut before) = (Vec::new(), None);
        loop {
            let page = conversations::thread(shop.service(), &shop.owner, id, before, 10).await.unwrap();
            assert!(page.entries.len() <= 10);
            let words = page.entries.into_iter().map(|entry| match entry.what {
                What::Incoming { shown: Shown::Text { text }, .. } => text,
                other => panic!("{other:?}"),
            });
            said.splice(0..0, words);
            before = page.earlier;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(said, (0..25).map(|n| format!("message {n}")).collect::<Vec<_>>());
    }

    async fn an_answer_to_one_of_our_messages_shows_what_it_answers(shop) {
        let id = shop.stranger(&za(1)).await;
        shop.says(&za(1), "hello").await;
        shop.answer(id, "Red or blue?").await.unwrap();
        shop.dispatch().await;
        let ours = shop.requests_to(&za(1)).pop().unwrap().wamid.unwrap();
        let said = serde_json::json!({"from": za(1), "text": "Blue", "context": {"id": ours}});
        shop.does(Inbound::from_json(said).unwrap()).await;
        let last = thread(shop, id).await.entries.pop().unwrap();
        let What::Incoming { quoted, .. } = last.what else { panic!("{last:?}") };
        assert_eq!(quoted.as_deref(), Some("Red or blue?"));
    }

    async fn the_inbox_of_one_business_shows_nothing_of_another(shop) {
        let id = shop.stranger(&za(1)).await;
        shop.says(&za(1), "hi").await;
        let business = shop.world.business("Other").await.unwrap();
        let stranger = shop.world.caller(business, Role::Owner);
        let service = shop.service();
        assert!(list(shop, &stranger, View::Open).await.is_empty());
        assert!(conversations::counts(service, &stranger).await.unwrap().iter().all(|(_, count)| *count == 0));
        assert!(matches!(conversations::thread(service, &stranger, id, None, 10).await, Err(Error::NotFound)));
        assert!(matches!(conversations::reply(service, &stranger, id, text("hi", None)).await, Err(Error::NotFound)));
        assert!(matches!(conversations::note(service, &stranger, id, "hi").await, Err(Error::NotFound)));
        assert!(matches!(conversations::assign(service, &stranger, id, None).await, Err(Error::NotFound)));
        assert!(matches!(conversations::mark_read(service, &stranger, id).await, Err(Error::NotFound)));
        assert!(matches!(conversations::typing(service, &stranger, id).await, Err(Error::NotFound)));
    }

    async fn who_only_looks_answers_nothing(shop) {
        let id = shop.stranger(&za(1)).await;
        shop.says(&za(1), "hi").await;
        let viewer = shop.someone(Role::Viewer);
        let service = shop.service();
        assert_eq!(list(shop, &viewer, View::Open).await.len(), 1);
        assert!(matches!(conversations::reply(service, &viewer, id, text("hi", None)).await, Err(Error::Forbidden(_))));
        assert!(matches!(conversations::mark_read(service, &viewer, id).await, Err(Error::Forbidden(_))));
        assert!(matches!(conversations::set_status(service, &viewer, id, Status::Resolved, None).await, Err(Error::Forbidden(_))));
        assert!(views(shop, id).await.contains(&View::Unread));
        conversations::mark_read(service, &shop.owner, id).await.unwrap();
        assert!(!views(shop, id).await.contains(&View::Unread));
        assert!(views(shop, id).await.contains(&View::Waiting), "reading is not answering");
    }

    async fn conversations_are_found_by_name_and_number_within_a_part(shop) {
        for n in 1..=3 {
            shop.stranger(&za(n)).await;
            shop.says(&za(n), "hi").await;
        }
        let find = async |search: &str, view| {
            let query = ConversationQuery { view, search: Some(search.to_owned()), ..ConversationQuery::default() };
            conversations::list(shop.service(), &shop.owner, &query).await.unwrap().rows.len()
        };
        assert_eq!(find(&za(2), View::Open).await, 1);
        assert_eq!(find(&za(2), View::Resolved).await, 0);
        assert_eq!(find("nobody", View::Open).await, 0);
    }
}
