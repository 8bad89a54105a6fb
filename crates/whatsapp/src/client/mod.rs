//! The way out: Meta's Graph API over HTTP.

mod body;
mod graph;
mod media;
mod outcome;

use std::fmt;
use std::time::Duration;

use domain::outbound::{Content, Recipient};
use domain::permit::SendPermit;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{RequestBuilder, Response, Url};

pub use graph::{GraphError, PhoneNumber};
pub use media::{Download, LARGEST_FILE, MediaError};
pub use outcome::{Class, NOT_CONNECTED, NOT_REQUESTED, Outcome, Refusal, classify};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(20);
/// Shorter than the idle timeout of common load balancers, so that a request seldom meets a connection just closed by the
/// other side: such a send has an unknown outcome.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// An access token. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a token.
    #[must_use]
    pub const fn new(token: String) -> Self {
        Self(token)
    }

    fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The business number a request is made for, and how to reach the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The API without version, such as `https://graph.facebook.com`.
    pub graph_url: String,
    /// The pinned version, such as `v25.0`.
    pub version: String,
    /// Meta's id of the number (not the number itself).
    pub phone_number_id: String,
    /// The system user's token.
    pub access_token: Secret,
}

/// One message, ready to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Whom it is for.
    pub recipient: Recipient,
    /// What it says.
    pub content: Content,
    /// Comes back in every status of the message; at most 512 characters. Every app of the account can read it, so it holds
    /// an id of ours and nothing personal.
    pub callback_data: String,
    /// The message it answers, if any.
    pub context_wamid: Option<String>,
}

/// The client could not be set up: the machine's root certificates cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct SetupError(#[source] reqwest::Error);

/// A client of the Graph API. Cheap to clone: clones share one pool of connections.
///
/// It follows no redirects, uses no proxy and repeats nothing by itself.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
}

impl Client {
    /// A client that gives up connecting after 5 seconds and waiting after 20.
    ///
    /// # Errors
    /// When the machine's root certificates cannot be read.
    pub fn new() -> Result<Self, SetupError> {
        Self::with_timeout(TOTAL_TIMEOUT)
    }

    /// A client that waits no longer than `total` for a whole exchange.
    ///
    /// # Errors
    /// When the machine's root certificates cannot be read.
    pub fn with_timeout(total: Duration) -> Result<Self, SetupError> {
        // Fails only if a provider was installed before, which serves as well.
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder()
            .user_agent(concat!("whatscloud/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(total)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(64)
            .tcp_nodelay(true)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()
            .map(|http| Self { http })
            .map_err(SetupError)
    }

    /// Sends one message.
    ///
    /// The permit is used up: whoever wants to send again has to ask again. Nothing is repeated here, because Meta has no
    /// idempotency key; the outcome says what is known.
    pub async fn send(&self, sender: &Sender, permit: SendPermit, message: &Outgoing) -> Outcome {
        let Some(url) = endpoint(sender, &sender.phone_number_id, "messages") else {
            return Outcome::Refused(outcome::NOT_REQUESTABLE);
        };
        let request = self
            .http
            .post(url)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body::of(message));
        let outcome = match exchange(request, sender, outcome::BODY_LIMIT).await {
            Ok((status, body)) => outcome::interpret(status, &body),
            Err(failure) => failure.outcome(),
        };
        tracing::debug!(contact = %permit.contact(), kind = %permit.kind(), ?outcome, "message sent to the API");
        outcome
    }
}

/// Why an exchange gave no answer.
enum ExchangeFailure {
    /// The request could not even be written down: a token with a line break.
    NotRequestable,
    /// No connection, so no byte of the request left.
    NotConnected,
    /// The request, or a part of it, left; what became of it is not known.
    Lost(&'static str),
}

impl ExchangeFailure {
    fn of(error: &reqwest::Error) -> Self {
        if error.is_builder() {
            Self::NotRequestable
        } else if error.is_connect() {
            Self::NotConnected
        } else if error.is_timeout() {
            Self::Lost("timeout")
        } else {
            Self::Lost("connection_lost")
        }
    }

    const fn outcome(self) -> Outcome {
        match self {
            Self::NotRequestable => Outcome::Refused(outcome::NOT_REQUESTABLE),
            Self::NotConnected => Outcome::Refused(outcome::NO_CONNECTION),
            Self::Lost(why) => Outcome::Unknown { why },
        }
    }
}

/// Makes a request and reads the answer, up to `limit` bytes.
async fn exchange(
    request: RequestBuilder,
    sender: &Sender,
    limit: usize,
) -> Result<(u16, Vec<u8>), ExchangeFailure> {
    let answer = request.bearer_auth(sender.access_token.expose()).send().await;
    let response = answer.map_err(|error| ExchangeFailure::of(&error))?;
    let status = response.status().as_u16();
    Ok((status, read(response, limit).await?))
}

async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>, ExchangeFailure> {
    let mut body = Vec::new();
    // Any failure from here on is after the request left, whatever it is called.
    while let Some(chunk) = response.chunk().await.map_err(|error| {
        ExchangeFailure::Lost(if error.is_timeout() { "timeout" } else { "connection_lost" })
    })? {
        if body.len() + chunk.len() > limit {
            return Err(ExchangeFailure::Lost("answer_too_long"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// `{graph_url}/{version}/{id}/{edge}`, every piece percent-encoded; `edge` may be empty.
fn endpoint(sender: &Sender, id: &str, edge: &str) -> Option<Url> {
    let mut url =
        Url::parse(&sender.graph_url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let pieces = [sender.version.as_str(), id, edge];
    if [&sender.version, id].iter().any(|piece| matches!(piece.trim(), "" | "." | "..")) {
        return None;
    }
    url.path_segments_mut().ok()?.pop_if_empty().extend(pieces.iter().filter(|piece| !piece.is_empty()));
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(graph_url: &str, phone_number_id: &str) -> Sender {
        Sender {
            graph_url: graph_url.to_owned(),
            version: "v25.0".to_owned(),
            phone_number_id: phone_number_id.to_owned(),
            access_token: Secret::new("token-of-a-test".to_owned()),
        }
    }

    fn messages_url(graph_url: &str, id: &str) -> Option<String> {
        endpoint(&sender(graph_url, id), id, "messages").map(String::from)
    }

    #[test]
    fn the_endpoint_is_built_from_encoded_pieces() {
        let expected = Some("https://graph.example/v25.0/55501/messages".to_owned());
        assert_eq!(messages_url("https://graph.example", "55501"), expected);
        assert_eq!(messages_url("https://graph.example/", "55501"), expected);
        assert_eq!(
            messages_url("http://127.0.0.1:4004/graph", "5/../x?y"),
            Some("http://127.0.0.1:4004/graph/v25.0/5%2F..%2Fx%3Fy/messages".to_owned())
        );
        for (graph_url, id) in [("", "1"), ("graph", "1"), ("file:///x", "1"), ("https://g.example", "")] {
            assert_eq!(messages_url(graph_url, id), None, "{graph_url}");
        }
    }

    #[test]
    fn a_token_is_never_printed() {
        assert!(!format!("{:?}", sender("https://graph.example", "1")).contains("token-of-a-test"));
    }
}
