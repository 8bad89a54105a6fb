//! Identifiers in the forms Meta gives them.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Makes ids that are unique across restarts: a random start of the process and a counter.
pub(crate) struct Ids {
    process: u64,
    next: AtomicU64,
}

/// Which way a message went; a wamid tells.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    ToCustomer,
    FromCustomer,
}

impl Ids {
    pub(crate) fn new() -> Self {
        // Without randomness ids would only be unique in this process, which a demo survives.
        Self { process: getrandom::u64().unwrap_or_default(), next: AtomicU64::new(1) }
    }

    fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// A message id. Inside the base64 are the framing bytes of real ones, the customer's number and 18 hex digits.
    pub(crate) fn wamid(&self, customer: &str, way: Way) -> String {
        let unique = format!("{:010X}{:08X}", self.process & 0xFF_FFFF_FFFF, self.next() & 0xFFFF_FFFF);
        let mut bytes = Vec::with_capacity(customer.len() + unique.len() + 10);
        bytes.extend([0x1c, 0x18, u8::try_from(customer.len()).unwrap_or(u8::MAX)]);
        bytes.extend(customer.as_bytes());
        let way = match way {
            Way::ToCustomer => 0x11,
            Way::FromCustomer => 0x12,
        };
        bytes.extend([0x15, 0x02, 0x00, way, 0x18, 0x12]);
        bytes.extend(unique.as_bytes());
        bytes.push(0);
        format!("wamid.{}", STANDARD.encode(&bytes))
    }

    /// A numeric Graph node id (media, templates).
    pub(crate) fn node(&self) -> String {
        format!(
            "{}",
            1_000_000_000_000_000 + self.process % 1_000_000_000 * 1_000_000 + self.next() % 1_000_000
        )
    }

    /// The `fbtrace_id` of an error.
    pub(crate) fn trace(&self) -> String {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.process.to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes());
        let text = STANDARD.encode(bytes);
        format!("A{}", text.trim_end_matches('=').replace('+', "-").replace('/', "_"))
    }
}

/// The business-scoped user id the emulator gives to the holder of a number: always the same for the same number.
pub(crate) fn user_id_of(digits: &str) -> String {
    let hash = Sha256::digest(digits.as_bytes());
    let mut number = [0; 8];
    number.copy_from_slice(&hash[..8]);
    let number = 10_000_000_000_000_000_000 + u128::from(u64::from_be_bytes(number)) / 2;
    format!("{}.{number}", country(digits))
}

/// ISO country of the calling code, for the codes people meet most; `XX` for the others.
fn country(digits: &str) -> &'static str {
    const COUNTRIES: [(&str, &str); 24] = [
        ("1", "US"),
        ("20", "EG"),
        ("27", "ZA"),
        ("31", "NL"),
        ("33", "FR"),
        ("34", "ES"),
        ("351", "PT"),
        ("39", "IT"),
        ("44", "GB"),
        ("49", "DE"),
        ("51", "PE"),
        ("52", "MX"),
        ("54", "AR"),
        ("55", "BR"),
        ("56", "CL"),
        ("57", "CO"),
        ("60", "MY"),
        ("62", "ID"),
        ("65", "SG"),
        ("90", "TR"),
        ("91", "IN"),
        ("92", "PK"),
        ("966", "SA"),
        ("971", "AE"),
    ];
    COUNTRIES.iter().find(|(code, _)| digits.starts_with(code)).map_or("XX", |(_, country)| country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wamid_looks_real_and_differs_every_time_and_in_every_process() {
        let (first, second) = (Ids::new(), Ids::new());
        let wamids = [
            first.wamid("15550100123", Way::ToCustomer),
            first.wamid("15550100123", Way::ToCustomer),
            second.wamid("15550100123", Way::ToCustomer),
        ];
        assert!(wamids.iter().all(|wamid| wamid.starts_with("wamid.HBgLMTU1NTAxMDAxMjMVAgARGB")));
        assert!(wamids[0] != wamids[1] && wamids[0] != wamids[2] && wamids[1] != wamids[2]);
    }

    #[test]
    fn a_user_id_has_the_documented_form_and_is_stable() {
        let id = user_id_of("5511987654321");
        let (country, rest) = id.split_once('.').unwrap();
        assert_eq!(country, "BR");
        assert!(rest.len() <= 128 && rest.bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(id, user_id_of("5511987654321"));
        assert_ne!(id, user_id_of("5511987654322"));
    }
}
