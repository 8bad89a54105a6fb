//! What became of a send, and what Meta's error codes mean for the next one.

use serde::Deserialize;

use crate::lenient::{List, Part, Text};

/// The code of a refusal that never reached Meta: no connection could be made.
pub const NOT_CONNECTED: i64 = -1;

/// The code of a refusal that never reached Meta: the connection's settings make no request (its address or token).
pub const NOT_REQUESTED: i64 = -2;

/// Longest answer to a send that is read, in bytes. Real ones have a few hundred.
pub(super) const BODY_LIMIT: usize = 64 * 1024;

pub(super) const NO_CONNECTION: Refusal =
    Refusal { code: NOT_CONNECTED, class: Class::Retry, http_status: 0 };
pub(super) const NOT_REQUESTABLE: Refusal =
    Refusal { code: NOT_REQUESTED, class: Class::PauseSender, http_status: 0 };

/// What became of one send.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    /// WhatsApp took the message. Whether it arrives, a status will tell.
    Accepted {
        /// WhatsApp's id of the message.
        wamid: String,
        /// The number WhatsApp knows the person by; may differ from the one addressed (Brazil, Mexico).
        wa_id: Option<String>,
        /// The business-scoped user id, when addressed by it.
        user_id: Option<String>,
        /// Held back while WhatsApp watches the template's quality; released or dropped later.
        held: bool,
    },
    /// WhatsApp provably did not take the message.
    Refused(Refusal),
    /// Nobody can tell. Must not be repeated before a status or a person settles it.
    Unknown {
        /// What happened, for the log and the counter.
        why: &'static str,
    },
}

/// Shows codes and reasons, never who was addressed.
impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Accepted { wamid, held, .. } => {
                f.debug_struct("Accepted").field("wamid", wamid).field("held", held).finish_non_exhaustive()
            }
            Self::Refused(refusal) => f.debug_tuple("Refused").field(refusal).finish(),
            Self::Unknown { why } => f.debug_struct("Unknown").field("why", why).finish(),
        }
    }
}

/// A refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Meta's error code, [`NOT_CONNECTED`] or [`NOT_REQUESTED`].
    pub code: i64,
    /// What it means.
    pub class: Class,
    /// The HTTP status, 0 without an answer.
    pub http_status: u16,
}

/// What a refusal means for this message, this recipient and this sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Rejected before processing; the same message may go out again after a pause.
    Retry,
    /// Too many messages to this one person; the others are unaffected.
    RetryRecipient,
    /// Token, permission, account, payment or quality: nothing of this sender will go out until a person acts.
    PauseSender,
    /// There is no reachable WhatsApp account behind the number.
    RecipientInvalid,
    /// The person stopped marketing in WhatsApp itself. Counts as their choice.
    NativeStop,
    /// WhatsApp chose not to deliver this marketing message to this person now. Not an opt-out.
    Capped,
    /// Free-form text outside the service window: only a template goes through.
    WindowClosed,
    /// The template is missing, paused, disabled or filled in wrongly: everything else with it will fail too.
    TemplateProblem,
    /// This message will never go out.
    Permanent,
}

/// What an error code says about the message it answers, or `None` where it leaves open whether the message was taken.
///
/// The numbers are those of Meta's table of error codes. A code that is not in it is judged by the HTTP status: 4xx is a
/// refusal, everything else is open.
#[must_use]
pub const fn classify(code: i64, http_status: u16) -> Option<Class> {
    let class = match code {
        // Meta's own trouble: it may have taken the message and lost the answer.
        1 | 2 | 131_000 | 131_016 | 133_004 => return None,
        4 | 80_007 | 130_429 | 131_057 | 134_101 => Class::Retry,
        131_056 => Class::RetryRecipient,
        0 | 3 | 10 | 190 | 200..=299 | 368 => Class::PauseSender,
        131_005 | 131_031 | 131_042 | 131_045 | 131_048 | 131_064 | 134_011 => Class::PauseSender,
        133_000..=133_016 => Class::PauseSender,
        131_026 => Class::RecipientInvalid,
        131_050 => Class::NativeStop,
        130_472 | 131_049 => Class::Capped,
        131_047 => Class::WindowClosed,
        // 131063: the account refuses marketing templates on this endpoint; 134102: the template is not available.
        131_063 | 132_000..=132_999 | 134_102 => Class::TemplateProblem,
        33 | 100 | 130_403 | 130_497 | 135_000 | 137_000 => Class::Permanent,
        131_008 | 131_009 | 131_021 | 131_030 | 131_051..=131_053 | 131_055 | 131_062 => Class::Permanent,
        134_100 | 139_100..=139_103 | 139_200 => Class::Permanent,
        _ => return by_status(http_status),
    };
    Some(class)
}

