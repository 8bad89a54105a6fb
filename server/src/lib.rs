//! The binary `whatscloud` as a library: command line, HTTP router and everything at the edge of the process.
//!
//! [`router::router`] is the whole HTTP surface; tests call it in-process.

// A page is one type: the views of all its parts, nested.
#![recursion_limit = "512"]

pub mod api;
pub mod cli;
pub mod commands;
pub mod config;
pub mod demo;
pub mod events;
mod files;
pub mod health;
mod html;
mod joining;
pub mod layers;
pub mod listen;
pub mod logging;
pub mod pages;
mod preferences;
pub mod router;
pub mod serve;
pub mod session;
pub mod site;
pub mod state;
pub mod webhook;

pub use router::router;
pub use state::AppState;
