//! Two records of one person become one by hand: previewed, for good, and never more permissive (R17).

use std::collections::BTreeMap;

use domain::campaign::Command;
use domain::consent::{SignalKind, Source, State};
use domain::contact::{Actor, Contact};
use domain::id::ContactId;
use domain::kind::MessageKind;
use domain::permit::Reason;
use domain::role::Role;
use domain::template::{Template, TemplateStatus};
use domain::time::Span;
use service::Error;
use service::campaigns::{self, AudienceChoice, CampaignDraft};
use service::contacts::{ContactPatch, change};
use service::merging::{merge, preview};

use crate::shop::{Shop, fold, problems, refusal, za};

async fn describe(shop: &Shop, id: ContactId, name: &str, tag: &str, language: &str, size: &str) {
    let patch = ContactPatch {
        name: Some(Some(name.to_owned()).filter(|name| !name.is_empty())),
        tags: Some(vec![tag.to_owned()]),
        language: Some(Some(language.to_owned())),
        attributes: Some(BTreeMap::from([("size".to_owned(), size.to_owned())])),
        ..ContactPatch::default()
    };
    change(shop.service(), &shop.owner, id, patch).await.unwrap();
}

/// What WhatsApp says of the template of campaigns.
async fn template(shop: &Shop, status: TemplateStatus) {
    let template = Template {
        name: "spring_sale".to_owned(),
        language: "en".to_owned(),
        kind: MessageKind::Marketing,
        status,
        body: "Everything must go. Reply STOP to end these messages.".to_owned(),
        footer: None,
        buttons: Vec::new(),
    };
    service::testing::put_template(shop.service(), shop.business, &template).await.unwrap();
}

async fn joined(shop: &Shop, kept: ContactId, gone: ContactId) -> Contact {
    merge(shop.service(), &shop.owner, kept, gone).await.unwrap()
}

