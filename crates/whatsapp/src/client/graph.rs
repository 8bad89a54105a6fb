//! Reading from the Graph API: templates and the number's health.

use domain::kind::MessageKind;
use domain::template::{NewTemplate, Template, TemplateStatus, kind_of_category};
use reqwest::Url;
use serde::Deserialize;

use super::outcome::error_code;
use super::{Client, ExchangeFailure, Sender, endpoint, exchange};
use crate::lenient::{List, Part, Text};

/// Longest page that is read, in bytes: a hundred of the largest templates are well below it.
const PAGE_LIMIT: usize = 8 * 1024 * 1024;

/// Pages of a hundred; Meta allows an account a few thousand templates.
const MOST_PAGES: usize = 200;

/// Why something could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// The address or token of the connection makes no request.
    #[error("the connection's address or token is not usable")]
    Misconfigured,
    /// Meta could not be reached, or the answer did not come.
    #[error("WhatsApp could not be reached")]
    Unreachable,
    /// Meta refused.
    #[error("WhatsApp refused with code {code} (HTTP {http_status})")]
    Refused {
        /// Meta's error code.
        code: i64,
        /// The HTTP status.
        http_status: u16,
    },
    /// The answer makes no sense.
    #[error("WhatsApp's answer cannot be read (HTTP {http_status})")]
    Unreadable {
        /// The HTTP status.
        http_status: u16,
    },
}

/// What Meta says of a business number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneNumber {
    /// The number as people see it.
    pub display: String,
    /// The name that people see.
    pub verified_name: Option<String>,
    /// The quality rating: `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    pub quality: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Page<'a> {
    data: List<Part<TemplateShape<'a>>>,
    paging: Part<Paging<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Paging<'a> {
    cursors: Part<Cursors<'a>>,
    next: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Cursors<'a> {
    after: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct TemplateShape<'a> {
    name: Text<'a>,
    language: Text<'a>,
    category: Text<'a>,
    status: Text<'a>,
    components: List<Part<ComponentShape<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ComponentShape<'a> {
    r#type: Text<'a>,
    text: Text<'a>,
    buttons: List<Part<ButtonShape<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ButtonShape<'a> {
    text: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct PhoneNumberShape<'a> {
    display_phone_number: Text<'a>,
    verified_name: Text<'a>,
    quality_rating: Text<'a>,
}

impl Client {
    /// Every template of the WhatsApp business account `waba_id`, in every language.
    ///
    /// Pages are followed by their cursor, on the configured address only: the absolute link that an answer offers is never
    /// used, so it cannot lead the token elsewhere.
    ///
    /// # Errors
    /// When a page cannot be read; a part of the list is never returned as the whole.
    pub async fn templates(&self, sender: &Sender, waba_id: &str) -> Result<Vec<Template>, GraphError> {
        let mut url = endpoint(sender, waba_id, "message_templates").ok_or(GraphError::Misconfigured)?;
        let mut templates = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            ask_for_page(&mut url, after.as_deref());
            let (http_status, body) = self.get(url.clone(), sender).await?;
            let Ok(Part(Some(page))) = serde_json::from_slice::<Part<Page<'_>>>(&body) else {
                return Err(GraphError::Unreadable { http_status });
            };
            if !page.data.present {
                return Err(GraphError::Unreadable { http_status });
            }
            templates.extend(page.data.objects().filter_map(template));
            match next_cursor(&page) {
                Some(next) if after.as_deref() != Some(next) => after = Some(next.to_owned()),
                Some(_) => return Err(GraphError::Unreadable { http_status }),
                None => return Ok(templates),
            }
        }
        Err(GraphError::Unreadable { http_status: 200 })
    }

    /// Hands a template in for review; its status comes by webhook.
    ///
    /// # Errors
    /// When Meta cannot be reached or refuses it.
    pub async fn create_template(
        &self,
        sender: &Sender,
        waba_id: &str,
        new: &NewTemplate,
    ) -> Result<(), GraphError> {
        let url = endpoint(sender, waba_id, "message_templates").ok_or(GraphError::Misconfigured)?;
        let body = template_body(new).to_string();
        let request = self.http.post(url).header("content-type", "application/json").body(body);
        let answer = exchange(request, sender, PAGE_LIMIT).await;
        let (http_status, body) = answer.map_err(|failure| match failure {
            ExchangeFailure::NotRequestable => GraphError::Misconfigured,
            ExchangeFailure::NotConnected | ExchangeFailure::Lost(_) => GraphError::Unreachable,
        })?;
        match error_code(&body) {
            Some(code) => Err(GraphError::Refused { code, http_status }),
            None if (200..300).contains(&http_status) => Ok(()),
            None => Err(GraphError::Unreadable { http_status }),
        }
    }

    /// Asks for the business number itself: the simplest proof that address, token and number belong together.
    ///
    /// # Errors
    /// When Meta cannot be reached or refuses.
    pub async fn phone_number(&self, sender: &Sender) -> Result<PhoneNumber, GraphError> {
        let mut url = endpoint(sender, &sender.phone_number_id, "").ok_or(GraphError::Misconfigured)?;
        url.query_pairs_mut().append_pair("fields", "display_phone_number,verified_name,quality_rating");
        let (http_status, body) = self.get(url, sender).await?;
        let Ok(Part(Some(number))) = serde_json::from_slice::<Part<PhoneNumberShape<'_>>>(&body) else {
            return Err(GraphError::Unreadable { http_status });
        };
        Ok(PhoneNumber {
            display: number.display_phone_number.owned().ok_or(GraphError::Unreadable { http_status })?,
            verified_name: number.verified_name.owned(),
            quality: number.quality_rating.owned(),
        })
    }

    /// A successful answer, or why there is none.
    pub(super) async fn get(&self, url: Url, sender: &Sender) -> Result<(u16, Vec<u8>), GraphError> {
        let answer = exchange(self.http.get(url), sender, PAGE_LIMIT).await;
        let (http_status, body) = answer.map_err(|failure| match failure {
            ExchangeFailure::NotRequestable => GraphError::Misconfigured,
            ExchangeFailure::NotConnected | ExchangeFailure::Lost(_) => GraphError::Unreachable,
        })?;
        match error_code(&body) {
            Some(code) => Err(GraphError::Refused { code, http_status }),
            None if (200..300).contains(&http_status) => Ok((http_status, body)),
            None => Err(GraphError::Unreadable { http_status }),
        }
    }
}

