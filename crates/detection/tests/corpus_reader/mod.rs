//! Reads the corpus and measures the detector on it; shared by the tests and by `cargo xtask score`.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the tests and the example use different parts, and stop loudly"
)]

use std::path::Path;

use detection::{Context, Flags, Lexicon, Part, Verdict};
use serde::Deserialize;

/// One labelled message.
#[derive(Clone, Debug, Deserialize)]
pub struct Labelled {
    pub text: String,
    pub want: Verdict,
    pub country: Option<String>,
    pub state: Option<String>,
    #[serde(default)]
    pub flags: Vec<String>,
    /// Whether it came after the rules: none was written with it in view, whichever part it is in.
    #[serde(default)]
    pub unseen: bool,
    /// Whether its writer saw nothing of the detector or the corpus: always in the test part.
    #[serde(default)]
    pub blind: bool,
}

impl Labelled {
    /// Whether it belongs to the third that rules are not written against. By a hash of the text (FNV-1a, 64 bits), so that a
    /// message stays in its part whatever is added around it.
    pub fn is_test(&self) -> bool {
        self.blind || fnv(&self.text).is_multiple_of(3)
    }

    /// What the detector makes of it, with the default keywords and all languages.
    pub fn read(&self, lexicon: &Lexicon) -> (Verdict, Flags) {
        let country = self.country.as_deref();
        let context =
            Context { plus_one: matches!(country, Some("US" | "CA")), country, answers_our_question: false };
        let finding = lexicon.classify(&[(Part::Text, &self.text)], &context);
        let verdict = match finding.verdict {
            // START is no proof of an opt-in from somebody who was never asked (R6).
            Verdict::OptIn if self.state.as_deref() == Some("unknown") => Verdict::None,
            verdict => verdict,
        };
        (verdict, finding.flags)
    }
}

/// FNV-1a, 64 bits.
pub fn fnv(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What the weights of the last tier are learned from, as a number: the training part of the corpus, with its labels, and the
/// language files.
pub fn training_digest() -> u64 {
    let mut all = String::new();
    for (_, messages) in corpus() {
        for message in messages.iter().filter(|message| !message.is_test()) {
            all.push_str(&message.text);
            all.push_str(message.want.as_str());
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("languages");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        all.push_str(&std::fs::read_to_string(file).unwrap());
    }
    fnv(&all)
}

/// The files, by language.
pub fn corpus() -> Vec<(String, Vec<Labelled>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let language = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
            let messages = lines.map(|(number, line)| {
                serde_json::from_str(line)
                    .unwrap_or_else(|error| panic!("{language}.jsonl:{}: {error}", number + 1))
            });
            let messages = messages.collect();
            (language, messages)
        })
        .collect()
}

/// The keywords a new business starts with.
pub fn lexicon() -> Lexicon {
    let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    Lexicon::new(
        &list(&["STOP", "STOP ALL", "UNSUBSCRIBE", "OPT OUT", "CANCEL", "END", "QUIT", "REVOKE"]),
        &list(&["START", "UNSTOP", "SUBSCRIBE"]),
        &list(&["HELP", "INFO"]),
    )
}

/// How many of what.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    pub messages: usize,
    /// Clear opt-outs, those recognised, and those recognised or held.
    pub opt_outs: usize,
    pub recognised: usize,
    pub caught: usize,
    /// Messages that ask for nothing of the kind, those taken for opt-outs, and those held.
    pub others: usize,
    pub false_opt_outs: usize,
    pub false_holds: usize,
    /// Unclear messages, and those held or taken for opt-outs.
    pub unclear: usize,
    pub paused: usize,
    /// Opt-ins and calls for help, and those recognised.
    pub rest: usize,
    pub rest_right: usize,
}

impl Score {
    pub fn add(&mut self, want: Verdict, got: Verdict) {
        self.messages += 1;
        let out = usize::from(got == Verdict::OptOut);
        let held = usize::from(got == Verdict::Hold);
        match want {
            Verdict::OptOut => {
                self.opt_outs += 1;
                self.recognised += out;
                self.caught += out + held;
            }
            Verdict::Hold => {
                self.unclear += 1;
                self.paused += out + held;
            }
            Verdict::None => {
                self.others += 1;
                self.false_opt_outs += out;
                self.false_holds += held;
            }
            Verdict::OptIn | Verdict::Help => {
                self.rest += 1;
                self.rest_right += usize::from(want == got);
                self.others += 1;
                self.false_opt_outs += out;
                self.false_holds += held;
            }
        }
    }

    pub fn plus(mut self, other: &Self) -> Self {
        self.messages += other.messages;
        self.opt_outs += other.opt_outs;
        self.recognised += other.recognised;
        self.caught += other.caught;
        self.others += other.others;
        self.false_opt_outs += other.false_opt_outs;
        self.false_holds += other.false_holds;
        self.unclear += other.unclear;
        self.paused += other.paused;
        self.rest += other.rest;
        self.rest_right += other.rest_right;
        self
    }
}
