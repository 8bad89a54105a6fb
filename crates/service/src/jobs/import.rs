//! A file of contacts, read in portion by portion: each portion one commit, with how far it got in the same commit. So a restart goes on
//! where it stopped, and nothing is read in twice or half.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use detection::Flags;
use domain::consent::{Signal, SignalKind, Source, State, apply};
use domain::contact::Evidence;
use domain::id::ContactId;
use domain::job::{Column, Effect, ImportPlan, JobState, Progress, RowProblem, Wish, effect_of, read_wish};
use domain::limits;
use domain::phone::{Phone, PhoneError};
use domain::time::Timestamp;
use store::Tx;
use store::contact::{Identifier, IdentityKind, StoredContact};
use store::contact_job::{Before, JobChange, StoredJob};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::table::{RawRow, Table, encoding};
use super::{Hold, Stopped};
use crate::contacts::Taken;
use crate::ledger::NewEvent;
use crate::{Error, Service, suppression};

/// Rows of one commit: a STOP does not wait for longer than these take, about a tenth of a second.
const PORTION: usize = 1_500;
/// Portions read ahead of the writing.
const AHEAD: usize = 2;
/// Numbers a dry run remembers to find repeated ones; it holds 8 bytes for each.
const REMEMBERED: usize = 2_000_000;

/// A row that can be read in.
#[derive(Debug)]
struct Row {
    line: u64,
    phone: Phone,
    country: Option<String>,
    name: Option<String>,
    tags: Vec<String>,
    wish: Option<Wish>,
    date: Option<Timestamp>,
    source: Option<Source>,
    /// How they agreed, in the words of the file, where it is no channel we know.
    said: Option<String>,
}

/// A line of the file of errors.
#[derive(Clone, Debug)]
struct Fault {
    line: u64,
    column: String,
    value: String,
    problem: RowProblem,
}

/// Some rows of the file.
#[derive(Debug, Default)]
struct Portion {
    rows: Vec<Row>,
    faults: Vec<Fault>,
    /// Rows it is about, readable or not.
    read: u64,
    /// Bytes of the file read at its end.
    bytes: u64,
}

/// Reads rows as they stand in the file into what they mean.
struct Reader {
    plan: ImportPlan,
    headings: Vec<String>,
    now: Timestamp,
}

impl Reader {
    fn column(&self, at: usize) -> Column {
        self.plan.columns.get(at).copied().unwrap_or_default()
    }

    fn heading(&self, column: Column) -> String {
        let at = self.plan.columns.iter().position(|one| *one == column);
        at.map_or_else(String::new, |at| {
            let heading = self.headings.get(at).map(|heading| heading.trim()).unwrap_or_default();
            if heading.is_empty() { (at + 1).to_string() } else { heading.to_owned() }
        })
    }

