use domain::campaign::{Audience, RecipientOutcome};
use domain::consent::{SignalKind, Source, State};
use domain::contact::{CampaignFilter, ContactQuery, ContactSort, Details};
use domain::id::{BusinessId, CampaignId, ContactId};
use domain::inbound::Delivery;
use domain::kind::MessageKind;
use domain::permit::{Policy, Reason};
use store::Db;
use store::campaign::{Turn, freeze_recipients, insert_campaign, take_turns};
use store::contact::*;
use store::contact_detail::write_details;
use store::contact_list::*;
use store::outbox::{NewMessage, Progress, advance_messages, insert_messages};

use crate::world::*;

const SORTS: [ContactSort; 4] = ContactSort::ALL;

fn sorted_by(sort: ContactSort) -> ContactQuery {
    ContactQuery { sort, ..ContactQuery::default() }
}

fn cursor_at(stored: &StoredContact, sort: ContactSort, backwards: bool) -> Cursor {
    Cursor { backwards, id: stored.contact.id, place: place(&stored.contact, sort) }
}

/// All pages from one end to the other, as the service asks for them.
async fn walk(
    db: &Db,
    business: BusinessId,
    query: &ContactQuery,
    start: Option<Cursor>,
    limit: u32,
) -> Vec<StoredContact> {
    let (mut cursor, mut all) = (start, Vec::new());
    let backwards = cursor.as_ref().is_some_and(|cursor| cursor.backwards);
    loop {
        let mut page =
            read!(db, tx => list_contacts(tx, business, query, cursor.as_ref(), limit).await.unwrap());
        let more = page.len() > limit as usize;
        page.truncate(limit as usize);
        cursor = page.last().map(|last| cursor_at(last, query.sort, backwards));
        all.append(&mut page);
        if !more {
            return all;
        }
    }
}

/// Who is found, by name, in the order of the names.
async fn found(db: &Db, business: BusinessId, query: ContactQuery) -> Vec<String> {
    let query = ContactQuery { sort: ContactSort::Name, ..query };
    let people = read!(db, tx => list_contacts(tx, business, &query, None, 200).await.unwrap());
    people.into_iter().map(|person| person.contact.name.unwrap_or_default()).collect()
}

fn search(term: &str) -> ContactQuery {
    ContactQuery { search: Some(term.into()), ..ContactQuery::default() }
}

async fn fill(db: &Db, business: BusinessId, names: &[&str]) -> Vec<ContactId> {
    let people: Vec<_> = names.iter().map(|name| named(business, name)).collect();
    commit!(db, tx => insert_contacts(tx, &people).await.unwrap());
    people.iter().map(|person| person.contact.id).collect()
}

