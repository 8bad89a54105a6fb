//! `classify`: what would the system make of these messages?

use std::io::{BufRead as _, BufReader, BufWriter, Write as _};

use anyhow::Context as _;
use detection::{Lexicon, Part};
use domain::settings::Draft;
use serde::{Deserialize, Serialize};
use service::{Caller, settings};

use super::{Failure, find_business, open_for_command};
use crate::cli::ClassifyArgs;

/// One line of input. Other fields are left alone: a keyword means the same in every state, and labelled corpora can be
/// piped through.
#[derive(Deserialize)]
struct Question {
    text: String,
    #[serde(default)]
    country: Option<String>,
}

/// One line of output.
#[derive(Serialize)]
struct Answer<'a> {
    verdict: &'a str,
    rule: &'a str,
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
    let lexicon = Lexicon::new(&words.opt_out_keywords, &words.opt_in_keywords, &words.help_keywords);
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
        let question: Question =
            serde_json::from_str(&line).with_context(|| format!("line {number} is no question"))?;
        let plus_one = question
            .country
            .as_deref()
            .is_some_and(|country| PLUS_ONE.iter().any(|one| one.eq_ignore_ascii_case(country)));
        let finding = lexicon.classify(&[(Part::Text, &question.text)], plus_one);
        serde_json::to_writer(
            &mut output,
            &Answer {
                verdict: finding.verdict.as_str(),
                rule: finding.rule.as_str(),
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
