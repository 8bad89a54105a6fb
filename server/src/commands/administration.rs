//! Commands that work on a database whose server may be running.

use std::io::{BufRead as _, BufWriter, Write as _};

use anyhow::Context as _;
use serde_json::json;
use service::auth::{self, ApiKeyScope};
use service::connections::{self, NewConnection};
use service::{Caller, Service, business, jobs, ledger};

use super::{DATA_DIR, Failure, Place, find_business, open_for_command, print_line};
use crate::cli::{
    ApiKeyCreateArgs, BusinessCreateArgs, ConnectionAddArgs, DatabaseArgs, ImportContactsArgs, LedgerArgs,
    ScopeArg, UserCreateArgs,
};
use crate::config::Secret;

/// `migrate`
pub(super) async fn migrate(options: &DatabaseArgs) -> Result<(), Failure> {
    let place = Place::find(options, DATA_DIR)?;
    let version = Service::migrate(&place.database.expose()).await?;
    Ok(print_line(&version.to_string())?)
}

/// `business create`
pub(super) async fn create_business(options: BusinessCreateArgs) -> Result<(), Failure> {
    let service = open_for_command(&options.database).await?;
    let id = business::create(&service, &options.name, None).await?;
    Ok(print_line(&json!({"id": id}).to_string())?)
}

/// `user create`
pub(super) async fn create_user(options: UserCreateArgs) -> Result<(), Failure> {
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password).context("cannot read the password")?;
    let password = Secret::from(password.trim_end_matches(['\r', '\n']).to_owned());
    let service = open_for_command(&options.database).await?;
    let business = find_business(&service, &options.business).await?;
    let id = auth::create_user(&service, business, &options.email, options.role, password.expose()).await?;
    Ok(print_line(&json!({"id": id}).to_string())?)
}

/// `import contacts`
pub(super) async fn import_contacts(options: ImportContactsArgs) -> Result<(), Failure> {
    let service = open_for_command(&options.database).await?;
    let business = find_business(&service, &options.business).await?;
    let caller = Caller::system(business);
    let told = |progress: &domain::job::Progress| {
        let percent = (progress.done * 100).checked_div(progress.of).unwrap_or(0);
        // Nobody watches when standard error is closed; the import goes on.
        let _ = writeln!(
            std::io::stderr(),
            "{percent} %: {} rows, {} added, {} errors",
            progress.rows,
            progress.added,
            progress.errors
        );
    };
    let job = jobs::import_now(&service, &caller, &options.file, options.dry_run, told).await?;
    let progress = job.progress;
    let remarks = jobs::errors_place(&service, job.id)
        .filter(|_| progress.errors + progress.kept_out + progress.without_evidence + progress.erased > 0);
    let summary = json!({
        "job": job.id,
        "dry_run": options.dry_run,
        "rows": progress.rows,
        "added": progress.added,
        "updated": progress.updated,
        "unchanged": progress.unchanged,
        "duplicates": progress.duplicates,
        "opted_in": progress.opted_in,
        "opted_out": progress.opted_out,
        "kept_opted_out": progress.kept_out,
        "without_evidence": progress.without_evidence,
        "erased_not_added": progress.erased,
        "errors": progress.errors,
        "errors_file": remarks,
    });
    print_line(&summary.to_string())?;
    match job.problem {
        Some(problem) => {
            Err(Failure::Failed(anyhow::anyhow!("the import ended early: {}", problem.replace('_', " "))))
        }
        None => Ok(()),
    }
}

/// `connection add`
pub(super) async fn add_connection(options: ConnectionAddArgs) -> Result<(), Failure> {
    let secret = |secret: &Secret| connections::Secret::new(secret.expose());
    let access_token = secret(&Secret::from_file(&options.access_token_file)?);
    let app_secret = secret(&Secret::from_file(&options.app_secret_file)?);
    let service = open_for_command(&options.database).await?;
    let business = find_business(&service, &options.business).await?;
    let connection = NewConnection {
        business,
        handle: None,
        phone_number_id: options.phone_number_id,
        waba_id: options.waba_id,
        display_number: options.display_number,
        access_token,
        app_secret,
        verify_token: secret(&options.verify_token),
        graph_url: options.graph_url,
        messages_per_second: options.messages_per_second,
    };
    let id = connections::add(&service, connection).await?;
    Ok(print_line(&json!({"id": id, "webhook_path": format!("/webhooks/whatsapp/{id}")}).to_string())?)
}

/// `api-key create`
pub(super) async fn create_api_key(options: ApiKeyCreateArgs) -> Result<(), Failure> {
    let service = open_for_command(&options.database).await?;
    let business = find_business(&service, &options.business).await?;
    let scope = match options.scope {
        ScopeArg::Read => ApiKeyScope::Read,
        ScopeArg::Write => ApiKeyScope::Write,
    };
    let (id, key) = auth::create_api_key(&service, business, &options.name, scope).await?;
    Ok(print_line(&json!({"id": id, "key": key}).to_string())?)
}

/// `ledger verify`
pub(super) async fn verify_ledger(options: LedgerArgs) -> Result<(), Failure> {
    let service = open_for_command(&options.database).await?;
    let business = find_business(&service, &options.business).await?;
    let found = ledger::verify(&service, business).await?;
    let broken = found.broken.as_ref().map(|broken| format!("{broken:?}"));
    print_line(&json!({"events": found.events, "head": found.head, "broken": broken}).to_string())?;
    match broken {
        None => Ok(()),
        Some(broken) => Err(Failure::Failed(anyhow::anyhow!("the chain does not hold: {broken}"))),
    }
}

/// `ledger export`
pub(super) async fn export_ledger(options: LedgerArgs) -> Result<(), Failure> {
    let service = open_for_command(&options.database).await?;
    let business = find_business(&service, &options.business).await?;
    let mut output = BufWriter::new(std::io::stdout());
    let mut after = 0;
    loop {
        let events = ledger::export(&service, business, after).await?;
        let Some(last) = events.last() else { break };
        after = last.seq;
        for event in &events {
            serde_json::to_writer(&mut output, event).context("cannot write")?;
            output.write_all(b"\n")?;
        }
    }
    Ok(output.flush()?)
}