contract! {
    async fn walking_forth_and_back_gives_every_row_once(db: &Db) {
        let world = World::new(db).await;
        let names =
            ["ana", "Ana", "ANA", "", "Émile", "émile", "zoe", "Öz", "", "李", "🦀", " b ", "_", "%", "Zoë"];
        let repeated: Vec<&str> = names.iter().copied().cycle().take(47).collect();
        fill(db, world.business, &repeated).await;
        world.stranger(db, "ana").await;
        for sort in SORTS {
            let query = sorted_by(sort);
            let whole = walk(db, world.business, &query, None, 200).await;
            assert_eq!(whole.len(), 47);
            let mut expected = whole.clone();
            match sort {
                ContactSort::Newest => expected.sort_by_key(|one| std::cmp::Reverse(one.contact.id)),
                ContactSort::Name => expected.sort_by_key(|one| (sort_name(&one.contact), one.contact.id)),
                ContactSort::LastMessage => {
                    expected.sort_by_key(|one| std::cmp::Reverse((one.contact.last_inbound_at, one.contact.id)));
                }
                ContactSort::Changed => {
                    expected.sort_by_key(|one| std::cmp::Reverse((one.contact.since, one.contact.id)));
                }
            }
            assert_eq!(whole, expected, "{sort:?}");
            for limit in [1, 2, 7, 46, 47, 48] {
                let forth = walk(db, world.business, &query, None, limit).await;
                assert_eq!(forth, whole, "{sort:?} forth by {limit}");
                let last = whole.last().unwrap();
                let mut back = walk(db, world.business, &query, Some(cursor_at(last, sort, true)), limit).await;
                back.reverse();
                assert_eq!(back, whole[..46], "{sort:?} back by {limit}");
            }
            let past_the_end = read!(db, tx => {
                list_contacts(tx, world.business, &query, Some(&cursor_at(whole.last().unwrap(), sort, false)), 5).await.unwrap()
            });
            assert_eq!(past_the_end, []);
        }
    }

    /// PostgreSQL refuses index entries beyond a third of a page, so only the start of a name counts.
    async fn names_longer_than_an_index_entry_are_listed_too(db: &Db) {
        let world = World::new(db).await;
        let endless: String =
            (0..3_000).filter_map(|n| char::from_u32(0x2_0000 + n * 7919 % 40_000)).collect();
        let names = [endless.clone(), format!("{endless}b"), format!("{endless}a")];
        let ids = fill(db, world.business, &names.each_ref().map(String::as_str)).await;
        for limit in [1, 9] {
            let listed = walk(db, world.business, &sorted_by(ContactSort::Name), None, limit).await;
            assert_eq!(listed.iter().map(|one| one.contact.id).collect::<Vec<_>>(), ids);
            assert_eq!(listed[2].contact.name.as_ref(), Some(&names[2]));
        }
        assert_eq!(found(db, world.business, search(&endless)).await.len(), 3);
    }

    async fn one_row_more_says_that_there_is_more(db: &Db) {
        let world = World::new(db).await;
        fill(db, world.business, &["a", "b", "c"]).await;
        for sort in SORTS {
            for (limit, rows) in [(0, 1), (1, 2), (2, 3), (3, 3), (u32::MAX, 3)] {
                let page = read!(db, tx => list_contacts(tx, world.business, &sorted_by(sort), None, limit).await.unwrap());
                assert_eq!(page.len(), rows);
            }
        }
    }

    async fn people_sort_by_folded_name_and_those_without_one_come_last(db: &Db) {
        let world = World::new(db).await;
        fill(db, world.business, &["", "zoe", "Émile", "bob", " Ana", "   ", "émilie", "Bea"]).await;
        let listed = found(db, world.business, ContactQuery::default()).await;
        assert_eq!(listed, [" Ana", "Bea", "bob", "zoe", "Émile", "émilie", "", ""]);
    }

    async fn part_of_a_name_is_found_whatever_its_case(db: &Db) {
        let world = World::new(db).await;
        fill(db, world.business, &["Émile Zola", "ÖZGÜR", "Straße", "Μαρία", "Анна", "Ana", ""]).await;
        for (term, expected) in [
            ("émile", "Émile Zola"),
            ("ÉMILE", "Émile Zola"),
            ("e Z", "Émile Zola"),
            ("  zola ", "Émile Zola"),
            ("zgü", "ÖZGÜR"),
            ("öZG", "ÖZGÜR"),
            ("STRAß", "Straße"),
            ("ΜΑΡ", "Μαρία"),
            ("анн", "Анна"),
            ("NA", "Ana"),
        ] {
            assert_eq!(found(db, world.business, search(term)).await, [expected], "{term}");
        }
        for nobody in ["emile", "x", &long()[..7_000], "' or 1=1 --"] {
            assert_eq!(found(db, world.business, search(nobody)).await, [""; 0], "{nobody}");
        }
        assert_eq!(found(db, world.other, search("ana")).await, [""; 0]);
        assert_eq!(found(db, world.business, search(" ")).await.len(), 7, "nothing to search for: everybody");
    }

    async fn wildcards_in_a_search_are_ordinary_characters(db: &Db) {
        let world = World::new(db).await;
        fill(
            db,
            world.business,
            &["100% cotton", "1000 cotton", "a_b", "aXb", r"c\d", "c/d", r"\%", "[x]", "*", "?"],
        )
        .await;
        for (term, expected) in [
            ("0% c", "100% cotton"),
            ("a_b", "a_b"),
            (r"c\d", r"c\d"),
            (r"\%", r"\%"),
            ("[x", "[x]"),
            ("*", "*"),
            ("?", "?"),
            ("_", "a_b"),
        ] {
            assert_eq!(found(db, world.business, search(term)).await, [expected], "{term}");
        }
        assert_eq!(found(db, world.business, search("%")).await, ["100% cotton", r"\%"]);
        assert_eq!(found(db, world.business, search(r"\")).await, [r"\%", r"c\d"]);
    }

    async fn digits_find_a_number_however_they_are_written(db: &Db) {
        let world = World::new(db).await;
        for (business, name, number) in [
            (world.business, "Ana", "+5511912345678"),
            (world.business, "Bob", "+15550100123"),
            (world.business, "Agent 123", "+4930901820"),
            (world.other, "Eve", "+5511912345678"),
        ] {
            let mut person = named(business, name);
            person.contact.phone = Some(phone(number));
            commit!(db, tx => insert_contacts(tx, &[person]).await.unwrap());
        }
        for (term, expected) in [
            ("0123", "Bob"),
            ("+1 (555) 010-0123", "Bob"),
            ("+55 11", "Ana"),
            ("91234-5678", "Ana"),
            ("901820", "Agent 123"),
            ("gent 123", "Agent 123"),
        ] {
            assert_eq!(found(db, world.business, search(term)).await, [expected], "{term}");
        }
        assert_eq!(
            found(db, world.business, search("123")).await,
            ["Ana", "Bob"],
            "digits alone are part of a number"
        );
        assert_eq!(found(db, world.business, search("55")).await, [""; 0], "two digits are part of a name");
        assert_eq!(
            found(db, world.business, search("+555")).await,
            [""; 0],
            "a number with + is written from its start"
        );
    }

    async fn every_filter_narrows_and_all_of_them_together(db: &Db) {
        let world = World::new(db).await;
        let ids = fill(db, world.business, &["Ana", "Anabel", "Anatol", "Bob"]).await;
        let number = phone("+15550100001");
        commit!(db, tx => {
            let mut people = load_contacts(tx, &ids).await.unwrap();
            people[1].set_consent(consent_of(&[SignalKind::OptIn]));
            people[2].set_consent(consent_of(&[SignalKind::OptIn]));
            update_contacts(tx, &people).await.unwrap();
            let tags = [(ids[0], "vip"), (ids[1], "vip"), (ids[3], "VIP")].map(|(id, tag)| (id, tag.to_owned()));
            insert_tags(tx, world.business, &tags).await.unwrap();
            let name = Identifier { business: world.business, kind: IdentityKind::Phone, value: number.to_string() };
            insert_identities(tx, &[(name, ids[1])]).await.unwrap();
        });
        let state = ContactQuery { state: Some(State::OptedIn), ..ContactQuery::default() };
        let tag = ContactQuery { tag: Some("vip".into()), ..ContactQuery::default() };
        let by_phone = ContactQuery { phone: Some(number), ..ContactQuery::default() };
        let all = ContactQuery {
            tag: tag.tag.clone(),
            phone: by_phone.phone.clone(),
            search: Some("AN".into()),
            ..state.clone()
        };
        let none = ContactQuery { state: Some(State::OptedOut), ..all.clone() };
        assert_eq!(found(db, world.business, state.clone()).await, ["Anabel", "Anatol"]);
        assert_eq!(found(db, world.business, tag.clone()).await, ["Ana", "Anabel"]);
        assert_eq!(found(db, world.business, by_phone.clone()).await, ["Anabel"]);
        assert_eq!(found(db, world.business, all.clone()).await, ["Anabel"]);
        assert_eq!(found(db, world.business, none).await, [""; 0]);
        for query in [state.clone(), tag.clone(), by_phone, all] {
            assert_eq!(found(db, world.other, query).await, [""; 0]);
        }
        for sort in SORTS {
            for query in [ContactQuery { sort, ..state.clone() }, ContactQuery { sort, ..tag.clone() }] {
                let pages = walk(db, world.business, &query, None, 1).await;
                assert_eq!(pages, walk(db, world.business, &query, None, 9).await);
                assert_eq!(pages.len(), 2);
            }
        }
    }

    async fn merged_records_are_hidden(db: &Db) {
        let world = World::new(db).await;
        let ids = fill(db, world.business, &["Ana", "Ana (old)"]).await;
        commit!(db, tx => {
            let mut people = load_contacts(tx, &ids).await.unwrap();
            people[1].merged_into = Some(ids[0]);
            update_contacts(tx, &people).await.unwrap();
            insert_tags(tx, world.business, &[(ids[1], "vip".to_owned())]).await.unwrap();
        });
        assert_eq!(found(db, world.business, ContactQuery::default()).await, ["Ana"]);
        assert_eq!(found(db, world.business, search("ana")).await, ["Ana"]);
        let tag = ContactQuery { tag: Some("vip".into()), ..ContactQuery::default() };
        assert_eq!(found(db, world.business, tag).await, [""; 0]);
    }
}

fn consented(kind: SignalKind, seconds: i64) -> domain::consent::Consent {
    let signal = domain::consent::Signal { kind, source: Source::Operator, occurred_at: at(seconds) };
    domain::consent::apply(&domain::consent::Consent::NONE, &signal).consent
}

/// A crowd that is large enough for filters that leave many and filters that leave few.
async fn crowd(db: &Db, world: &World) -> Vec<StoredContact> {
    let people: Vec<StoredContact> = (0..9_000_i64)
        .map(|n| {
            let name = match n % 9 {
                0 => None,
                4 => Some(format!("Ana Lima {n}")),
                _ => Some(format!("Person {n}")),
            };
            let mut one = named(world.business, name.as_deref().unwrap_or_default());
            one.contact.name = name;
            one.contact.phone = Some(phone(&format!("+2782{:07}", n * 13 % 9_000_000)));
            one.contact.country = Some(if n % 700 == 0 { "BR" } else { "ZA" }.to_owned());
            one.contact.last_inbound_at = (n % 3 == 0).then(|| at(n % 50));
            one.contact.blocked = n % 5 == 0;
            let kind = match n % 100 {
                0 => Some(SignalKind::OptOut),
                1..60 => Some(SignalKind::OptIn),
                _ => None,
            };
            if let Some(kind) = kind {
                one.set_consent(consented(kind, n));
            }
            one
        })
        .collect();
    let tags: Vec<(ContactId, String)> = people
        .iter()
        .enumerate()
        .flat_map(|(n, one)| {
            let often = (n.is_multiple_of(2)).then(|| (one.contact.id, "often".to_owned()));
            let seldom = (n % 1_000 == 7).then(|| (one.contact.id, "seldom".to_owned()));
            often.into_iter().chain(seldom)
        })
        .collect();
    for portion in people.chunks(3_000) {
        commit!(db, tx => insert_contacts(tx, portion).await.unwrap());
    }
    commit!(db, tx => insert_tags(tx, world.business, &tags).await.unwrap());
    world.stranger(db, "Ana Lima").await;
    people
}

/// What became of the person with this number in the crowd's campaign: few failed, many did not.
const fn outcome_of(n: usize) -> RecipientOutcome {
    match n % 8 {
        _ if n % 900 == 8 => RecipientOutcome::Failed,
        0..5 => RecipientOutcome::Read,
        5 => RecipientOutcome::Skipped,
        _ => RecipientOutcome::Pending,
    }
}

fn language_of(n: usize) -> Option<&'static str> {
    match n {
        n if n % 1_000 == 3 => Some("pt-br"),
        n if n % 2 == 1 => Some("en"),
        _ => None,
    }
}

/// The same crowd spoken to in languages, and taken through a campaign; the campaign.
async fn spoken_to(db: &Db, world: &World, people: &[StoredContact]) -> CampaignId {
    let stored = a_campaign(world, Audience::All);
    let campaign = stored.campaign.id;
    for (n, one) in people.iter().enumerate() {
        let Some(language) = language_of(n) else { continue };
        let details = Details { language: Some(language.to_owned()), ..Details::default() };
        commit!(db, tx => write_details(tx, world.business, one.contact.id, &details).await.unwrap());
    }
    let (mut turns, mut messages, mut progress) = (Vec::new(), Vec::new(), Vec::new());
    for (n, one) in people.iter().enumerate() {
        let contact = one.contact.id;
        match outcome_of(n) {
            RecipientOutcome::Pending => continue,
            RecipientOutcome::Skipped => turns.push((contact, Turn::Skipped(Reason::OptedOut))),
            outcome => {
                let message =
                    NewMessage { campaign: Some(campaign), ..world.message(contact, MessageKind::Marketing) };
                let failed = outcome == RecipientOutcome::Failed;
                turns.push((contact, Turn::Queued(message.id)));
                progress.push(Progress {
                    id: message.id,
                    delivery: if failed { Delivery::Failed } else { Delivery::Read },
                    at: at(9),
                    wamid: format!("wamid.{n}"),
                    error_code: None,
                });
                messages.push(message);
            }
        }
    }
    let last = ContactId::from_uuid(uuid());
    commit!(db, tx => {
        insert_campaign(tx, &stored).await.unwrap();
        let policy = Policy::default();
        freeze_recipients(tx, world.business, campaign, &Audience::All, &policy, |_| None, last, 100_000, at(5)).await.unwrap();
        insert_messages(tx, &messages).await.unwrap();
        take_turns(tx, campaign, &turns, at(6)).await.unwrap();
    });
    raw(db, "update message_out set state = 'claimed'").await.unwrap();
    commit!(db, tx => advance_messages(tx, &progress).await.unwrap());
    campaign
}

contract! {
    /// Whatever leads, the rows are those that match, in order: every filter alone and in pairs, few and many.
    async fn filters_and_orders_give_what_looking_at_everybody_gives(db: &Db) {
        let world = World::new(db).await;
        let people = crowd(db, &world).await;
        let campaign = spoken_to(db, &world, &people).await;
        let in_campaign = |outcome| Some(CampaignFilter { campaign, outcome });
        let text = |text: &str| Some(text.to_owned());
        let none = ContactQuery::default();
        let filters = [
            none.clone(),
            ContactQuery { search: text("ana"), ..none.clone() },
            ContactQuery { search: text("LIMA 40"), ..none.clone() },
            ContactQuery { search: text("erson"), ..none.clone() },
            ContactQuery { search: text("82000"), ..none.clone() },
            ContactQuery { search: text("+27 82 000 1"), ..none.clone() },
            ContactQuery { search: text("er"), ..none.clone() },
            ContactQuery { search: text("nobody"), ..none.clone() },
            ContactQuery { state: Some(State::OptedIn), ..none.clone() },
            ContactQuery { state: Some(State::OptedOut), ..none.clone() },
            ContactQuery { country: text("BR"), ..none.clone() },
            ContactQuery { country: text("ZA"), ..none.clone() },
            ContactQuery { source: Some(Source::Operator), ..none.clone() },
            ContactQuery { tag: text("often"), ..none.clone() },
            ContactQuery { tag: text("seldom"), ..none.clone() },
            ContactQuery { wrote_since: Some(at(48)), ..none.clone() },
            ContactQuery { wrote_since: Some(at(0)), ..none.clone() },
            ContactQuery { blocked: Some(true), ..none.clone() },
            ContactQuery { language: text("en"), ..none.clone() },
            ContactQuery { language: text("pt-br"), ..none.clone() },
            ContactQuery { campaign: in_campaign(RecipientOutcome::Read), ..none.clone() },
            ContactQuery { campaign: in_campaign(RecipientOutcome::Failed), ..none.clone() },
            ContactQuery { campaign: in_campaign(RecipientOutcome::Skipped), ..none.clone() },
            ContactQuery { campaign: in_campaign(RecipientOutcome::Pending), ..none.clone() },
        ];
        for one in &filters {
            for other in &filters {
                let query = ContactQuery {
                    search: one.search.clone().or_else(|| other.search.clone()),
                    state: one.state.or(other.state),
                    tag: one.tag.clone().or_else(|| other.tag.clone()),
                    country: one.country.clone().or_else(|| other.country.clone()),
                    source: one.source.or(other.source),
                    wrote_since: one.wrote_since.or(other.wrote_since),
                    blocked: one.blocked.or(other.blocked),
                    language: one.language.clone().or_else(|| other.language.clone()),
                    campaign: one.campaign.or(other.campaign),
                    ..none.clone()
                };
                let matching = expected(&people, &query);
                for sort in SORTS {
                    let query = ContactQuery { sort, ..query.clone() };
                    let mut matching = matching.clone();
                    match sort {
                        ContactSort::Newest => matching.sort_by_key(|one| std::cmp::Reverse(one.contact.id)),
                        ContactSort::Name => matching.sort_by_key(|one| (sort_name(&one.contact), one.contact.id)),
                        ContactSort::LastMessage => {
                            matching.sort_by_key(|one| std::cmp::Reverse((one.contact.last_inbound_at, one.contact.id)));
                        }
                        ContactSort::Changed => {
                            matching.sort_by_key(|one| std::cmp::Reverse((one.contact.since, one.contact.id)));
                        }
                    }
                    let ids = |people: &[StoredContact]| people.iter().map(|one| one.contact.id).collect::<Vec<_>>();
                    let wanted: Vec<ContactId> = matching.iter().take(5).map(|one| one.contact.id).collect();
                    let first = read!(db, tx => list_contacts(tx, world.business, &query, None, 4).await.unwrap());
                    assert_eq!(ids(&first), wanted, "{query:?}");
                    if let Some(fourth) = first.get(3) {
                        let cursor = cursor_at(fourth, sort, false);
                        let next = read!(db, tx => list_contacts(tx, world.business, &query, Some(&cursor), 4).await.unwrap());
                        let wanted: Vec<ContactId> = matching.iter().skip(4).take(5).map(|one| one.contact.id).collect();
                        assert_eq!(ids(&next), wanted, "{query:?} second page");
                        let back = cursor_at(fourth, sort, true);
                        let before = read!(db, tx => list_contacts(tx, world.business, &query, Some(&back), 9).await.unwrap());
                        let wanted: Vec<ContactId> = matching.iter().take(3).rev().map(|one| one.contact.id).collect();
                        assert_eq!(ids(&before), wanted, "{query:?} back");
                    }
                }
                let counted = read!(db, tx => count_matching(tx, world.business, &query).await.unwrap());
                let all = i64::try_from(matching.len()).unwrap();
                assert_eq!((counted.count, counted.more), (all.min(COUNTED), all > COUNTED), "{query:?}");
                let first = read!(db, tx => list_matching(tx, world.business, &query, None, 3).await.unwrap());
                let wanted: Vec<ContactId> = matching.iter().take(3).map(|one| one.contact.id).collect();
                assert_eq!(first.iter().map(|one| one.contact.id).collect::<Vec<_>>(), wanted, "{query:?} oldest first");
            }
        }
    }

    async fn counts_are_kept_through_every_change(db: &Db) {
        let world = World::new(db).await;
        crowd(db, &world).await;
        let same = async |what: &str| {
            for business in [world.business, world.other] {
                let (kept, counted) = read!(db, tx => {
                    (count_by_state(tx, business).await.unwrap(), recount_by_state(tx, business).await.unwrap())
                });
                assert_eq!(kept, counted, "{what}");
            }
        };
        same("after inserts").await;
        let page = read!(db, tx => list_contacts(tx, world.business, &ContactQuery::default(), None, 40).await.unwrap());
        let mut changed = page.clone();
        for (n, one) in changed.iter_mut().enumerate() {
            match n % 4 {
                0 => one.set_consent(consented(SignalKind::OptOut, 100_000)),
                1 => one.contact.erased = true,
                2 => one.merged_into = Some(page[3].contact.id),
                _ => one.contact.name = Some("Zé".into()),
            }
        }
        commit!(db, tx => update_contacts(tx, &changed).await.unwrap());
        same("after changes").await;
        commit!(db, tx => update_contacts(tx, &page).await.unwrap());
        same("after changing back").await;
        commit!(db, tx => touch_contacts(tx, &[(page[0].contact.id, at(9))]).await.unwrap());
        for one in &page[..9] {
            commit!(db, tx => assert!(store::erasure::delete_untouched(tx, one.contact.id).await.unwrap()));
        }
        same("after deleting").await;
    }

    async fn a_name_that_changed_is_found_by_the_new_one_only(db: &Db) {
        let world = World::new(db).await;
        let ids = fill(db, world.business, &["Marisol", "Marina"]).await;
        assert_eq!(found(db, world.business, search("aris")).await, ["Marisol"]);
        let mut one = read!(db, tx => read_contacts(tx, &ids[..1]).await.unwrap()).remove(0);
        one.contact.name = Some("Consuelo \"Q\" Öz".into());
        one.contact.phone = Some(phone("+5511912345678"));
        commit!(db, tx => update_contacts(tx, std::slice::from_ref(&one)).await.unwrap());
        assert!(found(db, world.business, search("aris")).await.is_empty());
        for term in ["onsue", "o \"q", "ÖZ", "912345", "+55 11 9", "q\" ö"] {
            assert_eq!(found(db, world.business, search(term)).await, ["Consuelo \"Q\" Öz"], "{term}");
        }
        commit!(db, tx => assert!(store::erasure::delete_untouched(tx, ids[0]).await.unwrap()));
        assert!(found(db, world.business, search("onsue")).await.is_empty());
    }
}

fn expected(people: &[StoredContact], query: &ContactQuery) -> Vec<StoredContact> {
    let tagged = |n: usize, tag: &str| if tag == "often" { n.is_multiple_of(2) } else { n % 1_000 == 7 };
    let searched = |contact: &domain::contact::Contact, term: &str| {
        let digits: String = term.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= 3 && term.chars().all(|c| c.is_ascii_digit() || "+ ".contains(c)) {
            let number = contact.phone.as_ref().map(|phone| phone.as_str()).unwrap_or_default();
            return if term.starts_with('+') {
                number[1..].starts_with(&digits)
            } else {
                number.contains(&digits)
            };
        }
        contact.name.as_deref().unwrap_or_default().to_lowercase().contains(&term.to_lowercase())
    };
    let kept = people.iter().enumerate().filter(|(n, one)| {
        let contact = &one.contact;
        query.state.is_none_or(|state| contact.state == state)
            && query.search.as_deref().is_none_or(|term| searched(contact, term))
            && query.tag.as_deref().is_none_or(|tag| tagged(*n, tag))
            && query.country.as_ref().is_none_or(|country| contact.country.as_ref() == Some(country))
            && query.source.is_none_or(|source| contact.source == Some(source))
            && query.wrote_since.is_none_or(|since| contact.last_inbound_at >= Some(since))
            && query.blocked.is_none_or(|blocked| contact.blocked == blocked)
            && query.language.as_deref().is_none_or(|language| language_of(*n) == Some(language))
            && query.campaign.is_none_or(|filter| outcome_of(*n) == filter.outcome)
    });
    kept.map(|(_, one)| one.clone()).collect()
}