const fn by_status(http_status: u16) -> Option<Class> {
    match http_status {
        401 => Some(Class::PauseSender),
        429 => Some(Class::Retry),
        400..=499 => Some(Class::Permanent),
        _ => None,
    }
}

/// An answer of the Graph API: of a send, or an error of any request.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Answer<'a> {
    contacts: List<Part<Contact<'a>>>,
    messages: List<Part<Message<'a>>>,
    error: Part<Error<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Contact<'a> {
    wa_id: Text<'a>,
    user_id: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Message<'a> {
    id: Text<'a>,
    message_status: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Error<'a> {
    code: Text<'a>,
}

/// Reads the answer to a send.
pub(super) fn interpret(http_status: u16, body: &[u8]) -> Outcome {
    let Ok(Part(Some(answer))) = serde_json::from_slice::<Part<Answer<'_>>>(body) else {
        return without_code(http_status);
    };
    if let Some(error) = answer.error.get() {
        return match error.code.number() {
            Some(code) => refused(code, http_status),
            None => without_code(http_status),
        };
    }
    let message = answer.messages.objects().next();
    match message.and_then(|message| message.id.owned().map(|wamid| (message, wamid))) {
        Some((message, wamid)) if (200..300).contains(&http_status) => {
            let contact = answer.contacts.objects().next();
            Outcome::Accepted {
                wamid,
                wa_id: contact.and_then(|contact| contact.wa_id.owned()),
                user_id: contact.and_then(|contact| contact.user_id.owned()),
                held: matches!(message.message_status.get(), Some("held_for_quality_assessment" | "paused")),
            }
        }
        _ => without_code(http_status),
    }
}

/// Meta's error code in an answer, if it has one.
pub(super) fn error_code(body: &[u8]) -> Option<i64> {
    let Part(answer) = serde_json::from_slice::<Part<Answer<'_>>>(body).ok()?;
    answer?.error.get()?.code.number()
}

fn refused(code: i64, http_status: u16) -> Outcome {
    classify(code, http_status).map_or(Outcome::Unknown { why: "error_of_theirs" }, |class| {
        Outcome::Refused(Refusal { code, class, http_status })
    })
}

