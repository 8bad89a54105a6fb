//! The one place that reads the wall clock and makes ids.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::id::uuid_v7;
use domain::time::{Span, Timestamp};
use uuid::Uuid;

/// Where the time comes from: the system, or a test that holds it still.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The system's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until it is moved.
    #[must_use]
    pub fn mock(start: Timestamp) -> Self {
        Self(Some(Arc::new(AtomicI64::new(start.micros()))))
    }

    /// Moves a mock clock; the system's cannot be moved.
    pub fn advance(&self, span: Span) {
        if let Some(micros) = &self.0 {
            micros.fetch_add(span.micros(), Ordering::SeqCst);
        }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Some(micros) => Timestamp::from_micros(micros.load(Ordering::SeqCst)),
            None => system_now(),
        }
    }

    /// A new id's UUID: version 7, so that ids sort by creation.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        uuid_v7(self.now(), random())
    }
}

fn system_now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "this is the clock everything else is given")]
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Bytes nobody can guess.
///
/// # Panics
/// When the operating system has no randomness: nothing secure can be done then.
#[must_use]
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "without randomness neither ids nor secrets can be made")]
    getrandom::fill(&mut bytes).expect("the operating system provides randomness");
    bytes
}
