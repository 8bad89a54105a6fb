//! Files of contacts, changes of many, and taking either back.

use domain::consent::{Source, State};
use domain::contact::ContactQuery;
use domain::id::JobId;
use domain::job::{Attestation, BulkAction, Column, Job, JobState, Plan};
use domain::phone::Region;
use domain::role::Role;
use domain::time::Span;
use service::Error;
use service::jobs::{self, ImportForm, Upload};
use tokio::io::AsyncReadExt as _;

use crate::shop::{Shop, problems, za};

async fn upload(shop: &Shop, bytes: &[u8]) -> Result<JobId, Error> {
    let mut upload = Upload::begin(shop.service(), &shop.owner, "people.csv").await?;
    for piece in bytes.chunks(7_000) {
        upload.write(piece).await?;
    }
    upload.finish().await
}

async fn job(shop: &Shop, id: JobId) -> Job {
    jobs::find(shop.service(), &shop.owner, id).await.unwrap()
}

/// The form as the page fills it in by itself.
async fn guessed(shop: &Shop, id: JobId) -> ImportForm {
    let Plan::Import(plan) = job(shop, id).await.plan else { panic!("no import") };
    ImportForm {
        encoding: plan.encoding,
        delimiter: Some(plan.delimiter),
        has_heading: plan.has_heading,
        columns: plan.columns,
        region: plan.region,
        dates: plan.dates,
        ..ImportForm::default()
    }
}

async fn run(shop: &Shop, id: JobId, form: ImportForm, dry_run: bool) -> Job {
    jobs::start_import(shop.service(), &shop.owner, id, form, dry_run).await.unwrap();
    shop.work().await;
    job(shop, id).await
}

/// Reads a file in as it is guessed to be.
pub async fn import(shop: &Shop, text: &str) -> Job {
    let id = upload(shop, text.as_bytes()).await.unwrap();
    let form = guessed(shop, id).await;
    run(shop, id, form, false).await
}

async fn errors(shop: &Shop, id: JobId) -> String {
    let mut text = String::new();
    let file = jobs::errors_file(shop.service(), &shop.owner, id).await;
    file.unwrap().read_to_string(&mut text).await.unwrap();
    text
}

fn on_paper() -> Attestation {
    Attestation { source: Source::Paper, note: "Ticked the box on the sign-up card".into(), agreed_on: None }
}

