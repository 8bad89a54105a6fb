//! WhatsApp connections, and who dispatches for them.

use domain::id::{BusinessId, ConnectionId};
use domain::time::Timestamp;
use sqlx::{FromRow, Result};
use uuid::Uuid;

use crate::Tx;

/// A connection, its secrets still sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// Whose number.
    pub business: BusinessId,
    /// Its short name, if it has one.
    pub handle: Option<String>,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp business account.
    pub waba_id: String,
    /// The number as people write it.
    pub display_number: String,
    /// Sealed.
    pub access_token: Vec<u8>,
    /// Sealed.
    pub app_secret: Vec<u8>,
    /// Sealed.
    pub verify_token: Vec<u8>,
    /// Where the Graph API is.
    pub graph_url: String,
    /// Most messages a second that may leave.
    pub messages_per_second: i64,
    /// Why nothing is sent at the moment.
    pub paused_reason: Option<String>,
    /// Until when.
    pub paused_until: Option<Timestamp>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    business_id: Uuid,
    handle: Option<String>,
    phone_number_id: String,
    waba_id: String,
    display_number: String,
    access_token: Vec<u8>,
    app_secret: Vec<u8>,
    verify_token: Vec<u8>,
    graph_url: String,
    messages_per_second: i64,
    paused_reason: Option<String>,
    paused_until: Option<i64>,
}

impl From<Row> for Connection {
    fn from(row: Row) -> Self {
        Self {
            id: ConnectionId::from_uuid(row.id),
            business: BusinessId::from_uuid(row.business_id),
            handle: row.handle,
            phone_number_id: row.phone_number_id,
            waba_id: row.waba_id,
            display_number: row.display_number,
            access_token: row.access_token,
            app_secret: row.app_secret,
            verify_token: row.verify_token,
            graph_url: row.graph_url,
            messages_per_second: row.messages_per_second,
            paused_reason: row.paused_reason,
            paused_until: row.paused_until.map(Timestamp::from_micros),
        }
    }
}

/// Adds a connection.
///
/// # Errors
/// When the handle is taken or the database refuses.
pub async fn insert_connection(tx: &mut Tx, connection: &Connection, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
            "insert into connection (id, business_id, handle, phone_number_id, waba_id, display_number, access_token, \
             app_secret, verify_token, graph_url, messages_per_second, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
        .bind(connection.id.uuid()).bind(connection.business.uuid()).bind(&connection.handle)
        .bind(&connection.phone_number_id).bind(&connection.waba_id).bind(&connection.display_number)
        .bind(&connection.access_token).bind(&connection.app_secret).bind(&connection.verify_token)
        .bind(&connection.graph_url).bind(connection.messages_per_second).bind(now.micros())
        .execute(c).await.map(|_| ()))
}

/// A connection by its id.
///
/// # Errors
/// When the database refuses.
pub async fn find_connection(tx: &mut Tx, id: ConnectionId) -> Result<Option<Connection>> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
            "select id, business_id, handle, phone_number_id, waba_id, display_number, access_token, app_secret, \
             verify_token, graph_url, messages_per_second, paused_reason, paused_until from connection where id = $1")
        .bind(id.uuid()).fetch_optional(c).await)?;
    Ok(row.map(Connection::from))
}

/// A connection by its handle.
///
/// # Errors
/// When the database refuses.
pub async fn find_connection_by_handle(tx: &mut Tx, handle: &str) -> Result<Option<Connection>> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
            "select id, business_id, handle, phone_number_id, waba_id, display_number, access_token, app_secret, \
             verify_token, graph_url, messages_per_second, paused_reason, paused_until from connection where handle = $1")
        .bind(handle).fetch_optional(c).await)?;
    Ok(row.map(Connection::from))
}

/// The connections of a business, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn list_connections(tx: &mut Tx, business: BusinessId) -> Result<Vec<Connection>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
            "select id, business_id, handle, phone_number_id, waba_id, display_number, access_token, app_secret, \
             verify_token, graph_url, messages_per_second, paused_reason, paused_until from connection \
             where business_id = $1 order by id")
        .bind(business.uuid()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Connection::from).collect())
}

/// Every connection of every business, for the dispatcher.
///
/// # Errors
/// When the database refuses.
pub async fn list_all_connections(tx: &mut Tx) -> Result<Vec<Connection>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
            "select id, business_id, handle, phone_number_id, waba_id, display_number, access_token, app_secret, \
             verify_token, graph_url, messages_per_second, paused_reason, paused_until from connection order by id")
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(Connection::from).collect())
}

/// Moves a connection's Graph API elsewhere: the demo's emulator has another port after each start.
///
/// # Errors
/// When the database refuses.
pub async fn set_graph_url(tx: &mut Tx, id: ConnectionId, graph_url: &str) -> Result<()> {
    on!(tx, c => sqlx::query("update connection set graph_url = $2 where id = $1")
        .bind(id.uuid()).bind(graph_url).execute(c).await.map(|_| ()))
}

/// Stops sending for a while, or with `None` goes on.
///
/// # Errors
/// When the database refuses.
pub async fn set_pause(tx: &mut Tx, id: ConnectionId, pause: Option<(&str, Timestamp)>) -> Result<()> {
    on!(tx, c => sqlx::query("update connection set paused_reason = $2, paused_until = $3 where id = $1")
        .bind(id.uuid()).bind(pause.map(|(reason, _)| reason)).bind(pause.map(|(_, until)| until.micros()))
        .execute(c).await.map(|_| ()))
}

/// Takes or renews the lease on a number; says whether it is ours.
///
/// # Errors
/// When the database refuses.
pub async fn take_lease(
    tx: &mut Tx,
    connection: ConnectionId,
    holder: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool> {
    let holders: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
            "insert into dispatcher_lease (connection_id, holder, leased_until) values ($1, $2, $4) \
             on conflict (connection_id) do update set holder = excluded.holder, leased_until = excluded.leased_until \
             where dispatcher_lease.holder = $2 or dispatcher_lease.leased_until < $3 returning holder")
        .bind(connection.uuid()).bind(holder).bind(now.micros()).bind(until.micros())
        .fetch_all(c).await)?;
    Ok(holders.contains(&holder))
}

/// Gives the lease back, so that another process need not wait for it to run out.
///
/// # Errors
/// When the database refuses.
pub async fn release_lease(tx: &mut Tx, connection: ConnectionId, holder: Uuid) -> Result<()> {
    on!(tx, c => sqlx::query("delete from dispatcher_lease where connection_id = $1 and holder = $2")
        .bind(connection.uuid()).bind(holder).execute(c).await.map(|_| ()))
}
