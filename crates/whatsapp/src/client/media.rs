//! Fetching files that customers sent.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::CONTENT_LENGTH;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{Client, GraphError, Sender, endpoint};
use crate::lenient::{Part, Text};

/// The largest file that WhatsApp passes on, in bytes: a document.
pub const LARGEST_FILE: u64 = 100 * 1024 * 1024;

/// Longest a file may take, for it streams at the pace of whoever looks at it.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Where Meta keeps files. An address elsewhere never gets the token.
const HOSTS: [&str; 4] = ["fbsbx.com", "fbcdn.net", "whatsapp.net", "facebook.com"];

/// Why a file cannot be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// WhatsApp keeps it no longer.
    #[error("WhatsApp keeps the file no longer")]
    Gone,
    /// It is larger than [`LARGEST_FILE`].
    #[error("the file is too large")]
    TooLarge,
    /// It came to an end too early or is not the one that was described.
    #[error("the file came damaged")]
    Damaged,
    /// Something else.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Described<'a> {
    url: Text<'a>,
    mime_type: Text<'a>,
    sha256: Text<'a>,
}

/// A file that is being fetched, piece by piece, so that no file is ever whole in memory.
#[derive(Debug)]
pub struct Download {
    /// What Meta says it is, such as `audio/ogg; codecs=opus`.
    pub mime_type: String,
    /// How long it is, in bytes, where it is known beforehand.
    pub length: Option<u64>,
    response: reqwest::Response,
    read: u64,
    /// The digest so far, and the one that Meta gave, where it gave one that can be compared.
    digest: Sha256,
    expected: Option<Vec<u8>>,
}

impl Client {
    /// Opens a file a customer sent.
    ///
    /// The address that Meta gives for it is followed only to Meta or to where the Graph API itself is, so that it cannot lead the
    /// token elsewhere.
    ///
    /// # Errors
    /// [`MediaError::Gone`] when WhatsApp does not have it any more; otherwise why it cannot be had.
    pub async fn open_media(&self, sender: &Sender, id: &str) -> Result<Download, MediaError> {
        let mut url = endpoint(sender, id, "").ok_or(GraphError::Misconfigured)?;
        url.query_pairs_mut().append_pair("phone_number_id", &sender.phone_number_id);
        let (http_status, body) = match self.get(url, sender).await {
            // 100: no such object, or not one that this number may see.
            Err(GraphError::Refused { code: 100, .. }) => return Err(MediaError::Gone),
            other => other?,
        };
        let unreadable = GraphError::Unreadable { http_status };
        let Ok(Part(Some(file))) = serde_json::from_slice::<Part<Described<'_>>>(&body) else {
            return Err(unreadable.into());
        };
        let url = file.url.get().and_then(|url| Url::parse(url).ok()).ok_or(unreadable)?;
        if !may_have_the_token(sender, &url) {
            tracing::warn!(host = url.host_str(), "a file is at an address that is not WhatsApp's");
            return Err(unreadable.into());
        }
        let request = self.http.get(url).bearer_auth(sender.access_token.expose()).timeout(TIMEOUT);
        let response = request.send().await.map_err(|_| GraphError::Unreachable)?;
        match response.status().as_u16() {
            200 => {}
            404 | 410 => return Err(MediaError::Gone),
            http_status => return Err(GraphError::Unreadable { http_status }.into()),
        }
        let length = response.headers().get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length| length > LARGEST_FILE) {
            return Err(MediaError::TooLarge);
        }
        Ok(Download {
            mime_type: file.mime_type.owned().unwrap_or_default(),
            length,
            response,
            read: 0,
            digest: Sha256::new(),
            expected: file.sha256.get().and_then(|text| hex::decode(text).ok()),
        })
    }
}

impl Download {
    /// The next piece; `None` after the last, when what came is what Meta described.
    ///
    /// # Errors
    /// When it breaks off, grows too large, or is another file.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, MediaError> {
        match self.response.chunk().await {
            Ok(Some(piece)) => {
                self.read += piece.len() as u64;
                if self.read > LARGEST_FILE {
                    return Err(MediaError::TooLarge);
                }
                self.digest.update(&piece);
                Ok(Some(piece.into()))
            }
            Ok(None) => {
                let found = std::mem::take(&mut self.digest).finalize();
                match &self.expected {
                    Some(expected) if expected[..] != found[..] => Err(MediaError::Damaged),
                    _ => Ok(None),
                }
            }
            Err(_) => Err(MediaError::Damaged),
        }
    }
}

/// Whether an address is Meta's, or of the same origin as the Graph API.
fn may_have_the_token(sender: &Sender, url: &Url) -> bool {
    let same_origin = Url::parse(&sender.graph_url).is_ok_and(|graph| graph.origin() == url.origin());
    let of_meta = || {
        let host = url.host_str().unwrap_or_default();
        let within = |known: &&str| {
            host.strip_suffix(*known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        url.scheme() == "https" && url.port().is_none() && HOSTS.iter().any(within)
    };
    same_origin || of_meta()
}

#[cfg(test)]
mod tests {
    use super::super::Secret;
    use super::*;

    #[test]
    fn the_token_goes_to_meta_and_to_the_graph_api_only() {
        let sender = Sender {
            graph_url: "http://127.0.0.1:4004/emulator".to_owned(),
            version: "v25.0".to_owned(),
            phone_number_id: "1".to_owned(),
            access_token: Secret::new("t".to_owned()),
        };
        let may = |url: &str| may_have_the_token(&sender, &Url::parse(url).unwrap());
        assert!(may("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"));
        assert!(may("https://fbsbx.com/x"));
        assert!(may("http://127.0.0.1:4004/emulator/v25.0/1/content"));
        for url in [
            "http://lookaside.fbsbx.com/x",
            "https://lookaside.fbsbx.com:8443/x",
            "https://notfbsbx.com/x",
            "https://fbsbx.com.example/x",
            "http://127.0.0.1:4005/x",
            "file:///etc/passwd",
        ] {
            assert!(!may(url), "{url}");
        }
    }
}
