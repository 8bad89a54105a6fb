//! A customer’s phone, in the demo.

mod api;
mod page;

pub use api::{Known, KnownFn, People, PeopleFn};
pub use page::SimulatorPage;
