//! The form on a business's own website by which people join (R2, R4, R5).
//!
//! Whoever agrees on it gets a code to send from their own WhatsApp, so that nobody can be signed up by somebody who knows their
//! number. The code says, under a keyed hash, when they agreed and to which version of the settings; nothing is stored until the
//! message comes, and then the wording they saw stands in the ledger.

use std::collections::HashMap;

use domain::id::{BusinessId, ConnectionId};
use domain::inbound::Update;
use domain::settings::{Settings, Variables, render};
use domain::time::{Span, Timestamp};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use store::Tx;
use store::inbound::SeenKey;

use crate::cache::Rules;
use crate::clock::random;
use crate::ingest::Work;
use crate::{Error, SecretKey, Service, task};

/// How long a code is good for, from agreeing to sending it.
pub const GOOD_FOR: Span = Span::minutes(60);
/// Clocks of ours and of WhatsApp differ by less.
const SKEW: Span = Span::minutes(5);

/// Bytes of a code: four of the minute, four of the version of the settings, four random ones, and the keyed hash. Nobody guesses 48
/// bits by sending messages, and would win no more than to have agreed.
const CODE: usize = 18;
const MAC_AT: usize = 12;

/// What the form shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Who asks.
    pub business_name: String,
    /// What people agree to, in full (R4).
    pub disclosure: String,
}

/// What somebody sends who agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// Who asked.
    pub business_name: String,
    /// The number it goes to, as it is shown to people.
    pub number: String,
    /// The words.
    pub words: String,
    /// Opens a chat with the words typed.
    pub url: String,
}

/// What somebody agreed to on the form, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Agreement {
    pub(crate) at: Timestamp,
    pub(crate) version: i64,
    /// The wording they saw, before names were filled in.
    pub(crate) wording: String,
}

fn mac(key: &SecretKey, connection: ConnectionId, plain: &[u8]) -> Result<Hmac<Sha256>, Error> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.expose()).map_err(|error| Error::Internal(error.into()))?;
    mac.update(b"joining 1\n");
    mac.update(connection.uuid().as_bytes());
    mac.update(plain);
    Ok(mac)
}

/// The code of somebody who agreed to a version of the settings at a moment.
fn code(key: &SecretKey, connection: ConnectionId, at: Timestamp, version: i64) -> Result<String, Error> {
    let number = |value: i64| u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes();
    let mut bytes = [number(at.seconds() / 60), number(version), random()].concat();
    let mac = mac(key, connection, &bytes)?.finalize().into_bytes();
    bytes.extend_from_slice(&mac[..CODE - MAC_AT]);
    Ok(hex::encode_upper(bytes))
}

/// When somebody agreed, and to which version; nothing if the code is none of ours.
fn read(key: &SecretKey, connection: ConnectionId, code: &str) -> Option<(Timestamp, i64)> {
    let bytes = hex::decode(code).ok()?;
    let (plain, given) = bytes.split_at_checked(MAC_AT)?;
    mac(key, connection, plain).ok()?.verify_truncated_left(given).ok()?;
    let number = |bytes: &[u8]| Some(i64::from(u32::from_be_bytes(bytes.try_into().ok()?)));
    Some((Timestamp::from_seconds(number(&plain[..4])? * 60), number(&plain[4..8])?))
}

/// By what a code that was sent is known again, among the deliveries that are remembered for longer than a code is good for.
fn used(at: Timestamp, code: &str) -> SeenKey {
    let digest = Sha256::new().chain_update(b"joining\n").chain_update(code.to_ascii_uppercase()).finalize();
    let mut hash = [0; 8];
    hash.copy_from_slice(&digest[..8]);
    (at.seconds(), i64::from_be_bytes(hash) & i64::MAX)
}

