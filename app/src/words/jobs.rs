use domain::job::{BulkAction, Column, DateOrder, JobState, Progress};

use super::grouped;

/// Files of contacts, and changes of many at once.
#[derive(Debug)]
pub struct Jobs {
    /// Title of the page where a file is chosen; also the button that leads there.
    pub import: &'static str,
    /// What it is for.
    pub import_lead: &'static str,
    /// The field for the file.
    pub file: &'static str,
    /// Its hint.
    pub file_hint: &'static str,
    /// Sends the file.
    pub upload: &'static str,
    /// Why a file was not taken.
    pub problem: fn(&str) -> &'static str,
    /// Card: what was done lately.
    pub lately: &'static str,
    /// Nothing was.
    pub lately_none: &'static str,
    /// Columns of that list.
    pub what: &'static str,
    /// Columns of that list.
    pub when: &'static str,
    /// Columns of that list.
    pub result: &'static str,
    /// Columns of that list.
    pub standing: &'static str,
    /// A word for where a job stands.
    pub state: fn(JobState) -> &'static str,
    /// What a change of many is called.
    pub bulk: fn(&BulkAction) -> String,
    /// Card: the first rows.
    pub preview: &'static str,
    /// What to do with them.
    pub preview_lead: &'static str,
    /// A column without heading.
    pub column: fn(usize) -> String,
    /// For screen readers: what a column holds.
    pub column_holds: fn(&str) -> String,
    /// What a column can hold.
    pub meaning: fn(Column) -> &'static str,
    /// Card: how the file is read.
    pub reading: &'static str,
    /// A tick.
    pub heading: &'static str,
    /// A field.
    pub encoding: &'static str,
    /// A field.
    pub delimiter: &'static str,
    /// Its choices.
    pub delimiters: [(&'static str, &'static str); 4],
    /// A field.
    pub region: &'static str,
    /// Its hint.
    pub region_hint: &'static str,
    /// A field.
    pub dates: &'static str,
    /// Its choices.
    pub date_order: fn(DateOrder) -> &'static str,
    /// A field.
    pub tags: &'static str,
    /// Its hint.
    pub tags_hint: &'static str,
    /// A tick.
    pub replace_names: &'static str,
    /// Its hint.
    pub replace_names_hint: &'static str,
    /// Card: how they agreed.
    pub consent: &'static str,
    /// What a file can do and what not.
    pub consent_lead: &'static str,
    /// A tick.
    pub all_agreed: &'static str,
    /// Its hint.
    pub all_agreed_hint: &'static str,
    /// A field.
    pub source: &'static str,
    /// Its first choice.
    pub source_none: &'static str,
    /// A field.
    pub note: &'static str,
    /// Its hint.
    pub note_hint: &'static str,
    /// A field.
    pub agreed_on: &'static str,
    /// Its hint.
    pub agreed_on_hint: &'static str,
    /// Runs a dry run.
    pub check: &'static str,
    /// Reads the file in.
    pub go: &'static str,
    /// Throws the file away.
    pub discard: &'static str,
    /// What the dry run found.
    pub checked: &'static str,
    /// Nothing was changed yet.
    pub checked_text: &'static str,
    /// What came of it.
    pub done: &'static str,
    /// A line of the result: how many of what.
    pub lines: fn(&Progress, bool) -> Vec<(String, &'static str)>,
    /// The file of errors.
    pub errors_file: &'static str,
    /// What stands in it.
    pub errors_hint: &'static str,
    /// A job under way.
    pub under_way: fn(JobState) -> &'static str,
    /// How far a file is: bytes done, of, rows.
    pub progress_file: fn(u64, u64, u64) -> String,
    /// How far a change is: done, of.
    pub progress_bulk: fn(u64, u64) -> String,
    /// How fast, and how long it takes yet: rows a second, seconds.
    pub pace: fn(u64, u64) -> String,
    /// Stops it.
    pub cancel: &'static str,
    /// It will stop.
    pub stopping: &'static str,
    /// Takes it back.
    pub undo: &'static str,
    /// What that means.
    pub undo_text: fn(&str) -> String,
    /// What an undo did: taken back, left alone.
    pub undone: fn(u64, u64) -> String,
    /// Cannot be undone, and why.
    pub no_undo: &'static str,
    /// It failed: why and what to do.
    pub failed: fn(&str) -> &'static str,
    /// The question before a change of many: what, how many, whether more.
    pub question: fn(&BulkAction, u64) -> String,
    /// What follows from it.
    pub consequence: fn(&BulkAction) -> &'static str,
    /// The button that does it.
    pub yes: fn(&BulkAction) -> &'static str,
    /// Leaves without a change.
    pub back: &'static str,
    /// To the contacts.
    pub to_contacts: &'static str,
    /// Above the list: how many are chosen.
    pub chosen: fn(usize) -> String,
    /// Chooses a row, for screen readers.
    pub choose: fn(&str) -> String,
    /// Everybody who matches: how many, whether more.
    pub all_matching: fn(i64, bool) -> String,
    /// The field that says what to do.
    pub action: &'static str,
    /// Its choices.
    pub actions: [(&'static str, &'static str); 5],
    /// The tag to put on or take off.
    pub tag: &'static str,
    /// Goes on to the question.
    pub apply: &'static str,
    /// Opens what can be done with many.
    pub many: &'static str,
    /// Takes the list away as a file.
    pub export: &'static str,
    /// Card on a person's page.
    pub data_title: &'static str,
    /// What it holds.
    pub data_text: &'static str,
    /// Everything about them as a file.
    pub data_export: &'static str,
    /// Forgets them.
    pub erase: &'static str,
    /// Title of the question.
    pub erase_question: fn(&str) -> String,
    /// What follows.
    pub erase_text: &'static str,
    /// The button.
    pub erase_yes: &'static str,
    /// It was done.
    pub erased: &'static str,
    /// On the page of an erased person.
    pub erased_page: &'static str,
}

fn count(number: u64) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}

fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit behind the point")]
    let bytes = bytes as f64;
    if bytes < 1e6 { format!("{:.0} kB", (bytes / 1e3).max(1.0)) } else { format!("{:.1} MB", bytes / 1e6) }
}

fn english_lines(progress: &Progress, dry: bool) -> Vec<(String, &'static str)> {
    let words = |now, then| if dry { then } else { now };
    let one = |number, single, several| if number == 1 { single } else { several };
    let lines = [
        (progress.added, words(one(progress.added, "new contact", "new contacts"), "will be added")),
        (
            progress.updated,
            words(one(progress.updated, "contact changed", "contacts changed"), "will be changed"),
        ),
        (progress.unchanged, words("as before", "stay as they are")),
        (progress.opted_in, words("opted in now", "will be opted in")),
        (progress.opted_out, words("opted out now", "will be opted out")),
        (progress.kept_out, "said no themselves and stay opted out"),
        (progress.without_evidence, "opted in by the file without saying how: recorded as never asked"),
        (progress.erased, "erased earlier and not added again"),
        (progress.duplicates, "more than once in the file"),
        (progress.errors, one(progress.errors, "row cannot be read", "rows cannot be read")),
    ];
    lines
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, words)| (count(number), words))
        .collect()
}

impl Jobs {
    pub(super) const ENGLISH: Self = Self {
        import: "Import contacts",
        import_lead: "Bring a list from a spreadsheet or another program. Nothing is changed before you have seen what would come of it.",
        file: "File",
        file_hint: "CSV or tab-separated text, up to 2 GB. From Excel or Google Sheets: save or download as CSV.",
        upload: "Upload",
        problem: |code| match code {
            "empty" => "The file is empty. Choose one with at least one row.",
            "not_text" => {
                "This is no CSV file: it may be a spreadsheet in its own format, a picture or an archive. Save it as CSV first."
            }
            "too_large" => "The file is larger than 2 GB. Split it and import the parts one after the other.",
            "disk_full" => {
                "There is no room left on the server’s disk. Nothing was stored. Ask whoever runs the server to make room."
            }
            "forbidden" => "Only owners and admins may import contacts.",
            "missing" => "Choose a file first.",
            "nobody" => "Nobody is chosen. Tick at least one contact, or everybody who matches.",
            "tag" => "Name a tag of at most 50 characters.",
            _ => "The file could not be stored. Nothing of it was kept; please try again.",
        },
        lately: "Lately",
        lately_none: "Files you import and changes of many contacts are listed here, with what came of them.",
        what: "What",
        when: "When",
        result: "Result",
        standing: "State",
        state: |state| match state {
            JobState::Ready => "Waits for you",
            JobState::Checking => "Checking",
            JobState::Running => "Under way",
            JobState::Done => "Done",
            JobState::Cancelled => "Stopped",
            JobState::Failed => "Failed",
            JobState::Undoing => "Being undone",
            JobState::Undone => "Undone",
        },
        bulk: |action| match action {
            BulkAction::OptOut => "Opt out".to_owned(),
            BulkAction::Tag { tag } => format!("Tag “{tag}”"),
            BulkAction::Untag { tag } => format!("Remove tag “{tag}”"),
            BulkAction::Block => "Block".to_owned(),
            BulkAction::Unblock => "Unblock".to_owned(),
        },
        preview: "What is in the file",
        preview_lead: "Say what each column holds. One column must hold the phone numbers.",
        column: |at| format!("Column {at}"),
        column_holds: |name| format!("What “{name}” holds"),
        meaning: |column| match column {
            Column::Ignore => "Leave out",
            Column::Phone => "Phone number",
            Column::Name => "Name",
            Column::FirstName => "First name",
            Column::LastName => "Last name",
            Column::Tags => "Tags",
            Column::Consent => "Wants marketing: yes or no",
            Column::ConsentDate => "When they said so",
            Column::ConsentSource => "How they said so",
        },
        reading: "How to read it",
        heading: "The first row holds headings",
        encoding: "Letters",
        delimiter: "Columns are separated by",
        delimiters: [(",", "Commas"), (";", "Semicolons"), ("tab", "Tabs"), ("|", "Bars")],
        region: "Country of numbers without a country code",
        region_hint: "Two letters, such as ZA or BR. Leave empty if every number has its country code.",
        dates: "Dates are written",
        date_order: |order| match order {
            DateOrder::YearFirst => "Year first: 2026-11-25",
            DateOrder::DayFirst => "Day first: 25/11/2026",
            DateOrder::MonthFirst => "Month first: 11/25/2026",
        },
        tags: "Tags for everybody in the file",
        tags_hint: "For example: autumn fair.",
        replace_names: "Replace names that are there already",
        replace_names_hint: "Otherwise the file’s names only fill gaps.",
        consent: "Permission for marketing",
        consent_lead: "A file can switch marketing off. It never switches it on for somebody who said no, and a yes counts only with the way it was given.",
        all_agreed: "Everybody in this file agreed to get marketing on WhatsApp",
        all_agreed_hint: "Leave it empty if they did not: they are added as “never asked”.",
        source: "How they agreed",
        source_none: "Nothing said",
        note: "What they were told, and how they said yes",
        note_hint: "Kept as evidence with every one of them, with your name, the file and the row.",
        agreed_on: "When",
        agreed_on_hint: "For rows without a date of their own. Empty: today.",
        check: "Check the file",
        go: "Import now",
        discard: "Discard the file",
        checked: "What would come of it",
        checked_text: "Nothing has been changed yet.",
        done: "What came of it",
        lines: english_lines,
        errors_file: "Download the rows with remarks",
        errors_hint: "A CSV file with line, column, value and what to do about each.",
        under_way: |state| match state {
            JobState::Checking => "Checking the file",
            JobState::Undoing => "Taking it back",
            _ => "At work",
        },
        progress_file: |done, of, rows| format!("{} rows, {} of {}", count(rows), size(done), size(of)),
        progress_bulk: |done, of| format!("{} of {}", count(done), count(of)),
        pace: |rows, seconds| {
            let left =
                if seconds < 90 { format!("{seconds} s") } else { format!("{} min", seconds.div_ceil(60)) };
            format!("{} a second, about {left} left. You can leave this page.", count(rows))
        },
        cancel: "Stop",
        stopping: "Stopping…",
        undo: "Undo",
        undo_text: |when| {
            format!(
                "Until {when} it can be taken back: new contacts go, tags and names return. People who wrote or were written \
                 to since stay, and permissions that came from it end as opted out."
            )
        },
        undone: |back, kept| match kept {
            0 => format!("{} taken back.", count(back)),
            _ => format!(
                "{} taken back; {} left alone, because something happened to them since.",
                count(back),
                count(kept)
            ),
        },
        no_undo: "Opting out cannot be undone here: only the person can opt in again.",
        failed: |code| match code {
            "file_missing" => {
                "The file is not on this server any more. Upload it again; rows read in before are found and not added twice."
            }
            "disk_full" => {
                "There was no room left on the disk. What is listed below was read in and stays; make room and import the file again."
            }
            _ => {
                "The file could not be read to its end. What is listed below was read in and stays; import the file again to go on."
            }
        },
        question: |action, number| {
            let people =
                if number == 1 { "1 contact".to_owned() } else { format!("{} contacts", count(number)) };
            match action {
                BulkAction::OptOut => format!("Stop marketing to {people}?"),
                BulkAction::Tag { tag } => format!("Tag {people} with “{tag}”?"),
                BulkAction::Untag { tag } => format!("Remove the tag “{tag}” from {people}?"),
                BulkAction::Block => format!("Stop all communication with {people}?"),
                BulkAction::Unblock => format!("Allow communication with {people} again?"),
            }
        },
        consequence: |action| match action {
            BulkAction::OptOut => {
                "Each of them is recorded as opted out, on your word. You cannot opt them in again together: only the person \
                 can, or you one by one with the way they agreed. Answers and order updates still arrive."
            }
            BulkAction::Tag { .. } | BulkAction::Untag { .. } => {
                "Consent is not touched. It can be undone for a day."
            }
            BulkAction::Block => {
                "No message of any kind will reach them, not even answers and order updates. To stop only marketing, opt them \
                 out instead. It can be undone for a day."
            }
            BulkAction::Unblock => {
                "Consent is not touched: who opted out stays opted out. It can be undone for a day."
            }
        },
        yes: |action| match action {
            BulkAction::OptOut => "Opt them out",
            BulkAction::Tag { .. } => "Tag them",
            BulkAction::Untag { .. } => "Remove the tag",
            BulkAction::Block => "Block them",
            BulkAction::Unblock => "Unblock them",
        },
        back: "Leave it",
        to_contacts: "To the contacts",
        chosen: |number| if number == 1 { "1 chosen".to_owned() } else { format!("{number} chosen") },
        choose: |name| format!("Choose {name}"),
        all_matching: |number, more| {
            let more = if more { "+" } else { "" };
            format!("All {}{more} who match, on every page", grouped(number))
        },
        action: "With the chosen contacts",
        actions: [
            ("tag", "Add a tag"),
            ("untag", "Remove a tag"),
            ("opt_out", "Opt out of marketing"),
            ("block", "Block"),
            ("unblock", "Unblock"),
        ],
        tag: "Tag",
        apply: "Go on…",
        many: "Change many",
        export: "Export CSV",
        data_title: "Their data",
        data_text: "People may ask what you know about them, and ask you to forget it.",
        data_export: "Download everything (JSON)",
        erase: "Erase…",
        erase_question: |name| format!("Erase everything about {name}?"),
        erase_text: "Name, numbers, messages and evidence are deleted for good, and cannot be brought back. What stays is a place without a \
                     name in the ledger, and a keyed hash, so that nobody who adds this number again reaches them with marketing.",
        erase_yes: "Erase for good",
        erased: "The person was erased",
        erased_page: "This person’s data was erased. What is left proves that their choice was kept; it does not say who they were.",
    };
}
