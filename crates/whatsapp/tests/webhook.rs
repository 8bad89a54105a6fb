//! Webhooks written for the project: what each part of Meta's JSON is read as.

#![expect(
    clippy::unwrap_used,
    reason = "a panic is how a test fails; clippy exempts only functions marked as tests"
)]

use domain::inbound::{Delivery, Identity, InboundMessage, MessageType, Update, WordsFrom};
use domain::kind::MessageKind;
use domain::phone::Phone;
use domain::template::TemplateStatus;
use domain::time::Timestamp;
use whatsapp::webhook::{ParseError, parse, parse_at};

use WordsFrom::{Caption, Label, OrderNote, Payload, Text};

fn updates(json: &str) -> Vec<Update> {
    parse(json.as_bytes()).unwrap().updates
}

fn messages(json: &str) -> Vec<InboundMessage> {
    let messages = updates(json).into_iter().filter_map(|update| match update {
        Update::Message(message) => Some(message),
        _ => None,
    });
    messages.collect()
}

/// A `messages` webhook with the given `value`.
fn envelope(value: &str) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"value":{value},"field":"messages"}}]}}]}}"#
    )
}

/// A webhook with one message that has the given fields besides its id and time.
fn one_message(fields: &str) -> String {
    envelope(&format!(r#"{{"messages":[{{"id":"wamid.A","timestamp":"1764000000",{fields}}}]}}"#))
}

fn why(update: &Update) -> &'static str {
    match update {
        Update::Other { why, .. } => why,
        _ => "read",
    }
}

fn person(phone: &str, user_id: &str, parent: &str) -> Identity {
    let word = |word: &str| Some(word.to_owned()).filter(|word| !word.is_empty());
    Identity {
        phone: word(phone).map(|phone| Phone::from_e164(&phone).unwrap()),
        user_id: word(user_id),
        parent_user_id: word(parent),
    }
}

#[test]
fn every_type_gives_its_words_and_a_preview() {
    type Expected = (&'static str, &'static [(WordsFrom, &'static str)], &'static str);
    let expected: &[Expected] = &[
        ("text", &[(Text, "STOP")], "STOP"),
        ("button", &[(Payload, "OPT_OUT_MARKETING"), (Label, "Stop promotions")], "Stop promotions"),
        ("interactive", &[(Payload, "opt-out-yes"), (Label, "Yes, stop")], "Yes, stop"),
        ("interactive", &[(Payload, "pref_none"), (Label, "No marketing")], "No marketing"),
        ("interactive", &[], "Form answered: flow"),
        ("image", &[(Caption, "Unsubscribe")], "Unsubscribe"),
        ("video", &[(Caption, "look")], "look"),
        ("document", &[], "Document: receipt.pdf"),
        ("audio", &[], "Voice message"),
        ("sticker", &[], "Sticker"),
        ("location", &[], "Location: Stop Café"),
        ("contacts", &[], "Contact cards: Cy Example and 1 more"),
        ("reaction", &[], "👍"),
        ("reaction", &[], "Reaction removed"),
        ("order", &[(OrderNote, "no more please")], "3 items in cart: no more please"),
        ("system", &[], "STOP"),
        ("unsupported", &[], "Unsupported message (edit)"),
        ("edit", &[(Caption, "stop now")], "Edited: stop now"),
        ("revoke", &[], "Message deleted"),
        ("hologram", &[], "Message of type hologram"),
        ("location", &[], "Location"),
    ];
    let messages = messages(include_str!("fixtures/words.json"));
    assert_eq!(messages.len(), expected.len());
    for (message, (message_type, words, preview)) in messages.iter().zip(expected) {
        let found: Vec<_> = message.words.iter().map(|(place, word)| (*place, word.as_str())).collect();
        assert_eq!(message.message_type.as_str(), *message_type, "{}", message.wamid);
        assert_eq!(found, *words, "{}", message.wamid);
        assert_eq!(message.preview, *preview, "{}", message.wamid);
    }
}

#[test]
fn contacts_are_matched_whatever_their_order() {
    let messages = messages(include_str!("fixtures/words.json"));
    assert_eq!(messages[0].from, person("15550100101", "US.ANA1", "US.ENT.ANA1"));
    assert_eq!(messages[0].profile_name.as_deref(), Some("Ana Example"));
    assert_eq!(messages[1].from, person("15550100102", "US.BEN1", ""));
    assert_eq!(messages[1].profile_name.as_deref(), Some("Ben Example"));
    assert_eq!(messages[1].context_wamid.as_deref(), Some("wamid.OUT1"));
    assert_eq!(messages[1].sent_at, Timestamp::from_seconds(1_764_000_002));
}

#[test]
fn a_person_without_a_visible_number_is_known_by_user_id() {
    let json = envelope(
        r#"{"contacts":[{"profile":{"username":"@ana"},"user_id":"US.ANA1","parent_user_id":"US.ENT.ANA1"}],
            "messages":[{"from_user_id":"US.ANA1","id":"wamid.A","timestamp":"1764000000","type":"text","text":{"body":"STOP"}}]}"#,
    );
    let message = &messages(&json)[0];
    assert_eq!(message.from, person("", "US.ANA1", "US.ENT.ANA1"));
    assert_eq!(message.profile_name, None);
}

#[test]
fn a_message_that_names_nobody_belongs_to_the_only_contact() {
    let one = r#"{"profile":{"name":"Ana"},"wa_id":"15550100101"}"#;
    let message = r#""messages":[{"from":"PHONE","id":"wamid.A","timestamp":"1764000000","type":"text","text":{"body":"Hi"}}]"#;
    let alone = messages(&envelope(&format!(r#"{{"contacts":[{one}],{message}}}"#)));
    assert_eq!(alone[0].from, person("15550100101", "", ""));
    for contacts in [String::new(), format!("{one},{one}")] {
        let json = envelope(&format!(r#"{{"contacts":[{contacts}],{message}}}"#));
        assert_eq!(why(&updates(&json)[0]), "no_identity");
    }
}

#[test]
fn forwarded_group_and_advertised_messages_are_marked() {
    let from = r#""from":"15550100101","type":"text","text":{"body":"STOP"}"#;
    let of = |more: &str| messages(&one_message(&format!("{from}{more}"))).remove(0);
    assert!(of(r#","context":{"forwarded":true}"#).forwarded);
    assert!(of(r#","context":{"frequently_forwarded":true}"#).forwarded);
    assert!(!of(r#","context":{"id":"wamid.OUT1"}"#).forwarded);
    assert!(of(r#","group_id":"G1""#).in_group);
    let advertised = of(r#","referral":{"source_type":"ad","headline":"STOP","body":"START"}"#);
    assert_eq!(advertised.words, [(Text, "STOP".to_owned())]);
    assert!(!advertised.in_group);
}

#[test]
fn the_message_is_kept_as_received() {
    let fields = r#""from":"15550100101","type":"text","text":{"body":"caf\u00e9  \n!"},"new_field":[1, 2]"#;
    let message = &messages(&one_message(fields))[0];
    assert_eq!(message.raw, format!(r#"{{"id":"wamid.A","timestamp":"1764000000",{fields}}}"#));
    assert_eq!(message.words[0].1, "café  \n!");
}

#[test]
fn nul_and_broken_surrogates_are_repaired_everywhere() {
    let json = envelope(
        r#"{"contacts":[{"profile":{"name":"An\u0000a \ud83d"},"wa_id":"15550100101"}],
            "messages":[{"from":"15550100101","id":"wamid.A","timestamp":"1764000000","type":"text","text":{"body":"ST\u0000OP \\u0000"}}]}"#,
    );
    let message = &messages(&json)[0];
    assert_eq!(message.words[0].1, "STOP \\u0000");
    assert_eq!(message.profile_name.as_deref(), Some("Ana \u{fffd}"));
    assert!(message.raw.contains(r"STOP \\u0000"), "{}", message.raw);
}

#[test]
fn statuses_are_read_and_unknown_ones_kept() {
    let updates = updates(include_str!("fixtures/statuses.json"));
    let found: Vec<_> = updates.iter().map(why).collect();
    assert_eq!(found, ["read", "read", "read", "unknown_status", "no_time", "unreadable"]);
    let statuses: Vec<_> = updates
        .iter()
        .filter_map(|update| match update {
            Update::Status(status) => Some(status),
            _ => None,
        })
        .collect();
    assert_eq!(statuses[0].delivery, Delivery::Read);
    assert_eq!(statuses[0].callback_data.as_deref(), Some("out_1.1"));
    assert_eq!(statuses[0].recipient, person("15550100101", "US.ANA1", "US.ENT.ANA1"));
    assert_eq!(statuses[1].at, Timestamp::from_seconds(1_764_000_102));
    assert_eq!(statuses[1].recipient, person("15550100101", "US.ANA1", "US.ENT.ANA1"));
    assert_eq!((statuses[2].delivery, statuses[2].error_code), (Delivery::Failed, Some(131_049)));
}

#[test]
fn preferences_and_changes_of_identity() {
    let updates = updates(include_str!("fixtures/people.json"));
    let Update::Preference(stop) = &updates[0] else { panic!("{:?}", updates[0]) };
    assert_eq!((stop.stop, &stop.from), (true, &person("15550100101", "US.ANA1", "")));
    let Update::Preference(resume) = &updates[1] else { panic!("{:?}", updates[1]) };
    assert_eq!((resume.stop, &resume.from), (false, &person("", "US.BEN1", "")));
    assert_eq!(resume.at, Timestamp::from_seconds(1_764_000_202));
    assert_eq!(why(&updates[2]), "unknown_preference");

    let changes: Vec<_> = updates
        .iter()
        .filter_map(|update| match update {
            Update::Identity(change) => Some((&change.before, &change.after, change.wamid.as_deref())),
            _ => None,
        })
        .collect();
    let expected = [
        (
            &person("15550100101", "US.ANA1", "US.ENT.ANA1"),
            &person("15550100101", "US.ANA2", "US.ENT.ANA2"),
            None,
        ),
        (&person("15550100101", "", ""), &person("15550100104", "US.ANA3", ""), Some("wamid.S1")),
        (&person("", "US.BEN1", ""), &person("", "US.BEN2", ""), Some("wamid.S2")),
    ];
    assert_eq!(changes, expected);
}

#[test]
fn a_notice_stays_a_message_without_words_and_comes_before_its_change() {
    let updates = updates(include_str!("fixtures/people.json"));
    let at = |wanted: &str| {
        updates
            .iter()
            .position(|update| matches!(update, Update::Message(message) if message.wamid == wanted))
            .unwrap()
    };
    let Update::Message(notice) = &updates[at("wamid.S1")] else { unreachable!() };
    assert_eq!((&notice.message_type, notice.words.len()), (&MessageType::System, 0));
    assert_eq!(notice.from, person("15550100101", "", ""));
    assert!(matches!(&updates[at("wamid.S1") + 1], Update::Identity(_)));
    let Update::Message(unknown) = &updates[at("wamid.S3")] else { unreachable!() };
    assert_eq!(unknown.from, person("", "US.CY2", ""), "nobody can tell who it was before");
    assert_eq!(at("wamid.S3") + 1, updates.len());
}

#[test]
fn account_webhooks_are_read_or_kept_with_the_reason() {
    let updates = updates(include_str!("fixtures/account.json"));
    let found: Vec<_> = updates.iter().map(why).collect();
    assert_eq!(
        found,
        ["read", "read", "no_name", "field", "own_words", "account_error", "field", "field", "read"]
    );
    let Update::Template(paused) = &updates[0] else { panic!("{:?}", updates[0]) };
    assert_eq!((paused.name.as_str(), paused.language.as_str()), ("spring_sale", "en_US"));
    assert_eq!((paused.status, paused.kind), (Some(TemplateStatus::Paused), Some(MessageKind::Marketing)));
    let Update::Template(moved) = &updates[1] else { panic!("{:?}", updates[1]) };
    assert_eq!((moved.status, moved.kind), (None, Some(MessageKind::Utility)), "the present category counts");
    let Update::Other { field, raw, .. } = &updates[7] else { panic!("{:?}", updates[7]) };
    assert_eq!((field.as_str(), raw.as_str()), ("something_new", "[1, 2]"));
    let Update::Message(timeless) = &updates[8] else { panic!("{:?}", updates[8]) };
    assert_eq!(timeless.sent_at, Timestamp::from_seconds(1_764_000_300), "the time of the entry");
}

#[test]
fn the_valid_part_of_a_batch_counts() {
    let good = r#"{"from":"15550100101","id":"wamid.A","timestamp":"1764000000","type":"text","text":{"body":"STOP"}}"#;
    let json = envelope(&format!(
        r#"{{"contacts":"none","statuses":7,"messages":[1,null,"x",[],{{}},{{"id":"wamid.B"}},
            {{"id":"wamid.C","timestamp":"99999999999999"}},{{"id":"wamid.D","id":"wamid.D"}},{good}]}}"#
    ));
    let updates = updates(&json);
    let found: Vec<_> = updates.iter().map(why).collect();
    let expected = [
        "unreadable",
        "unreadable",
        "unreadable",
        "unreadable",
        "no_id",
        "no_time",
        "no_time",
        "unreadable",
        "read",
        "unreadable",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_is_not_dated_counts_from_its_arrival() {
    let json = r#"{"object":"whatsapp_business_account","entry":[{"changes":[
        {"field":"messages","value":{"messages":[{"from":"15550100101","id":"wamid.A","type":"text","text":{"body":"STOP"}}]}},
        {"field":"user_preferences","value":{"user_preferences":[{"wa_id":"15550100101","value":"stop"}]}}]}]}"#;
    let undated: Vec<_> = updates(json).iter().map(why).collect();
    assert_eq!(undated, ["no_time", "no_time"]);
    let received_at = Timestamp::from_seconds(1_764_000_400);
    let dated = parse_at(json.as_bytes(), received_at).unwrap().updates;
    assert!(matches!(&dated[0], Update::Message(message) if message.sent_at == received_at));
    assert!(matches!(&dated[1], Update::Preference(preference) if preference.at == received_at));
}

#[test]
fn odd_envelopes_are_accepted_around_what_is_readable() {
    let change = r#"{"field":"messages","value":{"messages":[{"from":"15550100101","id":"wamid.A","timestamp":"1764000000","type":"text"}]}}"#;
    let json = format!(
        r#"{{"object":"whatsapp_business_account","entry":[7,{{"changes":{{}}}},{{"changes":[null,{change}]}},{{}}]}}"#
    );
    let found: Vec<_> = updates(&json).iter().map(why).collect();
    assert_eq!(found, ["read", "unreadable"]);
    let odd = r#"{"object":"whatsapp_business_account","entry":{}}"#;
    assert_eq!(why(&updates(odd)[0]), "unreadable");
    assert_eq!(why(&updates(r#"{"object":"whatsapp_business_account"}"#)[0]), "no_entry");
    assert!(updates(r#"{"object":"whatsapp_business_account","entry":[]}"#).is_empty());
}

#[test]
fn what_is_no_whatsapp_webhook_is_an_error() {
    for body in ["", "{", "hello", "{}{}", "{\"object\":\"x\u{0}\"}", r#"{"entry":[}"#] {
        assert_eq!(parse(body.as_bytes()), Err(ParseError::NotJson), "{body}");
    }
    assert_eq!(parse(b"{\"object\":\"\xff\"}"), Err(ParseError::NotJson));
    for body in ["[]", "1", "null", "{}", r#"["whatsapp_business_account",[]]"#, r#"{"entry":null}"#] {
        assert_eq!(parse(body.as_bytes()), Err(ParseError::NotAnEnvelope), "{body}");
    }
    let page = br#"{"object":"page","entry":[]}"#;
    assert_eq!(parse(page), Err(ParseError::NotWhatsApp));
}

#[test]
fn deep_nesting_is_an_error_or_ignored_but_never_a_crash() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let ignored = one_message(&format!(r#""from":"15550100101","type":"text","text":{deep}"#));
    assert_eq!(messages(&ignored).len(), 1);
    let mut edits = String::from("{}");
    for _ in 0..10_000 {
        edits = format!(r#"{{"type":"edit","edit":{{"message":{edits}}}}}"#);
    }
    let json = one_message(&format!(r#""from":"15550100101","type":"edit","edit":{{"message":{edits}}}"#));
    assert_eq!(why(&updates(&json)[0]), "unreadable");
}