/// Words and the code behind them, if there is one.
fn split(words: &str) -> Option<(&str, &str)> {
    let (before, code) = words.trim_end().rsplit_once('#')?;
    (code.len() == 2 * CODE && code.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .then(|| (before.trim_end(), code))
}

/// Words without the code of a form, as they are to be understood.
pub(crate) fn without_code(words: &str) -> &str {
    split(words).map_or(words, |(before, _)| before)
}

/// What a form shows.
///
/// # Errors
/// [`Error::NotFound`] when there is no such number.
pub async fn form(service: &Service, connection: &str) -> Result<Form, Error> {
    let business = service.connection(connection).await?.business;
    let rules = rules(service, business).await?;
    Ok(Form { business_name: rules.business_name.clone(), disclosure: disclosure(&rules) })
}

/// Somebody agreed: what they send, so that it counts.
///
/// # Errors
/// [`Error::NotFound`] when there is no such number; [`Error::Unavailable`] when the business has no word to opt in by.
pub async fn agree(service: &Service, connection: &str) -> Result<Agreed, Error> {
    let connection = service.connection(connection).await?;
    let rules = rules(service, connection.business).await?;
    let draft = &rules.settings.draft;
    let keyword = draft.opt_in_keywords.first().ok_or(Error::Unavailable)?;
    let code = code(&service.key, connection.id, service.now(), rules.settings.version)?;
    let words = format!("{keyword} #{code}");
    let (reading, id) = (service.clone(), connection.id);
    let stored = task(async move {
        store::connection::find_connection(&mut reading.db.read().await?, id).await?.ok_or(Error::NotFound)
    })
    .await?;
    Ok(Agreed {
        business_name: rules.business_name.clone(),
        url: crate::links::chat(&stored.display_number, &words),
        number: stored.display_number,
        words,
    })
}

async fn rules(service: &Service, business: BusinessId) -> Result<std::sync::Arc<Rules>, Error> {
    let service = service.clone();
    task(async move { service.rules(&mut service.db.read().await?, business).await }).await
}

/// What somebody agrees to, as it is shown to somebody whose name is not known.
pub(crate) fn disclosure(rules: &Rules) -> String {
    let draft = &rules.settings.draft;
    let word = |list: &[String]| list.first().cloned().unwrap_or_default();
    let (opt_in, opt_out) = (word(&draft.opt_in_keywords), word(&draft.opt_out_keywords));
    render(
        &draft.disclosure,
        &Variables {
            business_name: &rules.business_name,
            first_name: "",
            opt_in_keyword: &opt_in,
            opt_out_keyword: &opt_out,
        },
    )
}

/// What the senders of messages agreed to on a form within the time, by WhatsApp's id of the message. A code counts once: whoever it is
/// passed on to has not seen the form.
pub(crate) async fn load_agreements(
    service: &Service,
    tx: &mut Tx,
    fresh: &[(&Work, &Update)],
) -> Result<HashMap<String, Agreement>, Error> {
    let mut agreements = HashMap::new();
    for (work, update) in fresh {
        let Update::Message(message) = update else { continue };
        let coded = message.words.iter().find_map(|(_, words)| split(words));
        let Some((_, code)) = coded else { continue };
        let Some((at, version)) = read(&service.key, work.connection.id, code) else { continue };
        if message.sent_at > at + GOOD_FOR || message.sent_at + SKEW < at {
            continue;
        }
        if store::inbound::insert_seen(tx, &[used(at, code)]).await?.is_empty() {
            continue;
        }
        let business = work.connection.business;
        let in_force = service.rules(tx, business).await?;
        let wording = if in_force.settings.version == version {
            Some(in_force.settings.draft.disclosure.clone())
        } else {
            let then: Option<Settings> = store::settings::find_settings_at(tx, business, version).await?;
            then.map(|settings| settings.draft.disclosure)
        };
        if let Some(wording) = wording {
            agreements.insert(message.wamid.clone(), Agreement { at, version, wording });
        }
    }
    Ok(agreements)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> (SecretKey, ConnectionId, ConnectionId) {
        let id = |byte| ConnectionId::from_uuid(uuid::Uuid::from_bytes([byte; 16]));
        (SecretKey::new([7; 32]), id(1), id(2))
    }

    #[test]
    fn a_code_says_when_and_to_what_and_only_at_its_own_number() {
        let (key, here, elsewhere) = parts();
        let at = Timestamp::from_seconds(1_764_000_000);
        let code = code(&key, here, at, 12).unwrap();
        assert_eq!(read(&key, here, &code), Some((at, 12)));
        assert_eq!(read(&key, here, &code.to_lowercase()), Some((at, 12)));
        assert_eq!(read(&key, elsewhere, &code), None);
        let mut other = code.clone().into_bytes();
        other[3] ^= 1;
        assert_eq!(read(&key, here, &String::from_utf8(other).unwrap()), None);
        assert_eq!((read(&key, here, ""), read(&key, here, "AB")), (None, None));
    }

    #[test]
    fn words_are_read_without_the_code_and_nothing_else_is_one() {
        let code = "0A".repeat(CODE);
        assert_eq!(without_code(&format!("START #{code}\n")), "START");
        assert_eq!(split(&format!("sí quiero #{code}")), Some(("sí quiero", code.as_str())));
        for words in ["START", "START #1", "#1 #2", &format!("START #{code} now"), &format!("START #{code}0")]
        {
            assert_eq!(without_code(words), words);
        }
    }
}
