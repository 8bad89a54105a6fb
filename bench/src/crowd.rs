//! Customers as a business of some size has them: names that repeat, many silent, some who said no.

use domain::consent::{Consent, Signal, SignalKind, Source, apply};
use domain::id::{BusinessId, ContactId, uuid_v7};
use domain::phone::Phone;
use domain::time::{Span, Timestamp};
use store::Db;
use store::contact::{Identifier, IdentityKind, StoredContact};

/// Customers written at once.
const PORTION: usize = 5_000;

const GIVEN: [&str; 48] = [
    "Maria", "José", "Ana", "Luiz", "Thandi", "Sipho", "Priya", "Rahul", "Fatima", "Omar", "Chen", "Mei",
    "Yuki", "Hiro", "Min-jun", "Ji-woo", "Olga", "Ivan", "Elif", "Mehmet", "Noa", "Avi", "Lena", "Jonas",
    "Sofia", "Luca", "Emma", "Daan", "Putri", "Budi", "Grace", "Kwame", "Amara", "Chidi", "Lerato", "Pieter",
    "Marisol", "Diego", "Camila", "Mateo", "Zoë", "Émile", "Chloé", "Hugo", "Anneke", "Sarah", "James",
    "Quentin",
];
const FAMILY: [&str; 40] = [
    "Silva",
    "Santos",
    "Garcia",
    "Lopez",
    "Nkosi",
    "Dlamini",
    "Patel",
    "Sharma",
    "Khan",
    "Haddad",
    "Wang",
    "Li",
    "Tanaka",
    "Sato",
    "Kim",
    "Park",
    "Ivanova",
    "Petrov",
    "Yilmaz",
    "Kaya",
    "Cohen",
    "Levi",
    "Müller",
    "Schmidt",
    "Rossi",
    "Ferrari",
    "Jansen",
    "de Vries",
    "Wijaya",
    "Santoso",
    "Mensah",
    "Okafor",
    "Botha",
    "van Wyk",
    "Martínez",
    "Dubois",
    "Lefèvre",
    "O’Brien",
    "Smith",
    "Featherstonehaugh",
];
const COUNTRIES: [(&str, &str, usize); 6] = [
    ("BR", "+5511", 40),
    ("ZA", "+2782", 70),
    ("IN", "+9198", 88),
    ("GB", "+447", 95),
    ("MX", "+5255", 99),
    ("FJ", "+679", 100),
];

/// A number that jumps about and is the same each time.
pub fn scatter(number: usize, salt: u64) -> usize {
    let mut x = (number as u64).wrapping_add(salt).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^= x >> 29;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    usize::try_from((x ^ (x >> 32)) & 0x7FFF_FFFF).unwrap_or(0)
}

/// The name of the customer with this number.
pub fn name(number: usize) -> String {
    format!("{} {}", GIVEN[scatter(number, 1) % GIVEN.len()], FAMILY[scatter(number, 2) % FAMILY.len()])
}

/// Their number and country.
pub fn number(number: usize) -> (String, &'static str) {
    let at = scatter(number, 3) % 100;
    let (country, prefix, _) = COUNTRIES.iter().find(|(_, _, share)| at < *share).unwrap_or(&COUNTRIES[0]);
    (format!("{prefix}{number:08}"), country)
}

fn person(business: BusinessId, n: usize, from: Timestamp) -> StoredContact {
    let at = from + Span::millis(i64::try_from(n).unwrap_or(0) * 400);
    let mut random = [0_u8; 10];
    random[2..].copy_from_slice(&(n as u64).to_be_bytes());
    let mut stored = StoredContact::new(business, ContactId::from_uuid(uuid_v7(at, random)), at);
    let (phone, country) = number(n);
    stored.contact.phone = Phone::from_e164(&phone).ok();
    stored.contact.country = Some(country.to_owned());
    stored.contact.name = (!scatter(n, 4).is_multiple_of(10)).then(|| name(n));
    stored.contact.last_inbound_at = (scatter(n, 5).is_multiple_of(3))
        .then(|| from + Span::seconds(i64::try_from(scatter(n, 6) % 20_000_000).unwrap_or(0)));
    stored.contact.blocked = scatter(n, 7).is_multiple_of(500);
    let kinds: &[SignalKind] = match scatter(n, 8) % 100 {
        0..62 => &[SignalKind::OptIn],
        62..68 => &[SignalKind::OptIn, SignalKind::OptOut],
        68 if scatter(n, 9).is_multiple_of(40) => &[SignalKind::Hold],
        _ => &[],
    };
    let source = [Source::Import, Source::WebForm, Source::Keyword, Source::PointOfSale][scatter(n, 10) % 4];
    stored.set_consent(kinds.iter().fold(Consent::NONE, |consent, kind| {
        apply(&consent, &Signal { kind: *kind, source, occurred_at: at }).consent
    }));
    stored
}

/// Writes so many, with tags: `fair` on one in three, `vip` on one in 2,000.
pub async fn write(db: &Db, business: BusinessId, count: usize, now: Timestamp) -> anyhow::Result<()> {
    let from = now - Span::days(40);
    for first in (0..count).step_by(PORTION) {
        let people: Vec<StoredContact> =
            (first..count.min(first + PORTION)).map(|n| person(business, n, from)).collect();
        let names: Vec<(Identifier, ContactId)> = people
            .iter()
            .filter_map(|person| {
                let value = person.contact.phone.as_ref()?.as_str().to_owned();
                Some((Identifier { business, kind: IdentityKind::Phone, value }, person.contact.id))
            })
            .collect();
        let mut tags = Vec::new();
        for (n, person) in (first..).zip(&people) {
            if scatter(n, 11).is_multiple_of(3) {
                tags.push((person.contact.id, "fair".to_owned()));
            }
            if scatter(n, 12).is_multiple_of(2_000) {
                tags.push((person.contact.id, "vip".to_owned()));
            }
        }
        let mut tx = db.write().await?;
        store::contact::insert_contacts(&mut tx, &people).await?;
        store::contact::insert_identities(&mut tx, &names).await?;
        store::contact::insert_tags(&mut tx, business, &tags).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The most memory this process had at once, and has now, in MiB.
pub fn resident() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1))
            .and_then(|kib| kib.parse::<u64>().ok())
            .unwrap_or(0)
            / 1024
    };
    (of("VmHWM:"), of("VmRSS:"))
}
