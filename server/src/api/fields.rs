//! Reads a JSON body field by field and gathers everything that is wrong with it, so that one answer names it all.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use domain::time::Timestamp;
use serde_json::{Map, Value};

use super::problem::{FieldError, Problem};

/// The body of a request, as bytes that say they are JSON.
pub struct JsonBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| !is_json(kind)) {
            return Err(Problem::not_json());
        }
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem::too_large())
            }
            Err(_) => Err(Problem::malformed("The body ended early.")),
        }
    }
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

/// The fields of one JSON object that have not been read yet, and the errors so far.
pub struct Fields {
    path: String,
    values: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Reads the body's outermost object.
    pub fn parse(body: &JsonBody) -> Result<Self, Problem> {
        match serde_json::from_slice(&body.0) {
            Ok(Value::Object(values)) => Ok(Self { path: String::new(), values, errors: Vec::new() }),
            Ok(_) => Err(Problem::malformed("The body must be a JSON object.")),
            Err(error) => Err(Problem::malformed(format!(
                "The body is not valid JSON: line {}, column {}.",
                error.line(),
                error.column()
            ))),
        }
    }

    /// Whether the field is there and not read yet, `null` included.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Whatever the field holds.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.values.remove(name)
    }

    /// Notes that something is wrong with a field.
    pub fn refuse(&mut self, name: &str, code: &'static str, detail: impl Into<String>) {
        self.errors.push(FieldError::new(self.name(name), code, detail));
    }

    /// A text. `null` is the same as absent.
    pub fn string(&mut self, name: &str) -> Option<String> {
        match self.values.remove(name)? {
            // No database keeps a zero in a text, and no person writes one.
            Value::String(text) if text.contains('\0') => {
                self.refuse(name, "control_characters", "holds control characters");
                None
            }
            Value::String(text) => Some(text),
            Value::Null => None,
            _ => {
                self.refuse(name, "not_a_string", "must be a string");
                None
            }
        }
    }

    /// A text that must be there and not be empty.
    pub fn required_string(&mut self, name: &str) -> Option<String> {
        let present = self.values.get(name).is_some_and(|value| !value.is_null());
        let text = self.string(name);
        if !present || text.as_deref().is_some_and(|text| text.trim().is_empty()) {
            self.refuse(name, "required", "is required");
            return None;
        }
        text
    }

    /// A text that `null` takes away: the outer option says whether the field was there.
    pub fn clearable_string(&mut self, name: &str) -> Option<Option<String>> {
        self.has(name).then(|| self.string(name))
    }

    /// True or false.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        match self.values.remove(name)? {
            Value::Bool(value) => Some(value),
            Value::Null => None,
            _ => {
                self.refuse(name, "not_a_boolean", "must be true or false");
                None
            }
        }
    }

    /// A list of texts.
    pub fn strings(&mut self, name: &str) -> Option<Vec<String>> {
        match self.values.remove(name)? {
            Value::Null => None,
            Value::Array(items) => {
                let mut texts = Vec::with_capacity(items.len());
                for (index, item) in items.into_iter().enumerate() {
                    match item {
                        Value::String(text) => texts.push(text),
                        _ => self.refuse(&format!("{name}[{index}]"), "not_a_string", "must be a string"),
                    }
                }
                Some(texts)
            }
            _ => {
                self.refuse(name, "not_a_list", "must be a list of strings");
                None
            }
        }
    }

    /// An object of texts; `null` is an empty one.
    pub fn texts(&mut self, name: &str) -> Option<BTreeMap<String, String>> {
        match self.values.remove(name)? {
            Value::Null => Some(BTreeMap::new()),
            Value::Object(values) => {
                let mut texts = BTreeMap::new();
                for (key, value) in values {
                    match value {
                        Value::String(text) => drop(texts.insert(key, text)),
                        _ => self.refuse(&format!("{name}.{key}"), "not_a_string", "must be a string"),
                    }
                }
                Some(texts)
            }
            _ => {
                self.refuse(name, "not_an_object", "must be an object of strings");
                None
            }
        }
    }

    /// One of the words of a type.
    pub fn word<T: std::str::FromStr>(&mut self, name: &str, words: &str) -> Option<T> {
        let text = self.string(name)?;
        let value = text.parse().ok();
        if value.is_none() {
            self.refuse(name, "unknown_word", format!("must be one of {words}"));
        }
        value
    }

    /// A point in time.
    pub fn time(&mut self, name: &str) -> Option<Timestamp> {
        let text = self.string(name)?;
        let at = Timestamp::parse_rfc3339(&text);
        if at.is_none() {
            self.refuse(name, "not_a_time", "must be a time such as 2026-11-12T14:03:00Z");
        }
        at
    }

    /// An object whose fields are whatever the caller likes.
    pub fn free_object(&mut self, name: &str) -> Option<Map<String, Value>> {
        match self.values.remove(name)? {
            Value::Object(values) => Some(values),
            Value::Null => None,
            _ => {
                self.refuse(name, "not_an_object", "must be an object");
                None
            }
        }
    }

    /// An object whose fields `read` reads.
    pub fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let values = self.free_object(name)?;
        let mut inner = Self { path: self.name(name), values, errors: Vec::new() };
        let value = read(&mut inner);
        self.errors.extend(inner.into_errors());
        value
    }

    /// The value, unless anything was wrong. Fields nobody read are refused by name: a typing error must not be taken for a
    /// field that was left out.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Problem> {
        let errors = self.into_errors();
        match value {
            Some(value) if errors.is_empty() => Ok(value),
            _ => Err(Problem::invalid(errors)),
        }
    }

    fn into_errors(mut self) -> Vec<FieldError> {
        let unknown: Vec<String> = self.values.keys().cloned().collect();
        for name in unknown {
            self.refuse(&name, "unknown_field", "is not a field of this request");
        }
        self.errors
    }

    fn name(&self, field: &str) -> String {
        if self.path.is_empty() { field.to_owned() } else { format!("{}.{field}", self.path) }
    }
}
