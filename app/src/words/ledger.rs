/// The ledger.
#[derive(Debug)]
pub struct Ledger {
    /// What it is.
    pub lead: &'static str,
    /// Column.
    pub event: &'static str,
    /// Column.
    pub contact: &'static str,
    /// Column.
    pub how: &'static str,
    /// Column.
    pub who: &'static str,
    /// Column.
    pub when: &'static str,
    /// Column.
    pub proof: &'static str,
    /// Nothing is recorded.
    pub empty_title: &'static str,
    /// What comes.
    pub empty_text: &'static str,
    /// The button.
    pub verify: &'static str,
    /// It holds: how many events.
    pub holds: fn(&str) -> String,
    /// What that means, with the short head.
    pub holds_text: fn(&str) -> String,
    /// It does not.
    pub broken: &'static str,
    /// An event is missing, added or out of place.
    pub gap: fn(i64, i64) -> String,
    /// An event was changed.
    pub changed: fn(i64) -> String,
    /// A personal part was changed.
    pub evidence: fn(i64) -> String,
    /// The chain does not end where it should.
    pub head: fn(i64, i64) -> String,
    /// What to do about it.
    pub broken_text: &'static str,
    /// Copies a hash.
    pub copy: &'static str,
    /// Copied.
    pub copied: &'static str,
    /// The events of a page.
    pub summary: fn(&str, &str) -> String,
}

impl Ledger {
    pub(super) const ENGLISH: Self = Self {
        lead: "Every decision about marketing, in the order it was recorded. Each entry is sealed with a hash over the one before \
               it, so a change, a gap or a deletion shows.",
        event: "Event",
        contact: "Contact",
        how: "How",
        who: "Recorded by",
        when: "When",
        proof: "Proof",
        empty_title: "Nothing recorded yet",
        empty_text: "The first entry appears when somebody opts in or out, in their own words or by hand.",
        verify: "Verify now",
        holds: |events| format!("All {events} entries check out"),
        holds_text: |head| {
            format!(
                "No entry was changed, removed or added out of turn. The seal of the last entry is {head}."
            )
        },
        broken: "The ledger does not check out",
        gap: |expected, found| format!("Entry {expected} is missing; entry {found} stands in its place."),
        changed: |seq| format!("Entry {seq} is not what was sealed."),
        evidence: |seq| format!("The words kept beside entry {seq} are not those that were recorded."),
        head: |recorded, found| format!("{recorded} entries were sealed, {found} are there."),
        broken_text: "Keep a backup of the database as it is, and find out who had access to it before you go on.",
        copy: "Copy the seal",
        copied: "Copied",
        summary: |first, last| format!("Entries {last} to {first}"),
    };
}
