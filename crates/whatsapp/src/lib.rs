#![doc = include_str!("../README.md")]

pub mod client;
mod escapes;
mod lenient;
pub mod signature;
pub mod webhook;

pub use client::Client;
