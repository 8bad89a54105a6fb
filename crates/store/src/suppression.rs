//! Keyed hashes of the names of people whose data was erased. Without the key they say nothing about anybody.

use domain::id::BusinessId;
use domain::time::Timestamp;
use serde::Serialize;
use sqlx::Result;

use crate::{Tx, hex};

/// An HMAC over a business and one name of a person.
pub type Token = [u8; 32];

/// Remembers names; those known stay as they are.
///
/// # Errors
/// When the database refuses.
pub async fn insert_suppressions(
    tx: &mut Tx,
    business: BusinessId,
    tokens: &[Token],
    now: Timestamp,
) -> Result<()> {
    #[derive(Serialize)]
    struct Written {
        business_id: String,
        token: String,
        created_at: i64,
    }
    if tokens.is_empty() {
        return Ok(());
    }
    let sql = rows!(tx,
        "insert into suppression (business_id, token, created_at) select business_id, token, created_at from ",
        [business_id uuid, token bytes, created_at bigint],
        " r where true on conflict do nothing");
    let rows: Vec<_> = tokens
        .iter()
        .map(|token| Written {
            business_id: hex(business.uuid()),
            token: domain::ledger::hex(token),
            created_at: now.micros(),
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    on!(tx, c => sqlx::query(sql).bind(rows).execute(c).await.map(|_| ()))
}

/// Which of these names are remembered, with the time of the erasure.
///
/// # Errors
/// When the database refuses.
pub async fn find_suppressions(
    tx: &mut Tx,
    business: BusinessId,
    tokens: &[Token],
) -> Result<Vec<(Token, Timestamp)>> {
    #[derive(Serialize)]
    struct Asked {
        token: String,
    }
    if tokens.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.pick(
        "select s.token, s.created_at from (select unhex(j.value ->> 'token') as token from json_each($1) as j) r \
         join suppression s on s.business_id = $2 and s.token = r.token",
        "select s.token, s.created_at from (select decode(j.token, 'hex') as token \
         from jsonb_to_recordset(cast($1 as jsonb)) as j(token text)) r \
         join suppression s on s.business_id = $2 and s.token = r.token",
    );
    let rows: Vec<_> = tokens.iter().map(|token| Asked { token: domain::ledger::hex(token) }).collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    let found: Vec<(Vec<u8>, i64)> =
        on!(tx, c => sqlx::query_as(sql).bind(rows).bind(business.uuid()).fetch_all(c).await)?;
    found
        .into_iter()
        .map(|(token, at)| {
            let token = token.try_into().map_err(|_| crate::corrupt("suppression.token"))?;
            Ok((token, Timestamp::from_micros(at)))
        })
        .collect()
}
