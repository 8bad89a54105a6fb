//! The emulator from the outside: over its router, with a webhook receiver on a port of its own.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]

mod control;
mod faults;
mod phone;
mod sending;
mod support;
mod webhooks;