/// The cursor of the next page. The last page has a cursor too, but no link.
fn next_cursor<'p>(page: &'p Page<'p>) -> Option<&'p str> {
    let paging = page.paging.get()?;
    paging.next.get()?;
    paging.cursors.word(|cursors| &cursors.after)
}

/// A template as ours; `None` for one without a name or language.
fn template(shape: &TemplateShape<'_>) -> Option<Template> {
    let text_of = |wanted: &str| {
        shape
            .components
            .objects()
            .find(|component| component.r#type.get().is_some_and(|word| word.eq_ignore_ascii_case(wanted)))
            .and_then(|component| component.text.owned())
    };
    let buttons = shape.components.objects().flat_map(|component| component.buttons.objects());
    Some(Template {
        name: shape.name.owned()?,
        language: shape.language.owned()?,
        kind: kind_of_category(shape.category.get().unwrap_or_default()),
        status: TemplateStatus::from_meta(shape.status.get().unwrap_or_default()),
        body: text_of("BODY").unwrap_or_default(),
        footer: text_of("FOOTER"),
        // One entry a button, also for those without a label: payloads are addressed by index.
        buttons: buttons.map(|button| button.text.owned().unwrap_or_default()).collect(),
    })
}

/// A new template as Meta takes it.
fn template_body(new: &NewTemplate) -> serde_json::Value {
    let category = if new.kind == MessageKind::Utility { "UTILITY" } else { "MARKETING" };
    let mut body = serde_json::json!({"type": "BODY", "text": new.body.trim()});
    if !new.samples.is_empty() {
        body["example"] = serde_json::json!({"body_text": [new.samples]});
    }
    let mut components = vec![body];
    if !new.footer.trim().is_empty() {
        components.push(serde_json::json!({"type": "FOOTER", "text": new.footer.trim()}));
    }
    if !new.buttons.is_empty() {
        let buttons: Vec<_> = new
            .buttons
            .iter()
            .map(|label| serde_json::json!({"type": "QUICK_REPLY", "text": label.trim()}))
            .collect();
        components.push(serde_json::json!({"type": "BUTTONS", "buttons": buttons}));
    }
    serde_json::json!({
        "name": new.name,
        "language": new.language,
        "category": category,
        "parameter_format": "POSITIONAL",
        "components": components,
    })
}

/// Sets the query for a page of templates.
fn ask_for_page(url: &mut Url, after: Option<&str>) {
    let mut query = url.query_pairs_mut();
    query.clear().append_pair("limit", "100");
    query.append_pair("fields", "name,language,status,category,components");
    if let Some(after) = after {
        query.append_pair("after", after);
    }
}
