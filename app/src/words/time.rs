/// Times and dates.
#[derive(Debug)]
pub struct Time {
    /// Short names of the months.
    pub months: [&'static str; 12],
    /// Less than a minute ago.
    pub just_now: &'static str,
    /// So many minutes ago.
    pub minutes_ago: fn(i64) -> String,
    /// So many hours ago.
    pub hours_ago: fn(i64) -> String,
    /// So many days ago.
    pub days_ago: fn(i64) -> String,
}

impl Time {
    pub(super) const ENGLISH: Self = Self {
        months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        just_now: "just now",
        minutes_ago: |minutes| format!("{minutes} min ago"),
        hours_ago: |hours| format!("{hours} h ago"),
        days_ago: |days| if days == 1 { "1 day ago".to_owned() } else { format!("{days} days ago") },
    };
}