    fn read(&self, raw: RawRow) -> Result<Row, Fault> {
        let fault = |column: Column, value: &str, problem| Fault {
            line: raw.line,
            column: self.heading(column),
            value: value.chars().take(200).collect(),
            problem,
        };
        if let Some(problem) = raw.problem {
            return Err(fault(Column::Ignore, raw.cells.first().map_or("", String::as_str), problem));
        }
        let cell = |column: Column| {
            let at = (0..raw.cells.len()).find(|at| self.column(*at) == column && column != Column::Ignore);
            at.map(|at| raw.cells[at].trim()).filter(|cell| !cell.is_empty())
        };
        for column in Column::ALL {
            let Some(text) = cell(column) else { continue };
            if text.contains('\u{fffd}') {
                return Err(fault(column, text, RowProblem::Encoding));
            }
            if text.chars().any(char::is_control) {
                return Err(fault(
                    column,
                    &text.replace(char::is_control, "�"),
                    RowProblem::ControlCharacters,
                ));
            }
        }
        let written = cell(Column::Phone).unwrap_or_default();
        let phone = Phone::parse(written, self.plan.region)
            .map_err(|error| fault(Column::Phone, written, problem_of(error)))?;
        let name = match (cell(Column::Name), cell(Column::FirstName), cell(Column::LastName)) {
            (Some(name), ..) => Some(name.to_owned()),
            (None, Some(first), Some(last)) => Some(format!("{first} {last}")),
            (None, first, last) => first.or(last).map(str::to_owned),
        };
        if let Some(name) = name.as_deref().filter(|name| name.chars().count() > limits::CONTACT_NAME) {
            return Err(fault(Column::Name, name, RowProblem::NameTooLong));
        }
        let written = cell(Column::Tags).unwrap_or_default();
        let mut tags = self.plan.tags.clone();
        for tag in written.split([',', ';', '|']).map(str::trim).filter(|tag| !tag.is_empty()) {
            if tag.chars().count() > limits::TAG {
                return Err(fault(Column::Tags, tag, RowProblem::Tags));
            }
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        if tags.len() > limits::TAGS {
            return Err(fault(Column::Tags, written, RowProblem::Tags));
        }
        let written = cell(Column::Consent).unwrap_or_default();
        let wish = read_wish(written).map_err(|_| fault(Column::Consent, written, RowProblem::Consent))?;
        let date = cell(Column::ConsentDate)
            .map(|text| {
                let read = self.plan.dates.read(text).filter(|at| {
                    *at <= self.now + crate::consent::CLOCK_SKEW && *at >= Timestamp::from_seconds(0)
                });
                read.ok_or_else(|| fault(Column::ConsentDate, text, RowProblem::Date))
            })
            .transpose()?;
        let said =
            cell(Column::ConsentSource).map(|text| text.chars().take(limits::NOTE).collect::<String>());
        let known = said.as_deref().and_then(|said| {
            let word = said.to_lowercase().replace([' ', '-'], "_");
            word.parse().ok().filter(|source| Source::RECORDABLE.contains(source))
        });
        let source = known.or_else(|| said.is_some().then_some(Source::Import));
        let country = phone.region().map(String::from);
        Ok(Row { line: raw.line, phone, country, name, tags, wish, date, source, said })
    }
}

const fn problem_of(error: PhoneError) -> RowProblem {
    match error {
        PhoneError::Empty => RowProblem::NoPhone,
        PhoneError::NotANumber => RowProblem::NotANumber,
        PhoneError::NoCountryCode => RowProblem::NoCountryCode,
        PhoneError::UnknownCountryCode => RowProblem::UnknownCountryCode,
        PhoneError::TooShort => RowProblem::TooShort,
        PhoneError::TooLong => RowProblem::TooLong,
        PhoneError::NotInUse => RowProblem::NotInUse,
    }
}

/// Reads the file on a thread of its own, a few portions ahead of the writing.
fn read_ahead(
    path: PathBuf,
    plan: ImportPlan,
    skip: u64,
    now: Timestamp,
) -> mpsc::Receiver<std::io::Result<Portion>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        if let Err(error) = read_into(&sender, &path, plan, skip, now) {
            // Nobody waits for it any more when the work was stopped.
            let _ = sender.blocking_send(Err(error));
        }
    });
    receiver
}

fn read_into(
    sender: &mpsc::Sender<std::io::Result<Portion>>,
    path: &Path,
    plan: ImportPlan,
    skip: u64,
    now: Timestamp,
) -> std::io::Result<()> {
    let delimiter = u8::try_from(plan.delimiter).unwrap_or(b',');
    let mut table = Table::open(path, encoding(&plan.encoding), delimiter)?;
    let mut headings = Vec::new();
    if plan.has_heading {
        headings = table.next()?.map(|row| row.cells).unwrap_or_default();
    }
    table.columns = plan.columns.len();
    let reader = Reader { plan, headings, now };
    for _ in 0..skip {
        if table.next()?.is_none() {
            break;
        }
    }
    loop {
        let mut portion = Portion::default();
        while portion.rows.len() + portion.faults.len() < PORTION {
            let Some(raw) = table.next()? else { break };
            portion.read += 1;
            match reader.read(raw) {
                Ok(row) => portion.rows.push(row),
                Err(fault) => portion.faults.push(fault),
            }
        }
        portion.bytes = table.bytes;
        let last = portion.read == 0;
        if last || sender.blocking_send(Ok(portion)).is_err() {
            return Ok(());
        }
    }
}

/// The file of errors: what could not be read in, and what was read in otherwise than the file says.
struct Errors(BufWriter<File>);

impl Errors {
    /// Opens it at what is certain; what a process wrote that died before its commit is cut off.
    fn open(path: &Path, certain: u64) -> std::io::Result<Self> {
        #[expect(clippy::suspicious_open_options, reason = "it is cut to a length of its own just below")]
        let mut file = OpenOptions::new().create(true).write(true).open(path)?;
        file.set_len(certain)?;
        file.seek(SeekFrom::End(0))?;
        let mut errors = Self(BufWriter::new(file));
        if certain == 0 {
            errors.0.write_all(b"line,column,value,problem,what_to_do\r\n")?;
        }
        Ok(errors)
    }

