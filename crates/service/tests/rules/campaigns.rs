//! Campaigns that cannot break a promise (R1, R41, R43, R44, R45).

use std::collections::BTreeMap;

use domain::campaign::{Campaign, CampaignState, Command, PauseReason, RecipientOutcome, Report};
use domain::id::CampaignId;
use domain::permit::Reason;
use domain::role::Role;
use domain::time::Span;
use emulator::{ErrorFault, Faults, Inbound};
use serde_json::json;
use service::Error;
use service::campaigns::{AudienceChoice, CampaignDraft};

use crate::shop::{Shop, problems, za};

fn sale(audience: AudienceChoice) -> CampaignDraft {
    CampaignDraft {
        name: "Spring".into(),
        template: "spring_sale".into(),
        language: "en".into(),
        variables: Vec::new(),
        audience,
        schedule_at: None,
        connection: None,
    }
}

async fn write(shop: &Shop, draft: CampaignDraft) -> Campaign {
    service::campaigns::create(shop.service(), &shop.owner, draft).await.unwrap().0
}

async fn tell(shop: &Shop, id: CampaignId, command: Command) -> Result<Campaign, Error> {
    service::campaigns::command(shop.service(), &shop.owner, id, command).await
}

/// Written and launched.
async fn launched(shop: &Shop, draft: CampaignDraft) -> CampaignId {
    let campaign = write(shop, draft).await;
    shop.advance(Span::seconds(1));
    tell(shop, campaign.id, Command::Launch).await.unwrap();
    campaign.id
}

async fn report(shop: &Shop, id: CampaignId) -> Report {
    service::campaigns::report(shop.service(), &shop.owner, id).await.unwrap()
}

/// Whom a campaign left out, by reason.
async fn skipped(shop: &Shop, id: CampaignId) -> BTreeMap<Reason, i64> {
    report(shop, id).await.counts.skipped
}

fn offers(shop: &Shop) -> Vec<String> {
    let offer = |request: &emulator::LoggedRequest| {
        request.body.pointer("/template/name").is_some_and(|name| name == "spring_sale")
    };
    let to = |request: emulator::LoggedRequest| {
        format!("+{}", request.to.unwrap_or_default().trim_start_matches('+'))
    };
    let mut offers: Vec<String> = shop.emulator.requests_after(0).into_iter().filter(offer).map(to).collect();
    offers.sort();
    offers
}

async fn change_policies(shop: &Shop, edit: impl FnOnce(&mut domain::settings::Policies)) {
    let (settings, _) = service::settings::load(shop.service(), &shop.owner).await.unwrap();
    let mut draft = settings.draft;
    edit(&mut draft.policies);
    service::settings::save(shop.service(), &shop.owner, settings.version, draft).await.unwrap();
}

async fn people(shop: &Shop, count: u32) {
    for n in 1..=count {
        shop.subscriber(&za(n)).await;
    }
}

