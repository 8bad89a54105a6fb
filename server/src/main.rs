//! The binary `whatscloud`: reads the command line, starts the runtime, hands over.

use std::process::ExitCode;

use clap::Parser;
use server::cli::Cli;
use server::commands::{self, Failure};

/// Some pages never finish on a runtime with one or two workers, however many cores there are.
const FEWEST_WORKERS: usize = 4;

fn main() -> ExitCode {
    let cli = Cli::parse();
    server::logging::start(&cli.log);
    let workers =
        std::thread::available_parallelism().map_or(FEWEST_WORKERS, |cores| cores.get().max(FEWEST_WORKERS));
    let runtime =
        match tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return commands::report(&Failure::Failed(error.into())),
        };
    match runtime.block_on(commands::run(cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => commands::report(&failure),
    }
}