rules! {
    async fn people_of_a_file_become_contacts_with_names_and_tags(shop) {
        let text = format!("Phone;Name;Tags\n{};Zoë Brien;vip, new\n{};;\n", za(1), za(2));
        let done = import(shop, &text).await;
        assert_eq!(done.state, JobState::Done);
        assert_eq!((done.progress.rows, done.progress.added, done.progress.errors), (2, 2, 0));
        let zoe = shop.contact(&za(1)).await;
        assert_eq!(zoe.name.as_deref(), Some("Zoë Brien"));
        assert_eq!(zoe.tags, ["new", "vip"]);
        assert_eq!(zoe.country.as_deref(), Some("ZA"));
        assert_eq!(zoe.state, State::Unknown, "being in a file is no consent");
        assert_eq!(shop.contact(&za(2)).await.name, None);
    }

    async fn a_dry_run_says_what_would_come_of_it_and_changes_nothing(shop) {
        shop.stranger(&za(1)).await;
        let id = upload(shop, format!("phone,name\n{},Ana\n{},Bo\n{},Bo\nnobody,x\n", za(1), za(2), za(2)).as_bytes()).await.unwrap();
        let form = guessed(shop, id).await;
        let checked = run(shop, id, form.clone(), true).await;
        assert_eq!((checked.state, checked.checked), (JobState::Ready, true));
        let progress = checked.progress;
        assert_eq!((progress.rows, progress.added, progress.updated, progress.duplicates, progress.errors), (4, 1, 1, 1, 1));
        assert!(shop.find(&za(2)).await.is_none());
        assert_eq!(shop.contact(&za(1)).await.name, None);
        let done = run(shop, id, form, false).await;
        assert_eq!(done.state, JobState::Done);
        let same = (done.progress.added, done.progress.updated, done.progress.duplicates, done.progress.errors);
        assert_eq!(same, (1, 1, 1, 1), "the import does what the dry run said");
        assert_eq!(shop.contact(&za(1)).await.name.as_deref(), Some("Ana"));
    }

    async fn r12_people_who_opted_out_stay_so_whatever_the_file_says(shop) {
        shop.says(&za(1), "STOP").await;
        let held = shop.stranger(&za(2)).await;
        shop.hold(held).await;
        let text = format!("phone,marketing,consent date\n{},yes,2030-01-01\n{},opted_in,\n{},opted_in,\n", za(1), za(2), za(1));
        let id = upload(shop, text.as_bytes()).await.unwrap();
        let form = ImportForm { attestation: Some(on_paper()), ..guessed(shop, id).await };
        let done = run(shop, id, form, false).await;
        assert_eq!(done.progress.opted_in, 0);
        assert_eq!(done.progress.errors, 1, "a date in the future");
        assert_eq!(done.progress.kept_out, 2);
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        assert_eq!(shop.state(&za(2)).await, State::Held);
        let told = errors(shop, id).await;
        assert!(told.contains("opted_out_stays") && told.contains(&za(1)), "{told}");
    }

    async fn a_file_lowers_permissions(shop) {
        shop.subscriber(&za(1)).await;
        let done = import(shop, &format!("phone,opt-in\n{},no\n{},unsubscribed\n", za(1), za(2))).await;
        assert_eq!(done.progress.opted_out, 2);
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
        assert_eq!(shop.state(&za(2)).await, State::OptedOut);
        let event = shop.events(&za(1)).await.pop().unwrap();
        assert_eq!(event.source, Source::Import);
        assert_eq!(event.evidence.unwrap().details.unwrap()["line"], 2);
    }

    async fn r2_a_yes_without_a_word_on_how_they_agreed_is_recorded_as_unknown(shop) {
        let text = format!("phone,consent,consent source\n{},yes,\n{},yes,paper\n{},yes,asked at the fair\n", za(1), za(2), za(3));
        let done = import(shop, &text).await;
        assert_eq!((done.progress.opted_in, done.progress.without_evidence), (2, 1));
        assert_eq!(shop.state(&za(1)).await, State::Unknown);
        assert_eq!(shop.contact(&za(2)).await.source, Some(Source::Paper));
        let event = shop.events(&za(3)).await.pop().unwrap();
        assert_eq!(event.source, Source::Import);
        assert_eq!(event.evidence.unwrap().note.as_deref(), Some("asked at the fair"));
    }

    async fn one_attestation_counts_for_everybody_in_the_file(shop) {
        let id = upload(shop, format!("phone\n{}\n{}\n", za(1), za(2)).as_bytes()).await.unwrap();
        let form = guessed(shop, id).await;
        let without = ImportForm { all_agreed: true, ..form.clone() };
        let refused = jobs::start_import(shop.service(), &shop.owner, id, without.clone(), false).await;
        assert_eq!(problems(refused), [("source", "required")]);
        let wordless = ImportForm { attestation: Some(Attestation { note: " ".into(), ..on_paper() }), ..without.clone() };
        let refused = jobs::start_import(shop.service(), &shop.owner, id, wordless, false).await;
        assert_eq!(problems(refused), [("note", "required")]);
        shop.says(&za(2), "STOP").await;
        let done = run(shop, id, ImportForm { attestation: Some(on_paper()), ..without }, false).await;
        assert_eq!((done.progress.opted_in, done.progress.kept_out), (1, 1));
        let event = shop.events(&za(1)).await.pop().unwrap();
        assert_eq!(event.evidence.unwrap().note.unwrap(), on_paper().note);
        assert_eq!(shop.state(&za(2)).await, State::OptedOut);
    }

    async fn rows_that_cannot_be_read_are_told_with_line_column_value_and_reason(shop) {
        let text = format!(
            "phone,name,marketing\n{},Ana,maybe\n12,Bo,\n,Cy,\n{},\"Dee,\n{},Eve,yes,surplus\n{},=1+1,\n",
            za(1), za(2), za(3), za(4),
        );
        let done = import(shop, &text).await;
        assert_eq!((done.progress.rows, done.progress.added, done.progress.errors), (6, 1, 5));
        let told = errors(shop, done.id).await;
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[0], "line,column,value,problem,what_to_do");
        for (at, starts) in [
            (1, "2,marketing,maybe,consent_not_understood,"),
            (2, "3,phone,12,no_country_code,"),
            (3, "4,phone,,no_number,"),
            (5, "6,,"),
        ] {
            assert!(lines[at].starts_with(starts), "{} is not {starts}", lines[at]);
        }
        assert!(told.contains("quotation_marks") && told.contains("too_many_columns"), "{told}");
        assert_eq!(shop.contact(&za(4)).await.name.as_deref(), Some("=1+1"));
    }

    async fn numbers_without_a_country_are_completed_with_the_one_of_the_file(shop) {
        let id = upload(shop, b"Mobile,First name,Last name\n082 123 0001,Ana,Lima\n").await.unwrap();
        let region: Region = "ZA".parse().unwrap();
        let form = ImportForm { region: Some(region), ..guessed(shop, id).await };
        let done = run(shop, id, form, false).await;
        assert_eq!(done.progress.added, 1, "{done:?}");
        assert_eq!(shop.contact("+27821230001").await.name.as_deref(), Some("Ana Lima"));
    }

    async fn a_restart_in_the_middle_goes_on_where_it_stopped(shop) {
        let mut text = "phone,name\n".to_owned();
        for n in 0..1_800 {
            text.push_str(&format!("{},Person {n}\nx{n},nobody\n", za(n)));
        }
        let id = upload(shop, text.as_bytes()).await.unwrap();
        let form = guessed(shop, id).await;
        jobs::start_import(shop.service(), &shop.owner, id, form, false).await.unwrap();
        // Each portion stops the work as a process that ends does; the last one is told to go on.
        let mut portions = 0;
        while job(shop, id).await.state == JobState::Running {
            let before = job(shop, id).await.progress.rows;
            shop.work_a_little().await;
            assert!(job(shop, id).await.progress.rows > before || job(shop, id).await.state == JobState::Done);
            portions += 1;
        }
        assert!(portions > 3, "{portions} portions");
        let done = job(shop, id).await;
        assert_eq!((done.progress.rows, done.progress.added, done.progress.errors), (3_600, 1_800, 1_800));
        assert_eq!(done.progress.duplicates, 0, "nobody was read in twice");
        assert_eq!(errors(shop, id).await.lines().count(), 1_801);
    }

    async fn an_undo_takes_back_what_nothing_happened_to_since(shop) {
        let known = shop.stranger(&za(9)).await;
        let text = format!("phone,name,tags\n{},Ana,x\n{},Bo,x\n{},Known,x\n", za(1), za(2), za(9));
        let id = upload(shop, text.as_bytes()).await.unwrap();
        let form = ImportForm { all_agreed: true, attestation: Some(on_paper()), ..guessed(shop, id).await };
        run(shop, id, form, false).await;
        shop.says(&za(2), "hello").await;
        jobs::undo(shop.service(), &shop.owner, id).await.unwrap();
        shop.work().await;
        let undone = job(shop, id).await;
        assert_eq!(undone.state, JobState::Undone);
        assert_eq!((undone.progress.undone, undone.progress.undo_kept), (2, 1));
        assert!(shop.find(&za(1)).await.is_none(), "nothing happened to Ana");
        assert_eq!(shop.contact(&za(2)).await.name.as_deref(), Some("Bo"), "Bo wrote since");
        let known = service::contacts::find(shop.service(), &shop.owner, known).await.unwrap();
        assert_eq!((known.name, known.tags.len()), (None, 0));
        assert_eq!(known.state, State::OptedOut, "a permission that is taken back leaves none");
        assert!(service::ledger::verify(shop.service(), shop.business).await.unwrap().broken.is_none());
    }

    async fn an_undo_keeps_what_a_colleague_recorded_since(shop) {
        let done = import(shop, &format!("phone\n{}\n{}\n", za(1), za(2))).await;
        shop.advance(Span::minutes(5));
        let told = shop.contact(&za(1)).await.id;
        shop.opt_out(told).await.unwrap();
        jobs::undo(shop.service(), &shop.owner, done.id).await.unwrap();
        shop.work().await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut, "a no is never forgotten");
        assert!(shop.find(&za(2)).await.is_none());
    }

    async fn an_import_can_be_undone_for_a_day(shop) {
        let done = import(shop, &format!("phone\n{}\n", za(1))).await;
        shop.advance(Span::hours(25));
        assert!(matches!(jobs::undo(shop.service(), &shop.owner, done.id).await, Err(Error::Conflict)));
    }

    async fn an_import_that_is_cancelled_stops_and_can_be_undone(shop) {
        let text: String = std::iter::once("phone\n".to_owned()).chain((0..3_000).map(|n| format!("{}\n", za(n)))).collect();
        let id = upload(shop, text.as_bytes()).await.unwrap();
        let form = guessed(shop, id).await;
        jobs::start_import(shop.service(), &shop.owner, id, form, false).await.unwrap();
        shop.work_a_little().await;
        jobs::cancel(shop.service(), &shop.owner, id).await.unwrap();
        shop.work().await;
        let stopped = job(shop, id).await;
        assert_eq!(stopped.state, JobState::Cancelled);
        assert!((1..3_000).contains(&stopped.progress.added), "{stopped:?}");
        jobs::undo(shop.service(), &shop.owner, id).await.unwrap();
        shop.work().await;
        assert!(shop.find(&za(0)).await.is_none());
    }

    async fn what_is_no_file_of_contacts_is_refused_with_the_reason(shop) {
        for (bytes, code) in [
            (&b""[..], "empty"),
            (b"\n\r\n", "empty"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "not_text"),
            (b"PK\x03\x04\x14\0\0\0\x08\0", "not_text"),
        ] {
            assert_eq!(problems(upload(shop, bytes).await), [("file", code)]);
        }
        let left = std::fs::read_dir(shop.files().join("imports")).map_or(0, |files| files.count());
        assert_eq!(left, 0, "nothing of them stays");
        let id = upload(shop, b"name\nAna\n").await.unwrap();
        let form = guessed(shop, id).await;
        let refused = jobs::start_import(shop.service(), &shop.owner, id, form.clone(), false).await;
        assert_eq!(problems(refused), [("columns", "no_phone")]);
        let twice = ImportForm { columns: vec![Column::Phone, Column::Phone], ..form };
        let refused = jobs::start_import(shop.service(), &shop.owner, id, twice, false).await;
        assert_eq!(problems(refused), [("columns", "no_phone"), ("columns", "repeated")]);
    }

    async fn only_owners_and_admins_change_many(shop) {
        for role in [Role::Agent, Role::Viewer] {
            let caller = shop.someone(role);
            let refused = Upload::begin(shop.service(), &caller, "x.csv").await;
            assert!(matches!(refused, Err(Error::Forbidden(_))));
            let refused = jobs::prepare_bulk(shop.service(), &caller, BulkAction::OptOut, vec![], ContactQuery::default(), true).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))));
        }
    }

    async fn everybody_who_matches_is_opted_out_at_once(shop) {
        for n in 0..4 {
            shop.subscriber(&za(n)).await;
        }
        shop.stranger(&za(8)).await;
        let query = ContactQuery { state: Some(State::OptedIn), ..ContactQuery::default() };
        let id = jobs::prepare_bulk(shop.service(), &shop.owner, BulkAction::OptOut, vec![], query, true).await.unwrap();
        assert_eq!(job(shop, id).await.progress.of, 4);
        assert_eq!(shop.state(&za(1)).await, State::OptedIn, "nothing happens before it is confirmed");
        jobs::start_bulk(shop.service(), &shop.owner, id).await.unwrap();
        shop.work().await;
        let done = job(shop, id).await;
        assert_eq!((done.state, done.progress.updated), (JobState::Done, 4));
        assert_eq!(shop.state(&za(3)).await, State::OptedOut);
        assert_eq!(shop.state(&za(8)).await, State::Unknown);
        assert!(matches!(jobs::undo(shop.service(), &shop.owner, id).await, Err(Error::Conflict)), "only the person opts in again");
        let event = shop.events(&za(0)).await.pop().unwrap();
        assert_eq!(event.source, Source::Operator);
    }

    async fn tags_and_blocks_of_many_can_be_taken_back(shop) {
        let (one, two) = (shop.stranger(&za(1)).await, shop.stranger(&za(2)).await);
        for action in [BulkAction::Tag { tag: "fair".into() }, BulkAction::Block] {
            let id = jobs::prepare_bulk(shop.service(), &shop.owner, action, vec![one, two], ContactQuery::default(), false).await.unwrap();
            jobs::start_bulk(shop.service(), &shop.owner, id).await.unwrap();
            shop.work().await;
            assert_eq!(job(shop, id).await.progress.updated, 2);
            let now = shop.contact(&za(1)).await;
            assert!(now.blocked || now.tags == ["fair"]);
            jobs::undo(shop.service(), &shop.owner, id).await.unwrap();
            shop.work().await;
            let now = shop.contact(&za(1)).await;
            assert!(!now.blocked && now.tags.is_empty());
        }
        let nobody = jobs::prepare_bulk(shop.service(), &shop.owner, BulkAction::Block, vec![], ContactQuery::default(), false).await;
        assert_eq!(problems(nobody), [("contacts", "empty")]);
    }

    /// Strings that have broken other programs are names like any other, or are refused with the reason; none breaks the rest.
    async fn naughty_names_break_nothing(shop) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/text/blns.txt");
        let Ok(text) = std::fs::read_to_string(path) else {
            // The fixtures are not beside every checkout.
            return;
        };
        let names: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let mut file = "phone,name\n".to_owned();
        for (n, name) in (0..).zip(&names) {
            file.push_str(&format!("{},\"{}\"\n", za(n), name.replace('"', "\"\"")));
        }
        let done = import(shop, &file).await;
        assert_eq!(done.state, JobState::Done);
        let rows = u64::try_from(names.len()).unwrap();
        assert_eq!(done.progress.rows, rows);
        assert_eq!(done.progress.added + done.progress.errors, rows);
        let told = errors(shop, done.id).await;
        let counted = |problem: &str| told.lines().filter(|line| line.contains(problem)).count();
        let refused = counted("name_too_long") + counted("invisible_characters");
        assert_eq!(u64::try_from(refused).unwrap(), done.progress.errors, "{told}");
        let query = ContactQuery { limit: 200, ..ContactQuery::default() };
        assert_eq!(service::contacts::list(shop.service(), &shop.owner, &query).await.unwrap().rows.len(), 200);
    }

    async fn another_business_sees_no_job(shop) {
        let done = import(shop, &format!("phone\n{}\n", za(1))).await;
        let other = service::business::create(shop.service(), "Other", None).await.unwrap();
        let stranger = service::Caller::system(other);
        assert!(matches!(jobs::find(shop.service(), &stranger, done.id).await, Err(Error::NotFound)));
        assert!(matches!(jobs::undo(shop.service(), &stranger, done.id).await, Err(Error::NotFound)));
        assert!(matches!(jobs::errors_file(shop.service(), &stranger, done.id).await, Err(Error::NotFound)));
        assert!(jobs::list(shop.service(), &stranger).await.unwrap().is_empty());
    }
}
