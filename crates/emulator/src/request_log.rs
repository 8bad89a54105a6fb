//! Every send request the emulator received.

use std::collections::VecDeque;

use axum::body::Bytes;
use serde::Serialize;
use serde_json::Value;

/// One request on a send path.
#[derive(Debug, Clone, Serialize)]
pub struct LoggedRequest {
    /// Counts up from 1.
    pub n: u64,
    /// When it was received, microseconds since 1970, UTC.
    pub at_us: i64,
    /// The path without the prefix the emulator is mounted under.
    pub path: String,
    /// `to` as it was written, or else `recipient`.
    pub to: Option<String>,
    /// The body; a string when it was not JSON.
    pub body: Value,
    /// The HTTP status answered; 0 when the connection was closed without an answer.
    pub status: u16,
    /// The id of the message, when it was processed.
    pub wamid: Option<String>,
}

pub(crate) struct Entry {
    pub(crate) at_us: i64,
    pub(crate) path: String,
    pub(crate) to: Option<String>,
    pub(crate) body: Bytes,
    pub(crate) status: u16,
    pub(crate) wamid: Option<String>,
}

/// The last `capacity` requests.
pub(crate) struct RequestLog {
    entries: VecDeque<Entry>,
    forgotten: u64,
    capacity: usize,
}

impl RequestLog {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { entries: VecDeque::new(), forgotten: 0, capacity: capacity.max(1) }
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        if self.entries.len() >= self.capacity {
            self.entries.pop_front();
            self.forgotten += 1;
        }
        self.entries.push_back(entry);
    }

    /// The requests with a number above `n`, oldest first, at most `limit`.
    pub(crate) fn after(&self, n: u64, limit: usize) -> Vec<LoggedRequest> {
        let skipped = usize::try_from(n.saturating_sub(self.forgotten)).unwrap_or(usize::MAX);
        let numbers = self.forgotten + 1..;
        numbers
            .zip(&self.entries)
            .skip(skipped)
            .take(limit)
            .map(|(n, entry)| LoggedRequest {
                n,
                at_us: entry.at_us,
                path: entry.path.clone(),
                to: entry.to.clone(),
                body: serde_json::from_slice(&entry.body)
                    .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&entry.body).into_owned())),
                status: entry.status,
                wamid: entry.wamid.clone(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_requests_are_forgotten_and_numbers_stay() {
        let mut log = RequestLog::new(2);
        for body in ["{}", "not json", "[1]"] {
            log.push(Entry {
                at_us: 0,
                path: String::new(),
                to: None,
                body: Bytes::from_static(body.as_bytes()),
                status: 200,
                wamid: None,
            });
        }
        let numbers = |after| log.after(after, usize::MAX).iter().map(|r| r.n).collect::<Vec<_>>();
        assert_eq!(numbers(0), [2, 3]);
        assert_eq!(numbers(2), [3]);
        assert_eq!(numbers(9), Vec::<u64>::new());
        assert_eq!(log.after(1, 1)[0].body, Value::String("not json".to_owned()));
    }
}
