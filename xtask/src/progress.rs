//! What a person sees while waiting, on standard error.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Announces a step, does it, and says how long it took.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("▸ {name}");
    let start = Instant::now();
    let result = work();
    let mark = if result.is_ok() { "✓" } else { "✗" };
    eprintln!("{mark} {name}: {}", seconds(start.elapsed()));
    result
}

/// A duration as people read it.
pub fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// Parts that are all carried out, whatever became of those before, and judged together at the end.
#[derive(Default)]
pub struct Report {
    parts: Vec<(String, Duration, Option<String>)>,
}

impl Report {
    /// Carries out one part and remembers how it ended. Returns its value if it succeeded.
    pub fn part<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        let start = Instant::now();
        let result = step(name, work);
        let failure = result.as_ref().err().map(|error| format!("{error:#}"));
        self.parts.push((name.to_owned(), start.elapsed(), failure));
        result.ok()
    }

    /// Prints the summary. Returns whether every part succeeded.
    pub fn conclude(&self) -> bool {
        eprintln!("\nSummary");
        for (name, duration, failure) in &self.parts {
            match failure {
                None => eprintln!("  ✓ {:>8}  {name}", seconds(*duration)),
                Some(why) => eprintln!("  ✗ {:>8}  {name}\n             {why}", seconds(*duration)),
            }
        }
        let total = self.parts.iter().map(|(_, duration, _)| *duration).sum();
        eprintln!("    {:>8}  in all", seconds(total));
        self.parts.iter().all(|(_, _, failure)| failure.is_none())
    }
}
