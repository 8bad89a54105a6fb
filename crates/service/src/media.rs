//! Files that customers sent. They stay at WhatsApp and are passed on while somebody looks at them; nothing of them is stored here.

use domain::id::{ContactId, MessageId};
use domain::role::Right;
use whatsapp::client::{Download, GraphError, MediaError};

use crate::{Caller, Error, Service, task};

/// A file of a customer, open.
#[derive(Debug)]
pub struct OpenFile {
    /// Its name, where it has one.
    pub filename: Option<String>,
    /// As what it may be given to a browser.
    pub shown_as: &'static str,
    /// Whether a browser may show it; anything else is only kept as a file.
    pub inline: bool,
    /// How long it is, in bytes, where it is known beforehand.
    pub length: Option<u64>,
    download: Download,
}

impl OpenFile {
    /// The next piece; `None` after the last.
    ///
    /// # Errors
    /// [`NotOpened`] when the file breaks off or is not the one WhatsApp described.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, NotOpened> {
        Ok(self.download.chunk().await?)
    }
}

/// Why a file cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// WhatsApp keeps files for some days only, and this one no longer.
    #[error("the file is gone")]
    Gone,
    /// It is larger than WhatsApp allows.
    #[error("the file is too large")]
    TooLarge,
    /// WhatsApp cannot be reached, or what came is damaged.
    #[error("the file did not come")]
    Unreachable,
    /// WhatsApp refuses the connection's token or number.
    #[error("WhatsApp refused with code {0}")]
    Refused(i64),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<MediaError> for NotOpened {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Gone => Self::Gone,
            MediaError::TooLarge => Self::TooLarge,
            MediaError::Graph(GraphError::Refused { code, .. }) => Self::Refused(code),
            MediaError::Graph(GraphError::Misconfigured) => Self::Refused(0),
            MediaError::Damaged
            | MediaError::Graph(GraphError::Unreachable | GraphError::Unreadable { .. }) => Self::Unreachable,
        }
    }
}

/// Types that browsers show without running anything in them.
const SHOWN: [&str; 11] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "audio/aac",
    "audio/amr",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/opus",
    "video/mp4",
    "video/3gpp",
];

/// Opens the file that came with a message of a person.
///
/// # Errors
/// [`Error::NotFound`] when the caller's business has no such message or there is no file in it; otherwise why WhatsApp does not
/// give it.
pub async fn open(
    service: &Service,
    caller: &Caller,
    contact: ContactId,
    message: MessageId,
) -> Result<OpenFile, NotOpened> {
    caller.may(Right::Read)?;
    let (reading, business) = (service.clone(), caller.business);
    let (sender, file) = task(async move {
        let mut tx = reading.db.read().await?;
        let contact = crate::contacts::load_one(&mut tx, business, contact).await?.id;
        let found = store::inbound::find_raw(&mut tx, business, contact, message).await?;
        let (connection, raw) = found.ok_or(Error::NotFound)?;
        let file = whatsapp::webhook::file(&raw).ok_or(Error::NotFound)?;
        let connection = store::connection::find_connection(&mut tx, connection).await?;
        let connection = connection.filter(|connection| connection.business == business);
        let sender = crate::templates::sender_of(&reading, &connection.ok_or(Error::NotFound)?)?;
        Ok((sender, file))
    })
    .await?;
    let download = service.client.open_media(&sender, &file.id).await.inspect_err(|error| {
        tracing::info!(%error, message.id = %message, "a file could not be fetched");
    })?;
    let essence = download.mime_type.split(';').next().unwrap_or_default().trim();
    let shown_as = SHOWN.into_iter().find(|known| known.eq_ignore_ascii_case(essence));
    Ok(OpenFile {
        filename: file.filename,
        shown_as: shown_as.unwrap_or("application/octet-stream"),
        inline: shown_as.is_some(),
        length: download.length,
        download,
    })
}
