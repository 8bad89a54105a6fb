//! `cargo xtask score`: how well the detector does on its corpus, language by language.
//!
//! Options: `--speed` says how many messages a second one core reads; `--misses` lists what it gets wrong in the part that rules are written against; never the test part's.
#![expect(clippy::print_stdout, reason = "this program prints a table")]

#[path = "../tests/corpus_reader/mod.rs"]
mod corpus_reader;

use std::time::{Duration, Instant};

use corpus_reader::{Labelled, Score, corpus, lexicon};
use detection::Lexicon;

fn percent(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    #[expect(clippy::cast_precision_loss, reason = "a few thousand messages")]
    let percent = part as f64 * 100.0 / whole as f64;
    format!("{percent:.1} %")
}

fn row(name: &str, score: &Score) {
    println!(
        "| {name} | {} | {} | {} | {} | {} |",
        score.messages,
        percent(score.recognised, score.opt_outs),
        percent(score.caught, score.opt_outs),
        percent(score.false_opt_outs, score.others),
        percent(score.false_holds, score.others),
    );
}

/// How fast one core reads the whole corpus, over and over.
fn speed(lexicon: &Lexicon) {
    let messages: Vec<_> = corpus().into_iter().flat_map(|(_, messages)| messages).collect();
    let start = Instant::now();
    let mut read = 0_u32;
    while start.elapsed() < Duration::from_secs(5) {
        for message in &messages {
            std::hint::black_box(message.read(lexicon));
        }
        read += u32::try_from(messages.len()).unwrap_or(u32::MAX);
    }
    println!("{:.0} messages a second", f64::from(read) / start.elapsed().as_secs_f64());
}

fn main() {
    let misses = std::env::args().any(|argument| argument == "--misses");
    let lexicon = lexicon();
    if std::env::args().any(|argument| argument == "--speed") {
        return speed(&lexicon);
    }
    type Belongs = fn(&Labelled) -> bool;
    let parts: [(&str, Belongs); 3] = [
        ("Test part (nothing is written or learned against it)", |message| message.is_test()),
        ("Of it, by a writer who saw nothing of the detector", |message| message.blind),
        ("Training part", |message| !message.is_test()),
    ];
    for (title, belongs) in parts {
        let mut total = Score::default();
        println!("{title}\n");
        println!("| language | messages | opt-outs recognised | … or held | false opt-outs | false holds |");
        println!("| --- | ---: | ---: | ---: | ---: | ---: |");
        for (language, messages) in corpus() {
            let mut score = Score::default();
            for message in messages.iter().filter(|message| belongs(message)) {
                let (got, _) = message.read(&lexicon);
                score.add(message.want, got);
                if misses && !message.is_test() && got != message.want {
                    eprintln!("{language}: {} not {}: {}", got.as_str(), message.want.as_str(), message.text);
                }
            }
            row(&language, &score);
            total = total.plus(&score);
        }
        row("all", &total);
        println!();
    }
}