    fn write(&mut self, faults: &[Fault]) -> std::io::Result<u64> {
        for fault in faults {
            let mut line =
                csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut self.0);
            line.write_record([
                fault.line.to_string().as_str(),
                &super::inert(&fault.column),
                &super::inert(&fault.value),
                fault.problem.as_str(),
                fault.problem.sentence(),
            ])?;
            line.flush()?;
        }
        self.0.flush()?;
        self.0.stream_position()
    }
}

/// Reads a file in, or only looks what would come of it.
pub(super) async fn run(
    service: &Service,
    stored: &mut StoredJob,
    path: &Path,
    stop: &CancellationToken,
) -> Result<(), Stopped> {
    let domain::job::Plan::Import(plan) = stored.job.plan.clone() else { return Ok(()) };
    let dry = stored.job.state == JobState::Checking;
    let begun = stored.job.progress;
    stored.job.progress.of = plan.bytes;
    if !path.exists() {
        return Err(Stopped::Problem("file_missing"));
    }
    std::fs::create_dir_all(super::directory(service)).map_err(Stopped::io)?;
    let errors_path = super::errors_path(service, stored.job.id);
    let mut errors = Errors::open(&errors_path, begun.errors_bytes).map_err(Stopped::io)?;
    let mut portions = read_ahead(path.to_owned(), plan.clone(), begun.rows, service.now());
    let mut seen = Seen { numbers: HashSet::default(), hasher: RandomState::new() };
    let mut hold = Hold::new(stored.job.id, stop);
    while let Some(portion) = portions.recv().await {
        let portion = portion.map_err(Stopped::io)?;
        let mut progress = stored.job.progress;
        progress.rows += portion.read;
        progress.done = portion.bytes;
        progress.errors += u64::try_from(portion.faults.len()).unwrap_or(0);
        let next =
            write_portion(service, stored, &plan, portion, progress, dry, &mut errors, &mut seen).await?;
        stored.job.progress = next;
        hold.check(service, stored).await?;
    }
    Ok(())
}

/// The numbers a dry run has met, as hashes.
struct Seen {
    numbers: HashSet<u64>,
    hasher: RandomState,
}

impl Seen {
    /// Whether it is met for the first time.
    fn is_new(&mut self, phone: &Phone) -> bool {
        if self.numbers.len() >= REMEMBERED {
            return true;
        }
        let hash = self.hasher.hash_one(phone.as_str());
        self.numbers.insert(hash)
    }
}

async fn write_portion(
    service: &Service,
    stored: &StoredJob,
    plan: &ImportPlan,
    portion: Portion,
    progress: Progress,
    dry: bool,
    errors: &mut Errors,
    seen: &mut Seen,
) -> Result<Progress, Stopped> {
    // Somebody may make one of these contacts at the same moment; then the portion is looked at again.
    for _ in 0..5 {
        let mut tx = if dry { service.db.read().await } else { service.db.write().await }
            .map_err(|error| Stopped::Error(error.into()))?;
        let mut fold = Fold::load(service, &mut tx, stored, plan, &portion).await?;
        fold.progress = progress;
        let mut faults = Vec::new();
        for row in &portion.rows {
            fold.row(row, dry, seen, &mut faults);
        }
        let mut next = fold.progress;
        faults.extend(portion.faults.iter().cloned());
        faults.sort_by_key(|fault| fault.line);
        next.errors_bytes = errors.write(&faults).map_err(Stopped::io)?;
        let mut after = stored.clone();
        after.job.progress = next;
        if dry {
            drop(tx);
            // What a dry run found is written down now and then: it can be done again.
            if next.rows % 20_000 < u64::try_from(PORTION).unwrap_or(1) {
                super::save(service, &after).await.map_err(Stopped::Error)?;
            }
            return Ok(next);
        }
        match fold.write(service, tx, &after).await {
            Ok(touched) => {
                service.revocations.revoke(touched);
                return Ok(next);
            }
            Err(Taken::Meanwhile) => {
                errors.0.get_mut().set_len(progress.errors_bytes).map_err(Stopped::io)?;
                errors.0.seek(SeekFrom::End(0)).map_err(Stopped::io)?;
            }
            Err(Taken::Other(error)) => return Err(Stopped::Error(error)),
        }
    }
    Err(Stopped::Error(Error::Unavailable))
}

/// One portion, folded in memory.
struct Fold<'a> {
    service: &'a Service,
    stored: &'a StoredJob,
    plan: &'a ImportPlan,
    now: Timestamp,
    settings_version: i64,
    by_phone: HashMap<String, ContactId>,
    contacts: BTreeMap<ContactId, StoredContact>,
    made: HashSet<ContactId>,
    changed: HashSet<ContactId>,
    /// People whose data was erased.
    erased: HashSet<String>,
    /// People an earlier portion was about.
    met: HashSet<ContactId>,
    notes: BTreeMap<ContactId, Before>,
    tags: Vec<(ContactId, String)>,
    known_tags: HashMap<ContactId, Vec<String>>,
    names: Vec<(Identifier, ContactId)>,
    events: Vec<NewEvent>,
    progress: Progress,
}

