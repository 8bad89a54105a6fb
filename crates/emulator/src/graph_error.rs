//! Errors in the envelope of the Graph API.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// A refusal, as the Graph API words it.
#[derive(Debug, Clone)]
pub(crate) struct GraphError {
    pub(crate) status: StatusCode,
    kind: &'static str,
    pub(crate) code: u32,
    subcode: Option<u32>,
    message: String,
    details: Option<String>,
    user_text: Option<(&'static str, String)>,
}

/// What Meta's table of error codes says: HTTP status, title, explanation.
pub(crate) fn described(code: u32) -> (StatusCode, &'static str, &'static str) {
    use StatusCode as S;
    match code {
        0 => (S::UNAUTHORIZED, "AuthException", "We were unable to authenticate the app user."),
        1 => (S::BAD_REQUEST, "API Unknown", "Invalid request or possible server error."),
        2 => (S::SERVICE_UNAVAILABLE, "API Service", "Temporary due to downtime or due to being overloaded."),
        3 => (S::INTERNAL_SERVER_ERROR, "API Method", "Capability or permissions issue."),
        4 => (
            S::BAD_REQUEST,
            "Application request limit reached",
            "The app has reached its API call rate limit.",
        ),
        10 => (S::FORBIDDEN, "Permission Denied", "Permission is either not granted or has been removed."),
        100 => (
            S::BAD_REQUEST,
            "Invalid parameter",
            "The request included one or more unsupported or misspelled parameters.",
        ),
        190 => (S::UNAUTHORIZED, "Access token has expired", "Your access token has expired."),
        368 => {
            (S::FORBIDDEN, "Temporarily blocked for policies violations", "The account has been restricted.")
        }
        80007 => {
            (S::BAD_REQUEST, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit.")
        }
        130403 => (S::BAD_REQUEST, "User is blocked", "The business has blocked this user."),
        130429 => (S::BAD_REQUEST, "Rate limit hit", "Cloud API message throughput has been reached."),
        130472 => (
            S::BAD_REQUEST,
            "User's number is part of an experiment",
            "Failed to send message because this user's phone number is part of an experiment.",
        ),
        130497 => (
            S::FORBIDDEN,
            "Business account is restricted from messaging users in this country",
            "The business may not message users in this country.",
        ),
        131000 => (
            S::INTERNAL_SERVER_ERROR,
            "Something went wrong",
            "Message failed to send due to an unknown error.",
        ),
        131005 => (S::FORBIDDEN, "Access denied", "Permission is either not granted or has been removed."),
        131008 => {
            (S::BAD_REQUEST, "Required parameter is missing", "The request is missing a required parameter.")
        }
        131009 => {
            (S::BAD_REQUEST, "Parameter value is not valid", "One or more parameter values are invalid.")
        }
        131016 => (S::INTERNAL_SERVER_ERROR, "Service unavailable", "A service is temporarily unavailable."),
        131021 => {
            (S::BAD_REQUEST, "Recipient cannot be sender", "Sender and recipient phone number is the same.")
        }
        131026 => (S::BAD_REQUEST, "Message undeliverable", "Message Undeliverable."),
        131030 => (
            S::BAD_REQUEST,
            "Recipient phone number not in allowed list",
            "Recipient phone number not in allowed list.",
        ),
        131031 => (S::FORBIDDEN, "Account has been locked", "Business Account locked."),
        131042 => (
            S::BAD_REQUEST,
            "Business eligibility payment issue",
            "There was an error related to your payment method.",
        ),
        131045 => (
            S::INTERNAL_SERVER_ERROR,
            "Incorrect certificate",
            "Message failed to send due to a phone number registration error.",
        ),
        131047 => (
            S::BAD_REQUEST,
            "Re-engagement message",
            "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
        ),
        131048 => (
            S::BAD_REQUEST,
            "Spam rate limit hit",
            "Message failed to send because there are restrictions on how many messages can be sent from this phone number.",
        ),
        131049 => (
            S::BAD_REQUEST,
            "This message was not delivered to maintain healthy ecosystem engagement.",
            "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
        ),
        131050 => (
            S::BAD_REQUEST,
            "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business",
            "This recipient has chosen to stop receiving marketing messages on WhatsApp from your business.",
        ),
        131051 => (S::BAD_REQUEST, "Unsupported message type", "Message type is currently not supported."),
        131052 => (S::BAD_REQUEST, "Media download error", "Unable to download the media sent by the user."),
        131053 => (S::BAD_REQUEST, "Media upload error", "Unable to upload the media used in the message."),
        131055 => (S::BAD_REQUEST, "Method not allowed", "This method is not allowed."),
        131056 => (
            S::BAD_REQUEST,
            "(Business Account, Consumer Account) pair rate limit hit",
            "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
        ),
        131057 => (
            S::INTERNAL_SERVER_ERROR,
            "Account in maintenance mode",
            "Business Account is in maintenance mode.",
        ),
        131062 => (
            S::BAD_REQUEST,
            "Unsupported recipient for this message type",
            "This message cannot be sent to a business-scoped user id.",
        ),
        131063 => (
            S::BAD_REQUEST,
            "Marketing messages are disabled on Cloud API",
            "Use the marketing messages endpoint.",
        ),
        131064 => (
            S::BAD_REQUEST,
            "Messaging limit reached",
            "The messaging limit of this account has been reached.",
        ),
        132000 => (
            S::BAD_REQUEST,
            "Number of parameters does not match the expected number of params",
            "The number of variable parameter values did not match the template.",
        ),
        132001 => (
            S::NOT_FOUND,
            "Template name does not exist in the translation",
            "The template does not exist in the specified language or has not been approved.",
        ),
        132005 => (S::BAD_REQUEST, "Translated text too long", "The translated text is too long."),
        132007 => (
            S::BAD_REQUEST,
            "Template format character policy violated",
            "Template content violates a WhatsApp policy.",
        ),
        132012 => (
            S::BAD_REQUEST,
            "Parameter format does not match format in the created template",
            "Variable parameter values formatted incorrectly.",
        ),
        132015 => (
            S::BAD_REQUEST,
            "Template is paused",
            "Template is paused due to low quality so it cannot be sent.",
        ),
        132016 => (
            S::BAD_REQUEST,
            "Template is disabled",
            "Template has been paused too many times due to low quality and is now permanently disabled.",
        ),
        132018 => (
            S::BAD_REQUEST,
            "Template parameters are not valid",
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces.",
        ),
        133004 => {
            (S::SERVICE_UNAVAILABLE, "Server temporarily unavailable", "Server is temporarily unavailable.")
        }
        133010 => (
            S::BAD_REQUEST,
            "Phone number not registered",
            "Phone number not registered on the WhatsApp Business Platform.",
        ),
        134100 => (
            S::BAD_REQUEST,
            "Only marketing messages supported",
            "Only templates of the category MARKETING can be sent with this endpoint.",
        ),
        134101 => (
            S::BAD_REQUEST,
            "Template is syncing",
            "The template is not yet available; try again in ten minutes.",
        ),
        134102 => (
            S::INTERNAL_SERVER_ERROR,
            "Template unavailable",
            "The template cannot be used with this endpoint.",
        ),
        135000 => (
            S::BAD_REQUEST,
            "Generic user error",
            "Message failed to send because of an unknown error with your request parameters.",
        ),
        139100 => (S::BAD_REQUEST, "Failed to block/unblock users", "Failed to block some users."),
        _ => (S::BAD_REQUEST, "Something went wrong", "The request failed."),
    }
}

impl GraphError {
    /// The error of a code, in Meta's words.
    pub(crate) fn new(code: u32) -> Self {
        let (status, title, details) = described(code);
        Self {
            status,
            kind: "OAuthException",
            code,
            subcode: None,
            message: format!("(#{code}) {title}"),
            details: Some(details.to_owned()),
            user_text: None,
        }
    }

    /// The same with an explanation of its own.
    pub(crate) fn details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    /// The same with another HTTP status.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A parameter is missing (131008).
    pub(crate) fn missing(parameter: &str) -> Self {
        Self::new(131_008).details(format!("Parameter '{parameter}' is required."))
    }

    /// A parameter has a value that is not allowed (131009).
    pub(crate) fn invalid(details: impl Into<String>) -> Self {
        Self::new(131_009).details(details)
    }

    /// A request Graph could not make sense of (100).
    pub(crate) fn parameter(message: impl Into<String>) -> Self {
        let mut error = Self::new(100);
        error.message = format!("(#100) {}", message.into());
        error.details = None;
        error
    }

    /// The node of the path does not exist for this token.
    pub(crate) fn no_such_node(method: &str, node: &str) -> Self {
        let mut error = Self::new(100);
        error.kind = "GraphMethodException";
        error.subcode = Some(33);
        error.details = None;
        error.message = format!(
            "Unsupported {} request. Object with ID '{node}' does not exist, cannot be loaded due to missing \
             permissions, or does not support this operation. Please read the Graph API documentation at \
             https://developers.facebook.com/docs/graph-api",
            method.to_ascii_lowercase()
        );
        error
    }

    /// The path is none of the Graph API's.
    pub(crate) fn unknown_path(path: &str) -> Self {
        let mut error = Self::new(100);
        error.code = 2500;
        error.details = None;
        error.message = format!("Unknown path components: {path}");
        error
    }

    /// The token is missing or not the right one.
    pub(crate) fn token(message: &str, subcode: Option<u32>) -> Self {
        let mut error = Self::new(190);
        error.message = message.to_owned();
        error.subcode = subcode;
        error.details = None;
        error
    }

    /// An error of the management API, with words for the person.
    pub(crate) fn management(subcode: u32, title: &'static str, text: String) -> Self {
        let mut error = Self::new(100);
        error.message = "Invalid parameter".to_owned();
        error.subcode = Some(subcode);
        error.details = None;
        error.user_text = Some((title, text));
        error
    }

    /// The JSON body. `trace` becomes the `fbtrace_id`.
    pub(crate) fn body(&self, trace: String) -> Value {
        let mut error = Map::new();
        error.insert("message".into(), json!(self.message));
        error.insert("type".into(), json!(self.kind));
        error.insert("code".into(), json!(self.code));
        if let Some(details) = &self.details {
            error.insert("error_data".into(), json!({"messaging_product": "whatsapp", "details": details}));
        }
        if let Some(subcode) = self.subcode {
            error.insert("error_subcode".into(), json!(subcode));
        }
        if let Some((title, text)) = &self.user_text {
            error.insert("is_transient".into(), json!(false));
            error.insert("error_user_title".into(), json!(title));
            error.insert("error_user_msg".into(), json!(text));
        }
        error.insert("fbtrace_id".into(), Value::String(trace));
        json!({ "error": error })
    }

    /// The HTTP answer.
    pub(crate) fn into_response(self, trace: String) -> Response {
        let mut response = (self.status, axum::Json(self.body(trace))).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("OAuth \"Facebook Platform\" \"invalid_token\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
