//! `cargo xtask`: everything that has to happen around `cargo build` to get from a checkout to a running, tested
//! application. It is the first thing a fresh machine compiles, so it holds few dependencies and calls small tools.

mod browser;
mod checks;
mod command;
mod dev;
mod digest;
mod guardian;
mod licences;
mod postgres;
mod progress;
mod server;
mod site;
mod tests;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  run [-- ARGS]       build everything and start the application in demo mode; ARGS go to `whatscloud serve`
  test [FILTER]       every test there is: both databases and the browser; with FILTER only the matching Rust tests
  e2e [FILTER]        the browser tests, on SQLite and on PostgreSQL
  build               the one file to deploy, optimised; prints its size against the goal
  ci                  formatting, lints for server and browser, licences, then everything of `test`
  dev [-- ARGS]       rebuild and restart whenever a source file changes
  bench [NAME] [ARGS]  a benchmark of the release build, or all of them and their table
  torture [N] [ENGINE]  kill a server under load N times (25) on sqlite, postgres or both, and check that nothing is lost
  train               learn the weights of the detector's last tier from the training part of its corpus
  score [--misses]    how well the detector does on its corpus, language by language";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    let Some((name, rest)) = arguments.split_first() else {
        eprintln!("{USAGE}");
        return Ok(ExitCode::from(2));
    };
    match (name.as_str(), rest) {
        ("run", rest) => Err(server::run(passed_on(rest))),
        ("test", []) => tests::all(),
        ("test", [filter]) => tests::filtered(filter),
        ("e2e", []) => tests::browser(None),
        ("e2e", [filter]) => tests::browser(Some(filter)),
        ("build", []) => server::release().map(|()| ExitCode::SUCCESS),
        ("ci", []) => checks::ci(),
        ("dev", rest) => dev::watch(passed_on(rest)),
        ("bench", []) => server::bench("all", &[]).map(|()| ExitCode::SUCCESS),
        ("bench", [name, rest @ ..]) => server::bench(name, passed_on(rest)).map(|()| ExitCode::SUCCESS),
        ("torture", []) => tests::torture("25", "both").map(|()| ExitCode::SUCCESS),
        ("torture", [rounds]) => tests::torture(rounds, "both").map(|()| ExitCode::SUCCESS),
        ("torture", [rounds, engine]) => tests::torture(rounds, engine).map(|()| ExitCode::SUCCESS),
        ("train", []) => tests::train().map(|()| ExitCode::SUCCESS),
        ("score", rest) => tests::score(rest).map(|()| ExitCode::SUCCESS),
        ("help" | "--help" | "-h", _) => {
            eprintln!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        _ => bail!("`{}` is not understood\n\n{USAGE}", arguments.join(" ")),
    }
}

/// The arguments meant for the program that is started: a leading `--` only separates them from ours.
fn passed_on(arguments: &[String]) -> &[String] {
    match arguments {
        [separator, rest @ ..] if separator == "--" => rest,
        all => all,
    }
}
