//! The signature of a webhook: `X-Hub-Signature-256: sha256=` and 64 hexadecimal digits.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The name of the header that carries the signature, in the lower case of HTTP/2.
pub const HEADER: &str = "x-hub-signature-256";

const PREFIX: &str = "sha256=";

/// Whether `header` is the signature of `raw` under `secret`.
///
/// `raw` must be the bytes as they came off the wire: Meta signs the body with non-ASCII characters escaped, and parsing
/// and writing it again would undo the escapes. A missing or ill-formed header and an empty secret are refused. The digests
/// are compared in constant time. During a rotation of the secret, call it once for each.
#[must_use]
pub fn verify(secret: &[u8], raw: &[u8], header: Option<&str>) -> bool {
    if secret.is_empty() {
        return false;
    }
    let Some(digits) = header.and_then(|header| header.strip_prefix(PREFIX)) else {
        return false;
    };
    let mut digest = [0_u8; 32];
    if hex::decode_to_slice(digits, &mut digest).is_err() {
        return false;
    }
    mac(secret, raw).verify_slice(&digest).is_ok()
}

/// The header value that Meta would send with `raw`: for tests, the bench and the simulator.
#[must_use]
pub fn sign(secret: &[u8], raw: &[u8]) -> String {
    format!("{PREFIX}{}", hex::encode(mac(secret, raw).finalize().into_bytes()))
}

fn mac(secret: &[u8], raw: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC is defined for keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length");
    mac.update(raw);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"test_app_secret";

    /// Computed once with another implementation of HMAC-SHA256.
    const KNOWN: [(&str, &str); 4] = [
        (
            r#"{"object":"whatsapp_business_account","entry":[]}"#,
            "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
        ),
        (
            r#"{"object": "whatsapp_business_account", "entry": []}"#,
            "sha256=56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a",
        ),
        (
            r#"{"entry":[{"changes":[{"value":{"messages":[{"text":{"body":"caf\u00e9 \ud83d\udc4d"}}]}}]}]}"#,
            "sha256=695be935ed4452b30eb5e7207b716117d6cb2254fda6f3f5aaa9b97ef12bb042",
        ),
        (
            r#"{"entry":[{"changes":[{"value":{"messages":[{"text":{"body":"café 👍"}}]}}]}]}"#,
            "sha256=da2a5bb0f48e0805efed27673c873ae8352fe974e2e1d37232eb128e0cd937b1",
        ),
    ];

    #[test]
    fn known_answers_are_signed_and_accepted() {
        for (body, header) in KNOWN {
            assert_eq!(sign(SECRET, body.as_bytes()), header);
            assert!(verify(SECRET, body.as_bytes(), Some(header)));
        }
    }

    #[test]
    fn the_same_json_in_other_bytes_has_another_signature() {
        assert!(!verify(SECRET, KNOWN[3].0.as_bytes(), Some(KNOWN[2].1)));
    }

    #[test]
    fn every_ill_formed_header_is_refused() {
        let (body, good) = KNOWN[0];
        let digest = &good[PREFIX.len()..];
        let long = format!("{good}0");
        let signed = format!("sha256=+{}", &digest[1..]);
        let spaced = format!("sha256= {digest}");
        for header in
            ["", "sha256=", "sha256=zz", "sha1=abc", digest, &good[..good.len() - 1], &long, &signed, &spaced]
        {
            assert!(!verify(SECRET, body.as_bytes(), Some(header)), "{header}");
        }
        assert!(!verify(SECRET, body.as_bytes(), None));
        assert!(!verify(b"other", body.as_bytes(), Some(good)));
    }

    #[test]
    fn an_empty_secret_verifies_nothing() {
        let header = sign(b"", b"{}");
        assert!(!verify(b"", b"{}", Some(&header)));
    }
}
