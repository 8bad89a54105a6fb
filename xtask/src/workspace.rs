//! Where things are, and which packages are built together.

use std::path::{Path, PathBuf};

/// What runs on the server. Cargo unifies the features of whatever one invocation names, so lints and tests always name
/// all of these at once: the dependencies are compiled once for both.
pub const SERVER_PACKAGES: [&str; 8] =
    ["domain", "detection", "store", "whatsapp", "service", "emulator", "app", "server"];

/// The features that make [`SERVER_PACKAGES`] the server's side of the application.
pub const SERVER_FEATURES: &str = "app/ssr,domain/phone-metadata";

/// The target of the browser's side.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The root of the repository.
pub fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// Cargo's target directory; [`crate::command::cargo`] insists on it, so that finished files are where we look.
pub fn target() -> PathBuf {
    root().join("target")
}

/// The built site: `manifest.json` and `pkg/`.
pub fn site() -> PathBuf {
    target().join("site")
}

/// A program of an npm package of the root `package.json`.
pub fn node_program(name: &str) -> PathBuf {
    root().join("node_modules/.bin").join(name)
}

/// `--package NAME` for each of [`SERVER_PACKAGES`], and their features.
pub fn server_selection() -> Vec<&'static str> {
    let mut arguments: Vec<&str> =
        SERVER_PACKAGES.iter().flat_map(|package| ["--package", package]).collect();
    arguments.extend(["--features", SERVER_FEATURES]);
    arguments
}
