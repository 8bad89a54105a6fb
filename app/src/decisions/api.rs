use domain::id::ReviewId;
use domain::review::Review;
use domain::time::Timestamp;
use leptos::server;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// Reviews of a page.
pub const PAGE: u32 = 50;

/// What is open, the most urgent first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The reviews.
    pub reviews: Vec<Review>,
    /// How many there are in all.
    pub total: i64,
    /// When it was read.
    pub now: Timestamp,
}

/// What is open, the most urgent first.
#[server(input = Json)]
pub async fn list_reviews() -> Result<Open, AppError> {
    crate::ssr::decisions::list().await
}

/// Decides an open review: `stop`, `no_stop` or `done`.
#[server]
pub async fn decide_review(review: ReviewId, decision: String) -> Result<(), AppError> {
    crate::ssr::decisions::decide(review, &decision).await
}
