//! What can go wrong with a verb, for callers that match on it. Logged once, at the edge.

use domain::permit::Reason;
use domain::role::Right;
use domain::settings::FieldProblem;

/// Why a verb did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Some input is wrong; every problem is named.
    #[error("invalid input")]
    Invalid(Vec<Invalid>),
    /// There is no such thing, or it belongs to somebody else.
    #[error("not found")]
    NotFound,
    /// Somebody else was faster.
    #[error("conflict")]
    Conflict,
    /// The caller may not do this.
    #[error("forbidden")]
    Forbidden(Option<Right>),
    /// Nobody is signed in, or the credentials are wrong.
    #[error("signed out")]
    SignedOut,
    /// Too many attempts.
    #[error("too many attempts")]
    TooMany {
        /// When to come again.
        retry_after_seconds: u64,
    },
    /// Consent or WhatsApp's rules forbid the message.
    #[error("refused: {0}")]
    Refused(Reason),
    /// The database or another part cannot be reached; nothing was changed.
    #[error("unavailable")]
    Unavailable,
    /// A defect, or data that should not exist.
    #[error("internal error")]
    Internal(#[source] anyhow::Error),
}

/// One thing that is wrong with the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field, by its name in the API and in forms.
    pub field: &'static str,
    /// What is wrong with it.
    pub code: &'static str,
    /// For settings, the problem with its numbers.
    pub problem: Option<FieldProblem>,
}

impl Error {
    /// One field, one problem.
    #[must_use]
    pub fn invalid(field: &'static str, code: &'static str) -> Self {
        Self::Invalid(vec![Invalid { field, code, problem: None }])
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        use store::Error as E;
        let unavailable = match &error {
            E::Io(_)
            | E::Tls(_)
            | E::Protocol(_)
            | E::PoolTimedOut
            | E::PoolClosed
            | E::WorkerCrashed
            | E::BeginFailed => true,
            E::Database(database) => match database.code().as_deref() {
                // PostgreSQL: connection exceptions, no such database, deadlock, serialization, out of resources, taking no
                // connections, shutting down.
                Some(code) if code.len() == 5 => {
                    ["08", "3D", "40", "53", "55", "57"].iter().any(|class| code.starts_with(class))
                }
                // SQLite: busy, locked, out of memory, read-only, I/O error, full, cannot open.
                Some(code) => {
                    code.parse::<i64>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 7 | 8 | 10 | 13 | 14))
                }
                None => false,
            },
            _ => false,
        };
        // PostgreSQL takes no U+0000 in a text; nobody types one by accident.
        let has_nul = matches!(&error, E::Database(database)
            if matches!(database.code().as_deref(), Some("22021" | "22P05")));
        if has_nul {
            Self::invalid("text", "control_characters")
        } else if unavailable {
            tracing::error!(%error, "the database cannot be reached");
            Self::Unavailable
        } else {
            Self::Internal(error.into())
        }
    }
}

/// Whether an insert met a row that is there already.
pub(crate) fn is_taken(error: &store::Error) -> bool {
    matches!(error, store::Error::Database(database) if database.is_unique_violation())
}
