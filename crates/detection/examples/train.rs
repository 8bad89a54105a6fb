//! `cargo xtask train`: learns the weights of the last tier from the training part of the corpus and writes `weights.bin`.
//!
//! Logistic regression by stochastic gradient descent with a step size for each weight (AdaGrad) and a pull towards zero (L2),
//! in a fixed order, so that the same corpus makes the same file. The thresholds are set on messages that the weights were not
//! learned from: the training part is cut into five, and each fifth is scored by the weights of the other four.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "this program prints what it learned, or stops loudly"
)]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "numbers of a few thousand messages"
)]

#[path = "../tests/corpus_reader/mod.rs"]
mod corpus_reader;

use std::path::Path;

use corpus_reader::{corpus, fnv, training_digest};
use detection::{Verdict, classifier, features};

/// A message as the weights see it.
struct Sample {
    features: Vec<u32>,
    /// The same without what rules made of it.
    without_rules: Vec<u32>,
    /// No rule was written with it in view.
    unseen: bool,
    stop: bool,
    want: Verdict,
    rules: Verdict,
    fold: u64,
}

/// How many times everything is gone through.
const ROUNDS: usize = 24;
/// The first step size.
const RATE: f64 = 0.5;
/// The pull towards zero, for each sample.
const PULL: f64 = 4e-6;
/// How often a message is learned without what the rules made of it: one that they were not written against, and one that they were.
const UNRULED: f64 = 0.1;
const UNRULED_SEEN: f64 = 0.6;
/// In how many parts the thresholds are tried.
const FOLDS: u64 = 5;
/// Of messages that ask for nothing of the kind: how many may be taken for opt-outs that no rule takes for one, and how many may be
/// held.
const FALSE_OPT_OUTS: f64 = 0.003;
const FALSE_HOLDS: f64 = 0.025;
/// Of opt-outs that a rule recognises: how many may be held instead, so that what rules take for one by mistake is.
const DOUBTED: f64 = 0.015;

struct Weights {
    weights: Vec<f64>,
    constant: f64,
}

impl Weights {
    fn score(&self, features: &[u32]) -> f64 {
        let scale = 1.0 / (features.len().max(1) as f64).sqrt();
        features.iter().map(|feature| self.weights[*feature as usize]).sum::<f64>() * scale + self.constant
    }
}

/// Marsaglia's xorshift, 64 bits.
const fn next(random: &mut u64) -> u64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    *random
}

fn random_part(random: &mut u64) -> f64 {
    (next(random) >> 11) as f64 / (1_u64 << 53) as f64
}

fn learn(samples: &[&Sample]) -> Weights {
    let mut learned = Weights { weights: vec![0.0; classifier::WEIGHTS], constant: 0.0 };
    let mut squares = vec![1e-6; classifier::WEIGHTS];
    let mut constant_squares = 1e-6;
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..ROUNDS {
        for index in (1..order.len()).rev() {
            order.swap(index, (next(&mut random) % (index as u64 + 1)) as usize);
        }
        for index in &order {
            let sample = samples[*index];
            let features = if random_part(&mut random) < if sample.unseen { UNRULED } else { UNRULED_SEEN } {
                &sample.without_rules
            } else {
                &sample.features
            };
            let scale = 1.0 / (features.len().max(1) as f64).sqrt();
            let guess = 1.0 / (1.0 + (-learned.score(features)).exp());
            let error = guess - f64::from(u8::from(sample.stop));
            for feature in features {
                let feature = *feature as usize;
                let gradient = error * scale + PULL * learned.weights[feature];
                squares[feature] += gradient * gradient;
                learned.weights[feature] -= RATE * gradient / squares[feature].sqrt();
            }
            constant_squares += error * error;
            learned.constant -= 0.05 * error / f64::sqrt(constant_squares);
        }
    }
    learned
}

