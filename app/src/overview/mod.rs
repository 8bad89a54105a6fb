//! How things stand.

mod api;
mod page;

pub use api::{Today, TodayFn};
pub use page::OverviewPage;