rules! {
    async fn r17_merging_by_hand_keeps_the_stricter_choice_and_says_so_before(shop) {
        let (opted_in, opted_out) = (shop.subscriber(&za(1)).await, shop.subscriber(&za(2)).await);
        shop.says(&za(2), "STOP").await;
        shop.advance(Span::days(1));
        shop.opt_in(opted_in).await.unwrap();
        for (kept, gone) in [(opted_in, opted_out), (opted_out, opted_in)] {
            let seen = preview(shop.service(), &shop.owner, kept, gone).await.unwrap();
            assert_eq!((seen.kept.id, seen.gone.id, seen.result.state), (kept, gone, State::OptedOut));
        }
        assert_eq!(shop.state(&za(1)).await, State::OptedIn, "looking changes nothing");
        let queued = shop.marketing(opted_in).await.unwrap();
        let result = joined(shop, opted_in, opted_out).await;
        assert_eq!((result.id, result.state), (opted_in, State::OptedOut));
        shop.dispatch().await;
        assert_eq!(shop.message(&queued).await.reason, Some(Reason::OptedOut));
        assert_eq!(refusal(shop.marketing(opted_in).await), Reason::OptedOut);
        let events = shop.events(&za(1)).await;
        let last = events.last().unwrap();
        assert_eq!((last.kind, last.source), (SignalKind::OptOut, Source::Merge));
        assert!(matches!(last.actor, Actor::User { .. }), "who did it is on record");
        assert_eq!(fold(&events).state(), State::OptedOut);
        assert!(service::ledger::verify(shop.service(), shop.business).await.unwrap().broken.is_none());
    }

    async fn everything_of_both_is_with_the_one_that_stays(shop) {
        let (first, second) = (shop.stranger(&za(1)).await, shop.stranger(&za(2)).await);
        describe(shop, first, "", "vip", "pt-BR", "M").await;
        describe(shop, second, "Ana Lima", "b2b", "en", "L").await;
        shop.says(&za(1), "hello").await;
        shop.says(&za(2), "hello again").await;
        service::conversations::note(shop.service(), &shop.owner, second, "Likes blue").await.unwrap();
        shop.block(second, true).await;
        let seen = preview(shop.service(), &shop.owner, first, second).await.unwrap();
        let result = joined(shop, first, second).await;
        assert_eq!(seen.result, result, "as it was shown before");
        assert_eq!((result.name.as_deref(), result.blocked), (Some("Ana Lima"), true));
        assert_eq!(result.tags, ["b2b", "vip"]);
        assert_eq!(result.details.language.as_deref(), Some("pt-br"));
        assert_eq!(result.details.attributes["size"], "M");
        assert_eq!(result.phone.as_ref().map(ToString::to_string).as_deref(), Some(za(1).as_str()));
        for phone in [za(1), za(2)] {
            assert_eq!(shop.contact(&phone).await.id, first, "both numbers lead to one person");
        }
        let thread = service::conversations::thread(shop.service(), &shop.owner, second, None, 50).await.unwrap();
        assert_eq!((thread.contact.id, thread.entries.len()), (first, 3), "messages of both, and the note");
        let counts = service::contacts::counts(shop.service(), &shop.owner).await.unwrap();
        assert_eq!(counts.total(), 1);
        let data = service::erasure::export(shop.service(), &shop.owner, first).await.unwrap();
        let numbers = data.names.iter().filter(|name| name.kind == store::contact::IdentityKind::Phone);
        assert_eq!(numbers.count(), 2);
        assert_eq!(data.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["Likes blue"]);
    }

    async fn what_cannot_be_merged_is_named_and_twice_is_once(shop) {
        let (first, second) = (shop.stranger(&za(1)).await, shop.stranger(&za(2)).await);
        let erased = shop.stranger(&za(3)).await;
        service::erasure::erase(shop.service(), &shop.owner, erased).await.unwrap();
        let with = |kept, gone| merge(shop.service(), &shop.owner, kept, gone);
        assert_eq!(problems(with(first, first).await), [("with", "same")]);
        assert_eq!(problems(with(first, erased).await), [("with", "erased")]);
        assert!(matches!(with(erased, first).await, Err(Error::NotFound)));
        let nobody = ContactId::from_uuid(domain::id::uuid_v7(shop.now(), [9; 10]));
        assert_eq!(problems(with(first, nobody).await), [("with", "not_found")]);
        let other = shop.world.business("Elsewhere").await.unwrap();
        let stranger = shop.world.caller(other, Role::Owner);
        assert!(matches!(merge(shop.service(), &stranger, first, second).await, Err(Error::NotFound)));
        for role in [Role::Agent, Role::Viewer] {
            let caller = shop.someone(role);
            assert!(matches!(merge(shop.service(), &caller, first, second).await, Err(Error::Forbidden(_))));
        }
        let events = shop.events_of(first).await.len();
        for _ in 0..2 {
            assert_eq!(joined(shop, first, second).await.id, first);
        }
        assert_eq!(joined(shop, second, first).await.id, first, "the other way round, too late");
        assert_eq!(shop.events_of(first).await.len(), events);
    }

    async fn details_are_checked_and_listed_by_language(shop) {
        let (first, second) = (shop.stranger(&za(1)).await, shop.stranger(&za(2)).await);
        describe(shop, first, "Ana", "vip", " PT_br ", "M").await;
        let patch = |language: Option<&str>, attributes: Vec<(String, String)>| ContactPatch {
            language: Some(language.map(str::to_owned)),
            attributes: Some(attributes.into_iter().collect()),
            ..ContactPatch::default()
        };
        let with = |patch| change(shop.service(), &shop.owner, second, patch);
        for language in ["portuguese", "p", "pt-", "pt br", "p1"] {
            assert_eq!(problems(with(patch(Some(language), vec![])).await), [("language", "malformed")], "{language}");
        }
        let one = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        assert_eq!(problems(with(patch(None, one(" ", "x"))).await), [("attributes", "empty")]);
        assert_eq!(problems(with(patch(None, one(&"n".repeat(41), "x"))).await), [("attributes", "too_long")]);
        assert_eq!(problems(with(patch(None, one("n", &"x".repeat(501)))).await), [("attributes", "too_long")]);
        assert_eq!(problems(with(patch(None, one("a:b", "x"))).await), [("attributes", "control_characters")]);
        let many = (0..21).map(|n| (format!("n{n}"), "x".to_owned())).collect();
        assert_eq!(problems(with(patch(None, many)).await), [("attributes", "too_many")]);
        with(patch(Some("en"), one("size", " L "))).await.unwrap();
        assert_eq!(shop.contact(&za(2)).await.details.attributes["size"], "L");
        let query = domain::contact::ContactQuery { language: Some("pt-br".to_owned()), ..Default::default() };
        let page = service::contacts::list(shop.service(), &shop.owner, &query).await.unwrap();
        assert_eq!((page.rows.len(), page.rows[0].id, page.found.count), (1, first, 1));
        with(patch(None, one("size", ""))).await.unwrap();
        assert!(shop.contact(&za(2)).await.details.is_empty());
    }

    async fn a_campaign_under_way_reaches_a_merged_person_once_and_its_statuses_find_them(shop) {
        // (who is in the audience, who stays): the one whose turn is still to come, or the one without a turn.
        for (n, both) in [(1, false), (11, true)] {
            let (first, second) = (shop.subscriber(&za(n)).await, shop.subscriber(&za(n + 1)).await);
            let patch = |tags: &[&str]| ContactPatch {
                tags: Some(tags.iter().map(|tag| format!("{tag}{n}")).collect()),
                ..ContactPatch::default()
            };
            change(shop.service(), &shop.owner, first, patch(&["audience"])).await.unwrap();
            if both {
                change(shop.service(), &shop.owner, second, patch(&["audience"])).await.unwrap();
            }
            let draft = CampaignDraft {
                name: format!("Campaign {n}"),
                template: "spring_sale".into(),
                language: "en".into(),
                variables: Vec::new(),
                audience: AudienceChoice::Tags(vec![format!("audience{n}")]),
                schedule_at: None,
                connection: None,
            };
            template(shop, TemplateStatus::Approved).await;
            let (campaign, _) = campaigns::create(shop.service(), &shop.owner, draft).await.unwrap();
            let command = |command| campaigns::command(shop.service(), &shop.owner, campaign.id, command);
            shop.advance(Span::seconds(1));
            command(Command::Launch).await.unwrap();
            // Its audience is taken in, and then it rests for want of a template.
            template(shop, TemplateStatus::Paused).await;
            shop.dispatch().await;
            let kept = joined(shop, second, first).await;
            template(shop, TemplateStatus::Approved).await;
            command(Command::Resume).await.unwrap();
            shop.dispatch().await;
            assert_eq!(shop.requests_to(&za(n)).len() + shop.requests_to(&za(n + 1)).len(), 1, "once: {both}");
            let found = shop.contact(&za(n)).await;
            assert_eq!((found.id, kept.id), (second, second), "a status joins nobody back");
            shop.opt_out(second).await.unwrap();
            let message = shop.outbox(second).await.pop().unwrap();
            assert!(message.delivery.is_some(), "the status was about the person who stands");
        }
    }

    async fn what_was_imported_and_then_merged_or_noted_stays_when_the_import_is_undone(shop) {
        let file = format!("phone,name\n{},Ana\n{},Ben\n{},Cleo\n{},Dan\n", za(1), za(2), za(3), za(4));
        let job = crate::imports::import(shop, &file).await.id;
        let id = async |n| shop.contact(&za(n)).await.id;
        joined(shop, id(1).await, id(2).await).await;
        service::conversations::note(shop.service(), &shop.owner, id(3).await, "Likes blue").await.unwrap();
        service::jobs::undo(shop.service(), &shop.owner, job).await.unwrap();
        shop.work().await;
        for n in [1, 2, 3] {
            let contact = shop.contact(&za(n)).await;
            assert!(!contact.erased && contact.phone.is_some(), "{n}");
        }
        assert!(shop.find(&za(4)).await.is_none());
    }

    async fn a_stop_at_the_moment_of_the_merging_is_the_stop_of_whoever_is_left(shop) {
        for n in (1..40).step_by(2) {
            let (first, second) = (shop.subscriber(&za(n)).await, shop.subscriber(&za(n + 1)).await);
            let number = za(n);
            let stopping = shop.says(&number, "STOP");
            let merging = async {
                // At every moment of the other, from before it to after it.
                tokio::time::sleep(std::time::Duration::from_micros(u64::from(n) * 150)).await;
                joined(shop, second, first).await
            };
            tokio::join!(stopping, merging);
            let contact = shop.contact(&za(n)).await;
            assert_eq!((contact.id, contact.state), (second, State::OptedOut), "{n}");
            assert_eq!(refusal(shop.marketing(first).await), Reason::OptedOut);
        }
    }
}
