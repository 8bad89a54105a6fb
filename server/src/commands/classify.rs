//! `classify`: what would the system make of these messages?

use std::borrow::Cow;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};

use anyhow::Context as _;
use detection::{Context as Sender, Finding, Lexicon, Part, Verdict};
use domain::consent::State;
use domain::settings::Draft;
use serde::{Deserialize, Serialize};
use service::{Caller, settings};

use super::{Failure, find_business, open_for_command};
use crate::cli::ClassifyArgs;

/// One line of input. Other fields are left alone, so that labelled corpora can be piped through.
#[derive(Deserialize)]
struct Question<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
    /// The person's state for marketing. START brings back who opted out; from somebody who was never asked it is no proof of
    /// an opt-in, so it is none (R6).
    #[serde(default)]
    state: Option<State>,
    #[serde(default, borrow)]
    country: Option<Cow<'a, str>>,
}

/// One line of output.
#[derive(Serialize)]
struct Answer<'a> {
    verdict: &'a str,
    rule: String,
    matched: Option<&'a str>,
    normalised: &'a str,
}

/// Countries and territories of the North American Numbering Plan: their numbers start with +1.
const PLUS_ONE: [&str; 25] = [
    "US", "CA", "AG", "AI", "AS", "BB", "BM", "BS", "DM", "DO", "GD", "GU", "JM", "KN", "KY", "LC", "MP",
    "MS", "PR", "SX", "TC", "TT", "VC", "VG", "VI",
];

/// Bytes read and written at once.
const BUFFER: usize = 64 * 1024;

/// Classifies standard input line by line.
pub(super) async fn classify(options: ClassifyArgs) -> Result<(), Failure> {
    let words = match &options.business {
        Some(name) => {
            let service = open_for_command(&options.database).await?;
            let business = find_business(&service, name).await?;
            settings::load(&service, &Caller::system(business)).await?.0.draft
        }
        None => Draft::default(),
    };
    let lexicon = Lexicon::new(&words.opt_out_keywords, &words.opt_in_keywords, &words.help_keywords)
        .without(&words.muted_languages);
    let work = tokio::task::spawn_blocking(move || answer_all(&lexicon));
    Ok(work.await.context("the work was cut short")??)
}

fn answer_all(lexicon: &Lexicon) -> anyhow::Result<()> {
    let mut input = BufReader::with_capacity(BUFFER, std::io::stdin().lock());
    let mut output = BufWriter::with_capacity(BUFFER, std::io::stdout().lock());
    let mut line = String::new();
    for number in 1_u64.. {
        line.clear();
        if input.read_line(&mut line).with_context(|| format!("line {number} is not UTF-8"))? == 0 {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        let question: Question<'_> =
            serde_json::from_str(&line).with_context(|| format!("line {number} is no question"))?;
        let finding = find(lexicon, &question);
        serde_json::to_writer(
            &mut output,
            &Answer {
                verdict: verdict(&finding, question.state).as_str(),
                rule: finding.rule_id(),
                matched: finding.matched.as_deref(),
                normalised: &finding.normalised,
            },
        )?;
        output.write_all(b"\n")?;
        // Whoever asks line by line gets the answer before the next question.
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
    output.flush()?;
    Ok(())
}

fn find(lexicon: &Lexicon, question: &Question<'_>) -> Finding {
    let country = question.country.as_deref();
    let plus_one =
        country.is_some_and(|country| PLUS_ONE.iter().any(|one| one.eq_ignore_ascii_case(country)));
    let sender = Sender { plus_one, country, answers_our_question: false };
    lexicon.classify(&[(Part::Text, &question.text)], &sender)
}

/// What the words mean from somebody in this state.
fn verdict(finding: &Finding, state: Option<State>) -> Verdict {
    match (finding.verdict, state) {
        (Verdict::OptIn, Some(State::Unknown)) => Verdict::None,
        (verdict, _) => verdict,
    }
}