fn main() {
    let mut samples = Vec::new();
    for (_, messages) in corpus() {
        for message in messages.iter().filter(|message| !message.is_test()) {
            if let Some((features, rules)) = features(&message.text) {
                let weights = |rules| {
                    let kept = features.iter().filter(|feature| rules || !feature.by_rule);
                    kept.map(|feature| feature.weight).collect()
                };
                samples.push(Sample {
                    features: weights(true),
                    without_rules: weights(false),
                    unseen: message.unseen,
                    stop: message.want == Verdict::OptOut,
                    want: message.want,
                    rules,
                    fold: fnv(&message.text) / 3 % FOLDS,
                });
            }
        }
    }
    let mut scored: Vec<(f64, &Sample)> = Vec::new();
    for fold in 0..FOLDS {
        let learned = learn(&samples.iter().filter(|sample| sample.fold != fold).collect::<Vec<_>>());
        scored.extend(
            samples
                .iter()
                .filter(|sample| sample.fold == fold && sample.unseen)
                .map(|one| (learned.score(&one.features), one)),
        );
    }
    scored.sort_by(|left, right| left.0.total_cmp(&right.0));
    for threshold in [-3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0] {
        let share = |what: &dyn Fn(&Sample) -> bool| {
            let all = scored.iter().filter(|(_, sample)| what(sample)).count();
            let above = scored.iter().filter(|(score, sample)| what(sample) && *score >= threshold).count();
            above as f64 * 100.0 / all.max(1) as f64
        };
        println!(
            "at {threshold:4}: opt-outs {:.1}, (rules none {:.1}, hold {:.1}, out {:.1}); hold {:.1}; other {:.1} (rules none {:.1}, hold {:.1}, out {:.1})",
            share(&|one| one.stop),
            share(&|one| one.stop && one.rules == Verdict::None),
            share(&|one| one.stop && one.rules == Verdict::Hold),
            share(&|one| one.stop && one.rules == Verdict::OptOut),
            share(&|one| one.want == Verdict::Hold),
            share(&|one| !one.stop && one.want != Verdict::Hold),
            share(&|one| !one.stop && one.want != Verdict::Hold && one.rules == Verdict::None),
            share(&|one| !one.stop && one.want != Verdict::Hold && one.rules == Verdict::Hold),
            share(&|one| !one.stop && one.want != Verdict::Hold && one.rules == Verdict::OptOut),
        );
    }
    let others = |one: &Sample| !one.stop && one.want != Verdict::Hold;
    let count = scored.iter().filter(|(_, one)| others(one)).count() as f64;
    // The lowest threshold above which few enough others lie: what a rule did not take for an opt-out, and what it did.
    let lowest = |which: &dyn Fn(&Sample) -> bool, allowed: f64| {
        let mut above = 0.0;
        let mut threshold = f64::INFINITY;
        for (score, sample) in scored.iter().rev() {
            if others(sample) && which(sample) {
                above += 1.0;
                if above / count > allowed {
                    break;
                }
            }
            threshold = *score;
        }
        threshold
    };
    let stop = lowest(&|one| one.rules != Verdict::OptOut, FALSE_OPT_OUTS);
    let perhaps = lowest(&|one| one.rules == Verdict::None, FALSE_HOLDS);
    let recognised: Vec<f64> = scored
        .iter()
        .filter(|(_, one)| one.stop && one.rules == Verdict::OptOut)
        .map(|(score, _)| *score)
        .collect();
    let unlike = recognised.get((recognised.len() as f64 * DOUBTED) as usize).copied().unwrap_or(f64::MIN);
    println!("thresholds: stop {stop:.3}, perhaps {perhaps:.3}, unlike {unlike:.3}");
    let learned = learn(&samples.iter().collect::<Vec<_>>());
    let greatest = learned.weights.iter().fold(0.0_f64, |most, weight| most.max(weight.abs()));
    let step = greatest.min(6.0) / 127.0;
    let mut file = training_digest().to_le_bytes().to_vec();
    for number in [step, learned.constant, stop, perhaps, unlike] {
        file.extend((number as f32).to_le_bytes());
    }
    let mut used = 0;
    for weight in &learned.weights {
        let steps = (weight / step).round().clamp(-127.0, 127.0) as i8;
        used += usize::from(steps != 0);
        file.push(steps.cast_unsigned());
    }
    println!("{} messages, {used} weights", samples.len());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("weights.bin");
    std::fs::write(path, file).expect("weights.bin can be written");
}