impl<'a> Fold<'a> {
    async fn load(
        service: &'a Service,
        tx: &mut Tx,
        stored: &'a StoredJob,
        plan: &'a ImportPlan,
        portion: &Portion,
    ) -> Result<Self, Error> {
        let business = stored.business;
        let names: Vec<Identifier> = portion.rows.iter().map(|row| identifier(stored, &row.phone)).collect();
        let found = store::contact::find_identities(tx, &names).await?;
        let mut ids: Vec<ContactId> = found.iter().map(|(_, id)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let contacts = if stored.job.state == JobState::Checking {
            store::contact::read_contacts(tx, &ids).await?
        } else {
            store::contact::load_contacts(tx, &ids).await?
        };
        let by_phone: HashMap<String, ContactId> =
            found.into_iter().map(|(name, id)| (name.value, id)).collect();
        let unknown: Vec<Identifier> =
            names.into_iter().filter(|name| !by_phone.contains_key(&name.value)).collect();
        let erased = suppression::find(service, tx, business, &unknown).await?;
        let met = store::contact_job::find_changed(tx, stored.job.id, &ids).await?;
        let mut known_tags: HashMap<ContactId, Vec<String>> = HashMap::new();
        for (id, tag) in store::contact::list_tags(tx, &ids).await? {
            known_tags.entry(id).or_default().push(tag);
        }
        Ok(Self {
            service,
            stored,
            plan,
            now: service.now(),
            settings_version: service.rules(tx, business).await?.settings.version,
            by_phone,
            contacts: contacts.into_iter().map(|stored| (stored.contact.id, stored)).collect(),
            made: HashSet::new(),
            changed: HashSet::new(),
            erased: erased.into_keys().map(|name| name.value).collect(),
            met: met.into_iter().collect(),
            notes: BTreeMap::new(),
            tags: Vec::new(),
            known_tags,
            names: Vec::new(),
            events: Vec::new(),
            progress: Progress::default(),
        })
    }

    fn row(&mut self, row: &Row, dry: bool, seen: &mut Seen, faults: &mut Vec<Fault>) {
        let fault =
            |problem| Fault { line: row.line, column: String::new(), value: row.phone.to_string(), problem };
        if self.erased.contains(row.phone.as_str()) {
            self.progress.erased += 1;
            faults.push(fault(RowProblem::Erased));
            return;
        }
        let known = self.by_phone.get(row.phone.as_str()).copied();
        let repeated = if dry {
            !seen.is_new(&row.phone)
        } else {
            known.is_some_and(|id| {
                let ours = self.contacts.get(&id).is_some_and(|one| one.made_by == Some(self.stored.job.id));
                ours || self.met.contains(&id) || self.notes.contains_key(&id)
            })
        };
        let id = known.unwrap_or_else(|| self.make(row));
        let Some(mut stored) = self.contacts.get(&id).cloned() else { return };
        let is_new = known.is_none();
        let mut before = self.notes.remove(&id).unwrap_or_default();
        let mut touched = false;
        if let Some(name) = &row.name
            && stored.contact.name.as_ref() != Some(name)
            && (stored.contact.name.is_none() || self.plan.replace_names)
        {
            if before.named.is_none() {
                before.name.clone_from(&stored.contact.name);
            }
            before.named = Some(name.clone());
            stored.contact.name = Some(name.clone());
            touched = true;
        }
        let has = self.known_tags.entry(id).or_default();
        for tag in &row.tags {
            if has.len() < limits::TAGS && !has.contains(tag) {
                has.push(tag.clone());
                before.tagged.push(tag.clone());
                self.tags.push((id, tag.clone()));
                touched = true;
            }
        }
        let asked = row.wish.or(self.plan.all_agreed.then_some(Wish::In));
        if let Some(wish) = asked {
            let attested = self.plan.attestation.as_ref();
            let evidence = row.source.or_else(|| attested.map(|attested| attested.source));
            let date = row
                .date
                .or_else(|| attested.filter(|_| wish == Wish::In).and_then(|attested| attested.agreed_on));
            match effect_of(&stored.consent, wish, date, evidence, self.now) {
                Effect::AsBefore => {}
                Effect::KeptOut => {
                    self.progress.kept_out += 1;
                    faults.push(fault(RowProblem::KeptOut));
                }
                Effect::WithoutEvidence => {
                    self.progress.without_evidence += 1;
                    faults.push(fault(RowProblem::WithoutEvidence));
                }
                Effect::Record(signal) => {
                    self.record(&mut stored, &mut before, row, &signal);
                    touched = true;
                }
            }
        }
        match (repeated, is_new, touched) {
            (true, ..) => self.progress.duplicates += 1,
            (false, true, _) => self.progress.added += 1,
            (false, false, true) => self.progress.updated += 1,
            (false, false, false) => self.progress.unchanged += 1,
        }
        if touched && !self.made.contains(&id) {
            self.changed.insert(id);
        }
        self.notes.insert(id, before);
        self.contacts.insert(id, stored);
    }

    fn make(&mut self, row: &Row) -> ContactId {
        let id = ContactId::from_uuid(self.service.clock.uuid());
        let mut stored = StoredContact::new(self.stored.business, id, self.now);
        stored.contact.phone = Some(row.phone.clone());
        stored.contact.country.clone_from(&row.country);
        stored.made_by = Some(self.stored.job.id);
        self.names.push((identifier(self.stored, &row.phone), id));
        self.by_phone.insert(row.phone.as_str().to_owned(), id);
        self.made.insert(id);
        self.contacts.insert(id, stored);
        id
    }

    fn record(&mut self, stored: &mut StoredContact, before: &mut Before, row: &Row, signal: &Signal) {
        let change = apply(&stored.consent, signal);
        match change.to {
            State::OptedIn => self.progress.opted_in += 1,
            State::OptedOut => self.progress.opted_out += 1,
            _ => {}
        }
        before.opted_in = (change.to == State::OptedIn).then_some(change.consent.version);
        let attested = self.plan.attestation.as_ref().filter(|_| signal.kind == SignalKind::OptIn);
        let note = row.said.clone().or_else(|| attested.map(|attested| attested.note.clone()));
        let details = serde_json::json!({ "file": self.plan.file_name, "line": row.line });
        self.events.push(NewEvent {
            business: self.stored.business,
            contact: stored.contact.id,
            version: change.consent.version,
            kind: signal.kind,
            source: signal.source,
            from: change.from,
            to: change.to,
            occurred_at: signal.occurred_at,
            actor: self.stored.created_by.clone(),
            settings_version: self.settings_version,
            rule: None,
            matched: None,
            wording: None,
            evidence: Evidence {
                identifier: crate::consent::identifier(&stored.contact),
                note: note.filter(|note| !note.is_empty()),
                details: Some(details),
                ..Evidence::default()
            },
            flags: Flags::default(),
        });
        stored.set_consent(change.consent);
    }

    /// Writes everything and how far it got, in one commit. Says who was there before and changed: about whoever was made just now
    /// nobody has decided anything yet.
    async fn write(
        mut self,
        service: &Service,
        mut tx: Tx,
        after: &StoredJob,
    ) -> Result<Vec<ContactId>, Taken> {
        let pick = |ids: &HashSet<ContactId>, contacts: &BTreeMap<ContactId, StoredContact>| {
            contacts.iter().filter(|(id, _)| ids.contains(id)).map(|(_, one)| one.clone()).collect::<Vec<_>>()
        };
        store::contact::insert_contacts(&mut tx, &pick(&self.made, &self.contacts)).await?;
        store::contact::insert_identities(&mut tx, &self.names).await?;
        store::contact::update_contacts(&mut tx, &pick(&self.changed, &self.contacts)).await?;
        store::contact::insert_tags(&mut tx, self.stored.business, &self.tags).await?;
        let notes: Vec<JobChange> = std::mem::take(&mut self.notes)
            .into_iter()
            .filter(|(contact, _)| {
                self.contacts.get(contact).is_none_or(|one| one.made_by != Some(self.stored.job.id))
            })
            .map(|(contact, before)| JobChange { contact, before })
            .collect();
        store::contact_job::insert_changes(&mut tx, self.stored.job.id, &notes).await?;
        let events = std::mem::take(&mut self.events);
        if !events.is_empty() {
            crate::ledger::append(service, &mut tx, events).await.map_err(Taken::Other)?;
        }
        store::contact_job::update_job(&mut tx, after).await?;
        tx.commit().await?;
        Ok(self.changed.into_iter().collect())
    }
}

fn identifier(stored: &StoredJob, phone: &Phone) -> Identifier {
    Identifier { business: stored.business, kind: IdentityKind::Phone, value: phone.as_str().to_owned() }
}