rules! {
    /// The guide's second scenario, in small.
    async fn a_campaign_leaves_out_who_opted_out_and_says_so(shop) {
        people(shop, 20).await;
        for n in 1..=5 {
            shop.says(&za(n), "STOP").await;
        }
        let campaign = write(shop, sale(AudienceChoice::All)).await;
        let preview = service::campaigns::preview(shop.service(), &shop.owner, campaign.id).await.unwrap();
        assert_eq!((preview.audience, preview.reachable), (20, 15));
        assert_eq!(preview.skipped, BTreeMap::from([(Reason::OptedOut, 5)]));
        assert_eq!(offers(shop), Vec::<String>::new(), "nothing leaves before the launch");

        tell(shop, campaign.id, Command::Launch).await.unwrap();
        shop.dispatch().await;
        assert_eq!(offers(shop), (6..=20).map(za).collect::<Vec<_>>());
        let report = report(shop, campaign.id).await;
        assert_eq!(report.campaign.state, CampaignState::Finished);
        assert_eq!(report.at_launch, Some(preview));
        let counts = report.counts;
        assert_eq!((counts.audience, counts.sent, counts.pending, counts.failed, counts.unknown), (20, 15, 0, 0, 0));
        assert_eq!(counts.skipped, BTreeMap::from([(Reason::OptedOut, 5)]));
    }

    async fn r1_a_campaign_reaches_only_those_who_opted_in_and_names_a_reason_for_everybody_else(shop) {
        let (unknown, pending, opted_in, opted_out) = (za(1), za(2), za(3), za(4));
        let (held, native, blocked) = (za(5), za(6), za(7));
        shop.stranger(&unknown).await;
        shop.exchange(&pending, "START").await;
        shop.subscriber(&opted_in).await;
        shop.subscriber(&opted_out).await;
        shop.exchange(&opted_out, "STOP").await;
        let id = shop.subscriber(&held).await;
        shop.advance(Span::seconds(1));
        shop.hold(id).await;
        shop.subscriber(&native).await;
        shop.does(Inbound::native_stop(native.as_str(), true)).await;
        let id = shop.subscriber(&blocked).await;
        shop.block(id, true).await;

        let campaign = launched(shop, sale(AudienceChoice::All)).await;
        shop.dispatch().await;
        assert_eq!(offers(shop), [opted_in]);
        let (everybody, _) = service::campaigns::recipients(
            shop.service(), &shop.owner, campaign, None, None, None, 100).await.unwrap();
        let found: BTreeMap<_, _> =
            everybody.into_iter().map(|one| (one.phone.unwrap(), (one.outcome, one.reason))).collect();
        let out = |reason| (RecipientOutcome::Skipped, Some(reason));
        let expected = BTreeMap::from([
            (unknown, out(Reason::NoOptIn)),
            (pending, out(Reason::Pending)),
            (za(3), (RecipientOutcome::Read, None)),
            (opted_out, out(Reason::OptedOut)),
            (held, out(Reason::Held)),
            (native, out(Reason::NativeStop)),
            (blocked, out(Reason::Blocked)),
        ]);
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (phone, (outcome, reason)) in expected {
            let (got, why) = found[&phone];
            assert_eq!(why, reason, "{phone}");
            assert_eq!(got == RecipientOutcome::Skipped, outcome == RecipientOutcome::Skipped, "{phone}");
        }
    }

    async fn a_stop_between_the_preview_and_the_turn_is_obeyed_and_named(shop) {
        people(shop, 30).await;
        // Ten seconds for the STOP to come before the turn of the last, on however busy a machine.
        let number = shop.slow_number(3).await;
        let draft = CampaignDraft { connection: Some(number.to_string()), ..sale(AudienceChoice::All) };
        let campaign = launched(shop, draft).await;
        let stop = async {
            shop.wait_until(|| !offers(shop).is_empty()).await;
            let before = offers(shop);
            shop.says(&za(30), "STOP").await;
            before
        };
        let ((), before) = tokio::join!(shop.dispatch(), stop);
        assert!(!before.contains(&za(30)), "the STOP came too late to show anything");
        shop.dispatch().await;
        assert_eq!(offers(shop), (1..=29).map(za).collect::<Vec<_>>());
        shop.world.attribute().await.unwrap();
        let report = report(shop, campaign).await;
        assert_eq!(report.counts.sent, 29);
        assert_eq!(report.counts.skipped, BTreeMap::from([(Reason::OptedOut, 1)]));
        assert_eq!(report.at_launch.map(|preview| preview.reachable), Some(30));
        assert_eq!((report.after_stop, report.in_flight_at_stop), (0, 0));
        let changed = service::campaigns::changed(shop.service(), &shop.owner, campaign, 10).await.unwrap();
        assert_eq!(changed.len(), 1);
        assert_eq!((changed[0].label.as_str(), changed[0].reason), (za(30).as_str(), Reason::OptedOut));
        let event = changed[0].event.expect("the STOP");
        assert_eq!(event.0, shop.events(&za(30)).await.last().unwrap().id);
    }

    async fn an_opt_out_within_three_days_counts_as_caused_by_the_campaign(shop) {
        people(shop, 4).await;
        let campaign = launched(shop, sale(AudienceChoice::All)).await;
        shop.dispatch().await;
        shop.says(&za(1), "STOP").await;
        shop.says(&za(2), "what are your opening hours?").await;
        shop.advance(Span::hours(71));
        shop.says(&za(3), "unsubscribe me please").await;
        shop.advance(Span::hours(2));
        shop.says(&za(4), "STOP").await;
        shop.advance(Span::seconds(30));
        shop.world.attribute().await.unwrap();
        shop.world.attribute().await.unwrap();
        let report = report(shop, campaign).await;
        assert_eq!((report.opt_outs, report.replies), (2, 3));
    }

    async fn a_pause_holds_at_once_and_nobody_is_forgotten_or_repeated(shop) {
        people(shop, 12).await;
        let number = shop.slow_number(10).await;
        let draft = CampaignDraft { connection: Some(number.to_string()), ..sale(AudienceChoice::All) };
        let campaign = launched(shop, draft).await;
        let pause = async {
            shop.wait_until(|| !offers(shop).is_empty()).await;
            tell(shop, campaign, Command::Pause).await.unwrap();
        };
        tokio::join!(shop.dispatch(), pause);
        let before = offers(shop).len();
        assert!(before < 12, "what was claimed left, the others wait: {before}");
        shop.dispatch().await;
        shop.advance(Span::days(2));
        shop.dispatch().await;
        assert_eq!(offers(shop).len(), before);
        assert_eq!(report(shop, campaign).await.campaign.pause_reason, Some(PauseReason::ByHand));
        tell(shop, campaign, Command::Resume).await.unwrap();
        shop.dispatch().await;
        assert_eq!(offers(shop), (1..=12).map(za).collect::<Vec<_>>());
        assert_eq!(report(shop, campaign).await.campaign.state, CampaignState::Finished);
    }

    async fn a_cancelled_campaign_names_those_it_never_reached(shop) {
        people(shop, 12).await;
        let number = shop.slow_number(10).await;
        let draft = CampaignDraft { connection: Some(number.to_string()), ..sale(AudienceChoice::All) };
        let campaign = launched(shop, draft).await;
        let cancel = async {
            shop.wait_until(|| !offers(shop).is_empty()).await;
            tell(shop, campaign, Command::Cancel).await.unwrap();
        };
        tokio::join!(shop.dispatch(), cancel);
        shop.advance(Span::days(2));
        shop.dispatch().await;
        let counts = report(shop, campaign).await.counts;
        let sent = i64::try_from(offers(shop).len()).unwrap();
        assert!(sent < 12);
        assert_eq!((counts.sent, counts.pending, counts.audience), (sent, 0, 12));
        assert_eq!(counts.skipped, BTreeMap::from([(Reason::Cancelled, 12 - sent)]));
        let (left, next) = service::campaigns::recipients(
            shop.service(), &shop.owner, campaign, Some(RecipientOutcome::Skipped), Some(Reason::Cancelled), None, 2)
            .await.unwrap();
        assert_eq!((left.len(), next.is_some()), (2, true));
        assert!(matches!(tell(shop, campaign, Command::Resume).await, Err(Error::Conflict)));
    }

    async fn a_launch_pressed_twice_is_one_campaign(shop) {
        people(shop, 3).await;
        let campaign = write(shop, sale(AudienceChoice::All)).await.id;
        let (first, second) =
            tokio::join!(tell(shop, campaign, Command::Launch), tell(shop, campaign, Command::Launch));
        assert_eq!(first.unwrap().state, CampaignState::Running);
        assert_eq!(second.unwrap().state, CampaignState::Running);
        shop.dispatch().await;
        assert_eq!(offers(shop), (1..=3).map(za).collect::<Vec<_>>());
    }

    async fn whoever_comes_after_the_launch_is_not_part_of_it(shop) {
        people(shop, 3).await;
        let campaign = launched(shop, sale(AudienceChoice::All)).await;
        shop.advance(Span::seconds(1));
        shop.subscriber(&za(9)).await;
        shop.dispatch().await;
        assert_eq!(offers(shop), (1..=3).map(za).collect::<Vec<_>>());
        assert_eq!(report(shop, campaign).await.counts.audience, 3);
    }

    async fn a_scheduled_campaign_launches_at_its_time(shop) {
        people(shop, 3).await;
        let at = shop.now() + Span::hours(2);
        let campaign = write(shop, CampaignDraft { schedule_at: Some(at), ..sale(AudienceChoice::All) }).await.id;
        assert_eq!(tell(shop, campaign, Command::Launch).await.unwrap().state, CampaignState::Scheduled);
        shop.dispatch().await;
        shop.says(&za(1), "STOP").await;
        shop.advance(Span::hours(2));
        shop.dispatch().await;
        assert_eq!(offers(shop), [za(2), za(3)]);
        assert_eq!(skipped(shop, campaign).await, BTreeMap::from([(Reason::OptedOut, 1)]));
        let past = CampaignDraft { schedule_at: Some(at), ..sale(AudienceChoice::All) };
        let refused = service::campaigns::create(shop.service(), &shop.owner, past).await;
        assert_eq!(problems(refused), [("schedule_at", "past")]);
    }

    async fn a_list_of_numbers_takes_the_good_ones_and_names_the_bad(shop) {
        people(shop, 2).await;
        let numbers = [za(1), " ".into(), "not a number".into(), za(2), za(1), za(7)].to_vec();
        let (campaign, rejected) = service::campaigns::create(
            shop.service(), &shop.owner, sale(AudienceChoice::Numbers(numbers))).await.unwrap();
        let rejected: Vec<_> = rejected.iter().map(|one| (one.line, one.text.as_str(), one.code)).collect();
        assert_eq!(rejected, [(3, "not a number", "not_a_number")]);
        tell(shop, campaign.id, Command::Launch).await.unwrap();
        shop.dispatch().await;
        assert_eq!(offers(shop), [za(1), za(2)]);
        assert_eq!(skipped(shop, campaign.id).await, BTreeMap::from([(Reason::NoOptIn, 1)]));
    }

    async fn labels_choose_people(shop) {
        people(shop, 3).await;
        for (n, tags) in [(1, vec!["vip", "new"]), (2, vec!["new"])] {
            let new = service::contacts::UpsertContact {
                phone: za(n), name: None, tags: Some(tags.into_iter().map(str::to_owned).collect()) };
            service::contacts::upsert(shop.service(), &shop.owner, new).await.unwrap();
        }
        let tags = |tags: &[&str]| AudienceChoice::Tags(tags.iter().map(|tag| (*tag).to_owned()).collect());
        launched(shop, sale(tags(&["vip", "gone"]))).await;
        shop.dispatch().await;
        assert_eq!(offers(shop), [za(1)]);
        let nobody = write(shop, sale(tags(&["gone"]))).await.id;
        assert_eq!(problems(tell(shop, nobody, Command::Launch).await), [("audience", "nobody")]);
    }

    async fn a_template_that_whatsapp_pauses_lets_the_campaign_rest(shop) {
        people(shop, 6).await;
        let campaign = launched(shop, sale(AudienceChoice::All)).await;
        shop.receive(&json!({"object": "whatsapp_business_account", "entry": [{"id": service::testing::WABA_ID, "time": 1_800_000_002,
            "changes": [{"field": "message_template_status_update", "value": {"event": "PAUSED", "message_template_id": 1,
            "message_template_name": "spring_sale", "message_template_language": "en"}}]}]})).await.unwrap();
        shop.dispatch().await;
        assert_eq!(offers(shop), Vec::<String>::new());
        let report = report(shop, campaign).await;
        assert_eq!((report.campaign.state, report.campaign.pause_reason), (CampaignState::Paused, Some(PauseReason::Template)));
        assert_eq!(report.counts.pending, 6);
        assert_eq!(problems(tell(shop, campaign, Command::Resume).await), [("template", "paused")]);
        let another = service::campaigns::create(shop.service(), &shop.owner, sale(AudienceChoice::All)).await;
        assert_eq!(problems(another), [("template", "paused")]);
    }

    async fn a_refused_template_fails_one_person_and_lets_the_others_wait(shop) {
        people(shop, 30).await;
        let number = shop.slow_number(10).await;
        shop.faults(Faults { errors: vec![ErrorFault { code: 132_015, rate: 1.0, http_status: None }], ..Faults::default() });
        let draft = CampaignDraft { connection: Some(number.to_string()), ..sale(AudienceChoice::All) };
        let campaign = launched(shop, draft).await;
        shop.dispatch().await;
        let report = report(shop, campaign).await;
        assert_eq!(report.campaign.pause_reason, Some(PauseReason::Template));
        let counts = report.counts;
        assert!(counts.failed >= 1 && counts.failed <= 16, "{counts:?}");
        assert_eq!(counts.failed + counts.pending, 30);
    }

    async fn an_expired_token_lets_the_campaign_rest_and_loses_nobody(shop) {
        people(shop, 5).await;
        let campaign = launched(shop, sale(AudienceChoice::All)).await;
        shop.faults(Faults { expired_token: true, ..Faults::default() });
        shop.dispatch().await;
        let paused = report(shop, campaign).await;
        assert_eq!(paused.campaign.pause_reason, Some(PauseReason::Connection));
        assert_eq!(paused.counts.pending, 5);
        shop.faults(Faults::default());
        tell(shop, campaign, Command::Resume).await.unwrap();
        shop.dispatch().await;
        let counts = report(shop, campaign).await.counts;
        assert_eq!((counts.sent, counts.pending), (5, 0));
    }

    async fn r44_a_template_that_becomes_marketing_while_it_is_sent_leaves_out_who_opted_out(shop) {
        people(shop, 4).await;
        shop.says(&za(1), "STOP").await;
        let draft = CampaignDraft { template: "order_confirmation".into(), ..sale(AudienceChoice::All) };
        let campaign = launched(shop, draft).await;
        shop.receive(&json!({"object": "whatsapp_business_account", "entry": [{"id": service::testing::WABA_ID, "time": 1_800_000_005,
            "changes": [{"field": "template_category_update", "value": {"message_template_id": 2,
            "message_template_name": "order_confirmation", "message_template_language": "en",
            "previous_category": "UTILITY", "new_category": "MARKETING"}}]}]})).await.unwrap();
        shop.dispatch().await;
        let counts = report(shop, campaign).await.counts;
        assert_eq!(counts.sent, 3);
        assert_eq!(counts.skipped, BTreeMap::from([(Reason::OptedOut, 1)]));
    }

    async fn r45_a_service_message_to_many_reaches_those_who_opted_out_too(shop) {
        people(shop, 2).await;
        shop.says(&za(1), "STOP").await;
        let draft = CampaignDraft { template: "order_confirmation".into(), ..sale(AudienceChoice::All) };
        let campaign = launched(shop, draft).await;
        shop.dispatch().await;
        assert_eq!(report(shop, campaign).await.counts.sent, 2);
    }

    async fn what_cannot_be_sent_is_refused_before_anything_is_written(shop) {
        people(shop, 1).await;
        let refused = async |draft: CampaignDraft| {
            problems(service::campaigns::create(shop.service(), &shop.owner, draft).await)
        };
        let all = || sale(AudienceChoice::All);
        assert_eq!(refused(CampaignDraft { name: " ".into(), ..all() }).await, [("name", "empty")]);
        assert_eq!(refused(CampaignDraft { name: "x".repeat(121), ..all() }).await, [("name", "too_long")]);
        assert_eq!(refused(CampaignDraft { language: "xx".into(), ..all() }).await, [("template", "not_found")]);
        let variables = vec![("1".to_owned(), "x".to_owned())];
        assert_eq!(refused(CampaignDraft { variables, ..all() }).await, [("template.variables", "unknown")]);
        assert_eq!(refused(sale(AudienceChoice::Tags(vec![" ".into()]))).await, [("audience.tags", "empty")]);
        assert_eq!(refused(sale(AudienceChoice::Numbers(vec![]))).await, [("audience.phones", "empty")]);
        let (none, _) = service::campaigns::list(shop.service(), &shop.owner, None, 10).await.unwrap();
        assert_eq!(none, []);
    }

    async fn only_owners_and_admins_run_campaigns_and_nobody_those_of_others(shop) {
        people(shop, 1).await;
        let campaign = write(shop, sale(AudienceChoice::All)).await.id;
        for role in [Role::Agent, Role::Viewer] {
            let caller = shop.someone(role);
            let created = service::campaigns::create(shop.service(), &caller, sale(AudienceChoice::All)).await;
            assert!(matches!(created, Err(Error::Forbidden(_))));
            let told = service::campaigns::command(shop.service(), &caller, campaign, Command::Launch).await;
            assert!(matches!(told, Err(Error::Forbidden(_))));
            assert!(service::campaigns::report(shop.service(), &caller, campaign).await.is_ok());
        }
        let other = shop.world.business("Other").await.unwrap();
        let stranger = shop.world.caller(other, Role::Owner);
        let told = service::campaigns::command(shop.service(), &stranger, campaign, Command::Launch).await;
        assert!(matches!(told, Err(Error::NotFound)));
        assert!(matches!(service::campaigns::report(shop.service(), &stranger, campaign).await, Err(Error::NotFound)));
        assert!(matches!(service::campaigns::preview(shop.service(), &stranger, campaign).await, Err(Error::NotFound)));
    }

    async fn two_records_of_one_person_get_one_message(shop) {
        people(shop, 2).await;
        let campaign = launched(shop, sale(AudienceChoice::All)).await;
        // Taken into the audience as two, then found to be one: as joining records does it.
        let (first, second) = (shop.contact(&za(1)).await.id, shop.contact(&za(2)).await.id);
        let db = shop.db().await;
        let mut tx = db.write().await.unwrap();
        let mut stored = store::campaign::load_campaign(&mut tx, campaign).await.unwrap().unwrap();
        let end = domain::id::ContactId::from_uuid(domain::id::uuid_v7(shop.now() + Span::days(1), [0; 10]));
        store::campaign::freeze_recipients(
            &mut tx, shop.business, campaign, &stored.campaign.audience,
            &domain::permit::Policy::default(), |_| None, end, 100, shop.now()).await.unwrap();
        stored.campaign.frozen_at = Some(shop.now());
        store::campaign::update_campaign(&mut tx, &stored).await.unwrap();
        let mut people = store::contact::load_contacts(&mut tx, &[second]).await.unwrap();
        people[0].merged_into = Some(first);
        store::contact::update_contacts(&mut tx, &people).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        shop.dispatch().await;
        assert_eq!(offers(shop), [za(1)]);
        assert_eq!(skipped(shop, campaign).await, BTreeMap::from([(Reason::Duplicate, 1)]));
    }

    async fn r47_marketing_waits_for_the_hours_of_the_person_and_a_stop_meanwhile_is_obeyed(shop) {
        let night = domain::time::Timestamp::parse_rfc3339("2027-03-01T20:30:00Z").unwrap();
        shop.advance(Span::micros_of(night.micros() - shop.now().micros()));
        people(shop, 3).await;
        change_policies(shop, |policies| policies.hours = Some(domain::quiet::Hours::default())).await;
        let campaign = launched(shop, sale(AudienceChoice::All)).await;
        shop.dispatch().await;
        assert_eq!(offers(shop), Vec::<String>::new(), "it is night in South Africa");
        let waiting = report(shop, campaign).await;
        assert_eq!((waiting.campaign.state, waiting.counts.pending), (CampaignState::Running, 3));
        // The confirmation of an opt-out leaves at any hour.
        shop.exchange(&za(2), "STOP").await;
        assert_eq!(shop.sent_to(&za(2)).len(), 1);
        shop.advance(Span::hours(11));
        shop.dispatch().await;
        assert_eq!(offers(shop), [za(1), za(3)]);
        let report = report(shop, campaign).await;
        assert_eq!(report.campaign.state, CampaignState::Finished);
        assert_eq!(report.counts.skipped, BTreeMap::from([(Reason::OptedOut, 1)]));
    }

    async fn r47_a_single_offer_at_night_waits_too_and_news_of_an_order_does_not(shop) {
        let night = domain::time::Timestamp::parse_rfc3339("2027-03-01T20:30:00Z").unwrap();
        shop.advance(Span::micros_of(night.micros() - shop.now().micros()));
        let id = shop.subscriber(&za(1)).await;
        change_policies(shop, |policies| policies.hours = Some(domain::quiet::Hours::default())).await;
        shop.marketing(id).await.unwrap();
        shop.utility(id).await.unwrap();
        shop.dispatch().await;
        assert_eq!(shop.sent_to(&za(1)), ["order_confirmation"]);
        shop.advance(Span::hours(11));
        shop.dispatch().await;
        assert_eq!(shop.sent_to(&za(1)), ["order_confirmation", "spring_sale"]);
    }

    async fn r48_nobody_gets_more_marketing_than_the_cap_allows(shop) {
        people(shop, 2).await;
        let cap = domain::permit::FrequencyCap { messages: 1, days: 1 };
        change_policies(shop, |policies| policies.frequency_cap = Some(cap)).await;
        let first = shop.contact(&za(1)).await.id;
        shop.marketing(first).await.unwrap();
        shop.dispatch().await;
        assert_eq!(crate::shop::refusal(shop.marketing(first).await), Reason::FrequencyCap);
        shop.utility(first).await.unwrap();
        let campaign = write(shop, sale(AudienceChoice::All)).await.id;
        let preview = service::campaigns::preview(shop.service(), &shop.owner, campaign).await.unwrap();
        assert_eq!((preview.reachable, &preview.skipped), (1, &BTreeMap::from([(Reason::FrequencyCap, 1)])));
        tell(shop, campaign, Command::Launch).await.unwrap();
        shop.dispatch().await;
        assert_eq!(skipped(shop, campaign).await, preview.skipped);
        shop.advance(Span::hours(25));
        let again = launched(shop, sale(AudienceChoice::All)).await;
        shop.dispatch().await;
        assert_eq!(report(shop, again).await.counts.sent, 2);
    }

    async fn r50_numbers_of_the_united_states_are_left_out_where_the_rule_is_on(shop) {
        let (us, canadian) = ("+12125550123", "+14165550123");
        shop.subscriber(us).await;
        shop.subscriber(canadian).await;
        let before = launched(shop, sale(AudienceChoice::All)).await;
        shop.dispatch().await;
        assert_eq!(report(shop, before).await.counts.sent, 2);
        change_policies(shop, |policies| policies.skip_us_numbers = true).await;
        let after = launched(shop, sale(AudienceChoice::All)).await;
        shop.dispatch().await;
        assert_eq!(skipped(shop, after).await, BTreeMap::from([(Reason::UsNumber, 1)]));
    }
}
