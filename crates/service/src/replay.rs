//! Edited keywords, run over what customers wrote lately: who would be understood differently, before anything is saved.

use std::collections::BTreeMap;

use detection::{Context, Part, Verdict};
use domain::id::ContactId;
use domain::inbound::WordsFrom;
use domain::role::Right;
use domain::settings::Draft;
use domain::time::Span;
use serde::{Deserialize, Serialize};

use crate::joining::without_code;
use crate::{Caller, Error, Service, task};

/// How far back messages are read.
pub const REPLAY: Span = Span::days(90);
/// The most messages read, so that the answer comes while somebody waits for it.
const MOST: usize = 50_000;
/// Messages read at once.
const CHUNK: i64 = 2_000;
/// The most differences listed; the rest is counted.
const LISTED: usize = 100;

/// One message that would be understood differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Who wrote it.
    pub contact: ContactId,
    /// What to call them.
    pub contact_label: String,
    /// The words, shortened.
    pub words: String,
    /// What it means with the settings in force.
    pub before: Verdict,
    /// What it would mean.
    pub after: Verdict,
}

/// What the edited settings would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// Messages read.
    pub messages: usize,
    /// Whether older messages within the time were left out.
    pub cut: bool,
    /// How many would be understood differently.
    pub different: usize,
    /// The newest of them.
    pub listed: Vec<Difference>,
}

/// Runs a draft over the messages of the last 90 days.
///
/// # Errors
/// When the caller may not read.
pub async fn run(service: &Service, caller: &Caller, draft: Draft) -> Result<Replay, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let since = service.now() - REPLAY;
        let mut tx = service.db.read().await?;
        let rules = service.rules(&mut tx, business).await?;
        let edited = crate::cache::lexicon(&draft.tidied());
        let (mut replay, mut before) = (Replay::default(), None);
        let mut found = Vec::new();
        loop {
            let received = store::inbound::list_received(&mut tx, business, since, before, CHUNK).await?;
            let Some(last) = received.last() else { break };
            if replay.messages + received.len() > MOST {
                replay.cut = true;
                break;
            }
            before = Some(last.id);
            replay.messages += received.len();
            let mut ids: Vec<ContactId> = received.iter().map(|one| one.contact).collect();
            ids.sort_unstable();
            ids.dedup();
            let people: BTreeMap<ContactId, _> = store::contact::read_contacts(&mut tx, &ids)
                .await?
                .into_iter()
                .map(|stored| (stored.contact.id, stored.contact))
                .collect();
            for one in received {
                let words = whatsapp::webhook::words_of(&one.raw);
                let parts: Vec<(Part, &str)> =
                    words.iter().map(|(from, words)| (part(*from), without_code(words))).collect();
                let Some(person) = people.get(&one.contact).filter(|_| !parts.is_empty()) else { continue };
                let context = Context {
                    plus_one: person.phone.as_ref().is_some_and(domain::phone::Phone::is_plus_one),
                    country: person.country.as_deref(),
                    answers_our_question: false,
                };
                let (was, would) =
                    (rules.lexicon.classify(&parts, &context), edited.classify(&parts, &context));
                if was.verdict == would.verdict {
                    continue;
                }
                replay.different += 1;
                if found.len() < LISTED {
                    found.push(Difference {
                        contact: one.contact,
                        contact_label: person.label(),
                        words: words
                            .last()
                            .map(|(_, words)| words.chars().take(200).collect())
                            .unwrap_or_default(),
                        before: was.verdict,
                        after: would.verdict,
                    });
                }
            }
        }
        replay.listed = found;
        Ok(replay)
    })
    .await
}

/// Where the words stood, in detection's terms.
pub(crate) const fn part(from: WordsFrom) -> Part {
    match from {
        WordsFrom::Payload => Part::Payload,
        WordsFrom::Label => Part::Label,
        WordsFrom::Caption => Part::Caption,
        WordsFrom::Text | WordsFrom::OrderNote => Part::Text,
    }
}