/// An answer without Meta's code may come from anything in between; only "too many requests" says the same everywhere.
const fn without_code(http_status: u16) -> Outcome {
    match http_status {
        429 => Outcome::Refused(Refusal { code: 429, class: Class::Retry, http_status }),
        200..=299 => Outcome::Unknown { why: "unreadable_answer" },
        500..=599 => Outcome::Unknown { why: "server_error" },
        _ => Outcome::Unknown { why: "no_error_code" },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code of the reference's table, with the HTTP status it comes with.
    const TABLE: &[(&[i64], u16, Option<Class>)] = &[
        (&[0, 190], 401, Some(Class::PauseSender)),
        (&[3], 500, Some(Class::PauseSender)),
        (&[10, 200, 250, 299, 131_005], 403, Some(Class::PauseSender)),
        (&[1], 400, None),
        (&[2, 133_004], 503, None),
        (&[131_000, 131_016], 500, None),
        (&[4, 80_007, 130_429], 400, Some(Class::Retry)),
        (&[131_056], 400, Some(Class::RetryRecipient)),
        (&[131_048, 131_064], 400, Some(Class::PauseSender)),
        (&[131_047], 400, Some(Class::WindowClosed)),
        (&[131_026], 400, Some(Class::RecipientInvalid)),
        (&[131_049, 130_472], 400, Some(Class::Capped)),
        (&[131_050], 400, Some(Class::NativeStop)),
        (&[131_062, 130_403, 131_021, 131_030], 400, Some(Class::Permanent)),
        (&[131_063], 400, Some(Class::TemplateProblem)),
        (&[130_497], 403, Some(Class::Permanent)),
        (&[131_031, 368], 403, Some(Class::PauseSender)),
        (&[131_042, 131_045, 133_010, 134_011], 400, Some(Class::PauseSender)),
        (&[131_051, 131_052, 131_053], 400, Some(Class::Permanent)),
        (&[131_057], 500, Some(Class::Retry)),
        (&[132_000, 132_012, 132_018], 400, Some(Class::TemplateProblem)),
        (&[132_001], 404, Some(Class::TemplateProblem)),
        (&[132_005, 132_007, 132_015, 132_016, 132_068, 132_069], 400, Some(Class::TemplateProblem)),
        (&[133_000, 133_005, 133_006, 133_008, 133_009, 133_015, 133_016], 400, Some(Class::PauseSender)),
        (&[134_100, 131_055], 400, Some(Class::Permanent)),
        (&[134_101], 400, Some(Class::Retry)),
        (&[134_102], 500, Some(Class::TemplateProblem)),
        (&[135_000, 137_000, 100, 131_008, 131_009, 33], 400, Some(Class::Permanent)),
        (&[139_100, 139_101, 139_102, 139_103, 139_200], 400, Some(Class::Permanent)),
    ];

    #[test]
    fn every_code_of_the_table_has_its_class() {
        for (codes, http_status, class) in TABLE {
            for code in *codes {
                assert_eq!(classify(*code, *http_status), *class, "{code} [{http_status}]");
            }
        }
    }

    #[test]
    fn codes_newer_than_the_table_are_judged_by_the_status() {
        assert_eq!(classify(199_999, 400), Some(Class::Permanent));
        assert_eq!(classify(199_999, 401), Some(Class::PauseSender));
        assert_eq!(classify(199_999, 429), Some(Class::Retry));
        for http_status in [200, 302, 500, 502, 503, 504] {
            assert_eq!(classify(199_999, http_status), None, "{http_status}");
        }
    }

    #[test]
    fn only_a_message_id_means_accepted() {
        let accepted = interpret(
            200,
            br#"{"contacts":[{"input":"+15550100123","wa_id":"15550100123"}],
                "messages":[{"id":"wamid.A","message_status":"held_for_quality_assessment"}]}"#,
        );
        let expected = Outcome::Accepted {
            wamid: "wamid.A".to_owned(),
            wa_id: Some("15550100123".to_owned()),
            user_id: None,
            held: true,
        };
        assert_eq!(accepted, expected);
        for body in ["", "{}", "ok", "[]", r#"{"messages":[]}"#, r#"{"messages":[{"id":""}]}"#] {
            let outcome = interpret(200, body.as_bytes());
            assert_eq!(outcome, Outcome::Unknown { why: "unreadable_answer" }, "{body}");
        }
    }

    #[test]
    fn an_error_is_read_wherever_its_code_can_be() {
        let refusal = Refusal { code: 131_047, class: Class::WindowClosed, http_status: 400 };
        for body in [
            r#"{"error":{"code":131047,"error_data":"text","message":"m"}}"#,
            r#"{"error":{"code":"131047"},"messages":[{"id":"wamid.A"}]}"#,
        ] {
            assert_eq!(interpret(400, body.as_bytes()), Outcome::Refused(refusal));
        }
        assert_eq!(interpret(503, b"<html>"), Outcome::Unknown { why: "server_error" });
        assert_eq!(interpret(404, b"<html>"), Outcome::Unknown { why: "no_error_code" });
        assert!(matches!(interpret(429, b""), Outcome::Refused(Refusal { class: Class::Retry, .. })));
    }
}
