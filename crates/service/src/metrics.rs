//! Counters of the process, for monitoring. Names follow Prometheus' conventions; nothing personal is in a label.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) webhooks: AtomicU64,
    pub(crate) webhooks_refused: AtomicU64,
    pub(crate) updates: AtomicU64,
    pub(crate) duplicates: AtomicU64,
    pub(crate) commits: AtomicU64,
    pub(crate) opt_outs: AtomicU64,
    pub(crate) sent: AtomicU64,
    pub(crate) skipped: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) unknown: AtomicU64,
    /// Microseconds from a STOP's arrival to its commit, summed; with `opt_outs` the mean.
    pub(crate) stop_micros: AtomicU64,
    others: Mutex<BTreeMap<&'static str, u64>>,
}

impl Metrics {
    pub(crate) fn add(counter: &AtomicU64, count: usize) {
        counter.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// Counts an update that has no table of its own.
    pub(crate) fn other(&self, why: &'static str) {
        *self.others.lock().unwrap_or_else(std::sync::PoisonError::into_inner).entry(why).or_default() += 1;
    }

    pub(crate) fn render(&self, waiting: Vec<(String, i64)>, queued: usize) -> String {
        let mut text = String::new();
        let counters = [
            ("whatscloud_webhooks_total", "Webhooks accepted and stored.", &self.webhooks),
            (
                "whatscloud_webhooks_refused_total",
                "Webhooks refused: signature, form or database.",
                &self.webhooks_refused,
            ),
            ("whatscloud_updates_total", "Updates inside the webhooks.", &self.updates),
            ("whatscloud_duplicates_total", "Updates delivered again and ignored.", &self.duplicates),
            ("whatscloud_ingest_commits_total", "Commits of the ingest task.", &self.commits),
            ("whatscloud_opt_outs_total", "People who opted out by message.", &self.opt_outs),
            (
                "whatscloud_stop_commit_microseconds_total",
                "Arrival of opt-outs to their commit, summed.",
                &self.stop_micros,
            ),
            ("whatscloud_messages_sent_total", "Messages WhatsApp accepted.", &self.sent),
            ("whatscloud_messages_skipped_total", "Messages not sent, with a reason.", &self.skipped),
            ("whatscloud_messages_failed_total", "Messages WhatsApp refused for good.", &self.failed),
            ("whatscloud_messages_unknown_total", "Messages whose outcome is not known.", &self.unknown),
        ];
        for (name, help, counter) in counters {
            let value = counter.load(Ordering::Relaxed);
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}");
        }
        let _ = writeln!(
            text,
            "# HELP whatscloud_other_updates_total Updates kept without a table of their own."
        );
        let _ = writeln!(text, "# TYPE whatscloud_other_updates_total counter");
        for (why, count) in self.others.lock().unwrap_or_else(std::sync::PoisonError::into_inner).iter() {
            let _ = writeln!(text, "whatscloud_other_updates_total{{why=\"{why}\"}} {count}");
        }
        let _ = writeln!(text, "# HELP whatscloud_outbox_messages Messages waiting in the outbox.");
        let _ = writeln!(text, "# TYPE whatscloud_outbox_messages gauge");
        for (state, count) in waiting {
            let _ = writeln!(text, "whatscloud_outbox_messages{{state=\"{state}\"}} {count}");
        }
        let _ = writeln!(text, "# HELP whatscloud_ingest_queue Webhooks waiting for a commit.");
        let _ = writeln!(text, "# TYPE whatscloud_ingest_queue gauge\nwhatscloud_ingest_queue {queued}");
        text
    }
}
