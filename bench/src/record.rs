//! What a benchmark found, beside what is asked of it, kept as JSON with the machine it was found on.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::disk::Fsync;

/// What is asked of a figure.
#[derive(Clone, Copy)]
pub enum Goal {
    /// This much or more.
    AtLeast(f64),
    /// This much or less.
    AtMost(f64),
}

impl Goal {
    fn met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtLeast(least) => format!("≥ {least}"),
            Self::AtMost(most) => format!("≤ {most}"),
        }
    }
}

/// One figure.
pub struct Figure {
    /// What was measured, with its unit unless it is a ratio.
    pub what: String,
    /// The median where there are several rounds.
    pub value: f64,
    /// What is asked of it; nothing of a figure that only explains another.
    pub goal: Option<Goal>,
}

impl Figure {
    /// A figure with a goal.
    pub fn asked(what: impl Into<String>, value: f64, goal: Goal) -> Self {
        Self { what: what.into(), value, goal: Some(goal) }
    }

    /// A figure that explains another one.
    pub fn shown(what: impl Into<String>, value: f64) -> Self {
        Self { what: what.into(), value, goal: None }
    }
}

/// Where the record of a benchmark is kept.
fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("results").join(format!("{name}.json"))
}

/// Prints figures beside their goals, and keeps them.
pub fn keep(name: &str, arguments: &[String], fsync: &Fsync, figures: &[Figure]) -> anyhow::Result<()> {
    println!();
    let mut rows = Vec::new();
    for figure in figures {
        let (goal, met) = match figure.goal {
            Some(goal) => (goal.words(), Some(goal.met(figure.value))),
            None => (String::new(), None),
        };
        rows.push(json!({"what": figure.what, "value": figure.value, "goal": goal, "met": met}));
    }
    let record = json!({
        "bench": name,
        "arguments": arguments,
        "at": service::Clock::system().now().seconds(),
        "machine": machine(),
        "fdatasync_us": {"p50": fsync.p50.as_micros(), "p99": fsync.p99.as_micros()},
        "figures": rows,
    });
    print(&record);
    let path = path(name);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(std::fs::write(path, format!("{record:#}\n"))?)
}

/// The table of everything that was kept.
pub fn print_all(names: &[&str]) -> anyhow::Result<()> {
    println!();
    for name in names {
        match std::fs::read_to_string(path(name)) {
            Ok(text) => print(&serde_json::from_str(&text)?),
            Err(_) => println!("{name:<10} not measured yet"),
        }
    }
    Ok(())
}

fn print(record: &Value) {
    let name = record["bench"].as_str().unwrap_or_default();
    for row in record["figures"].as_array().into_iter().flatten() {
        let met = match row["met"].as_bool() {
            Some(true) => "met",
            Some(false) => "NOT MET",
            None => "",
        };
        println!(
            "{name:<10} {:<58} {:>12.3} {:>10}  {met}",
            row["what"].as_str().unwrap_or_default(),
            row["value"].as_f64().unwrap_or_default(),
            row["goal"].as_str().unwrap_or_default(),
        );
    }
}

/// The processor, how many cores of it, and the memory: what figures depend on, and nothing that names the machine.
fn machine() -> Value {
    let line = |file: &str, name: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    json!({
        "processor": line("/proc/cpuinfo", "model name"),
        "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        "memory": line("/proc/meminfo", "MemTotal"),
        "system": std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim(),
    })
}
