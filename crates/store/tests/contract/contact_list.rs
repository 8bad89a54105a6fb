use domain::consent::{SignalKind, State};
use domain::contact::{ContactQuery, ContactSort};
use domain::id::{BusinessId, ContactId};
use store::Db;
use store::contact::*;

use crate::world::*;

const SORTS: [ContactSort; 2] = [ContactSort::Newest, ContactSort::Name];

fn sorted_by(sort: ContactSort) -> ContactQuery {
    ContactQuery { sort, ..ContactQuery::default() }
}

fn cursor_at(stored: &StoredContact, backwards: bool) -> Cursor {
    Cursor { backwards, id: stored.contact.id, name: sort_name(&stored.contact) }
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
        cursor = page.last().map(|last| cursor_at(last, backwards));
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
            }
            assert_eq!(whole, expected, "{sort:?}");
            for limit in [1, 2, 7, 46, 47, 48] {
                let forth = walk(db, world.business, &query, None, limit).await;
                assert_eq!(forth, whole, "{sort:?} forth by {limit}");
                let last = whole.last().unwrap();
                let mut back = walk(db, world.business, &query, Some(cursor_at(last, true)), limit).await;
                back.reverse();
                assert_eq!(back, whole[..46], "{sort:?} back by {limit}");
            }
            let past_the_end = read!(db, tx => {
                list_contacts(tx, world.business, &query, Some(&cursor_at(whole.last().unwrap(), false)), 5).await.unwrap()
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
