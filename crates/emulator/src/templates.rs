//! Message templates and what filling them in may get wrong.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bubble::{Bubble, Button, ButtonKind};
use crate::graph_error::GraphError;
use crate::ids::Ids;

/// What a template may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Category {
    /// Offers; refused by people who stopped them.
    Marketing,
    /// About something the customer asked for.
    Utility,
    /// One-time codes.
    Authentication,
}

impl Category {
    /// As the `pricing` of a status names it.
    pub(crate) fn pricing(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::Utility => "utility",
            Self::Authentication => "authentication",
        }
    }
}

/// Whether a template may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TemplateStatus {
    /// It may.
    Approved,
    /// Not yet.
    Pending,
    /// Never was.
    Rejected,
    /// Not for some hours (132015).
    Paused,
    /// Never again (132016).
    Disabled,
}

/// A template in one language.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) category: Category,
    pub(crate) status: TemplateStatus,
    pub(crate) parameter_format: String,
    pub(crate) components: Vec<Value>,
}

/// All templates of the account.
pub(crate) struct Templates {
    all: Vec<Arc<Template>>,
}

impl Templates {
    /// The two templates of the demo business.
    pub(crate) fn preloaded(ids: &Ids) -> Self {
        let template = |name: &str, category, components| {
            Arc::new(Template {
                id: ids.node(),
                name: name.to_owned(),
                language: "en".to_owned(),
                category,
                status: TemplateStatus::Approved,
                parameter_format: "POSITIONAL".to_owned(),
                components,
            })
        };
        Self {
            all: vec![
                template(
                    "spring_sale",
                    Category::Marketing,
                    vec![
                        json!({"type": "HEADER", "format": "TEXT", "text": "Spring sale"}),
                        json!({"type": "BODY", "text": "Spring sale at our shop: 20% off until Sunday. Come by or order online, we look forward to seeing you."}),
                        json!({"type": "FOOTER", "text": "Not interested? Tap Stop promotions"}),
                        json!({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Stop promotions"}]}),
                    ],
                ),
                template(
                    "order_confirmation",
                    Category::Utility,
                    vec![
                        json!({"type": "BODY", "text": "Thank you for your order. We have received it and will tell you when it is on its way."}),
                    ],
                ),
            ],
        }
    }

    pub(crate) fn all(&self) -> &[Arc<Template>] {
        &self.all
    }

    pub(crate) fn find(&self, name: &str, language: &str) -> Option<Arc<Template>> {
        self.all.iter().find(|template| template.name == name && template.language == language).cloned()
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<Arc<Template>> {
        self.all.iter().find(|template| template.id == id).cloned()
    }

    /// Adds a template, or replaces the one with the same id.
    pub(crate) fn put(&mut self, template: Template) {
        match self.all.iter_mut().find(|other| other.id == template.id) {
            Some(place) => *place = Arc::new(template),
            None => self.all.push(Arc::new(template)),
        }
    }

    /// Removes a template in all its languages, or the one with the id; false when there was none.
    pub(crate) fn remove(&mut self, name: &str, id: Option<&str>) -> bool {
        let before = self.all.len();
        self.all.retain(|template| template.name != name || id.is_some_and(|id| template.id != id));
        self.all.len() < before
    }

    pub(crate) fn set_status(
        &mut self,
        name: &str,
        language: &str,
        status: TemplateStatus,
    ) -> Option<Arc<Template>> {
        let changed = Template { status, ..Template::clone(&*self.find(name, language)?) };
        self.put(changed);
        self.find(name, language)
    }

    /// The template a message asks for, if it may be sent now.
    ///
    /// # Errors
    /// 132001, 132015 or 132016.
    pub(crate) fn for_sending(&self, sent: &Value) -> Result<Arc<Template>, GraphError> {
        let name = sent.get("name").and_then(Value::as_str).unwrap_or_default();
        let language = sent.pointer("/language/code").and_then(Value::as_str).unwrap_or_default();
        let missing = || {
            GraphError::new(132_001).details(format!("template name ({name}) does not exist in {language}"))
        };
        let template = self.find(name, language).ok_or_else(missing)?;
        match template.status {
            TemplateStatus::Approved => Ok(template),
            TemplateStatus::Paused => Err(GraphError::new(132_015)),
            TemplateStatus::Disabled => Err(GraphError::new(132_016)),
            TemplateStatus::Pending | TemplateStatus::Rejected => Err(missing()),
        }
    }
}

/// The names inside `{{…}}`, each once, in order.
fn placeholders(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for part in text.split("{{").skip(1) {
        if let Some((name, _)) = part.split_once("}}")
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// The parameters sent for one component.
fn parameters(component: Option<&Value>) -> &[Value] {
    component
        .and_then(|component| component.get("parameters"))
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn is_type(component: &Value, wanted: &str) -> bool {
    component.get("type").and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case(wanted))
}

impl Template {
    fn component(&self, kind: &str) -> Option<&Value> {
        self.components.iter().find(|component| is_type(component, kind))
    }

    fn text_of(&self, kind: &str) -> Option<&str> {
        self.component(kind)?.get("text")?.as_str()
    }

    /// The message with the parameters of `sent` filled in.
    ///
    /// # Errors
    /// 132000 for a wrong number of parameters, 132012 for wrong ones, 132018 for texts that are not allowed, 132005
    /// when it becomes too long.
    pub(crate) fn fill(&self, sent: &Value) -> Result<Bubble, GraphError> {
        let components = sent.get("components").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let of = |kind: &str| components.iter().find(|component| is_type(component, kind));
        let header = match self.component("HEADER") {
            Some(header)
                if header.get("format").and_then(Value::as_str).is_none_or(|format| format == "TEXT") =>
            {
                Some(self.fill_text(
                    "header",
                    self.text_of("HEADER").unwrap_or_default(),
                    parameters(of("header")),
                )?)
            }
            Some(header) => Some(Self::media_header(header, parameters(of("header")))?),
            None => None,
        };
        let body =
            self.fill_text("body", self.text_of("BODY").unwrap_or_default(), parameters(of("body")))?;
        if body.chars().count() > 1024 {
            return Err(GraphError::new(132_005).details("body: text is longer than 1024 characters"));
        }
        Ok(Bubble {
            header,
            text: Some(body),
            footer: self.text_of("FOOTER").map(str::to_owned),
            buttons: self.fill_buttons(components)?,
            list: None,
        })
    }

    fn fill_text(&self, part: &str, text: &str, sent: &[Value]) -> Result<String, GraphError> {
        let names = placeholders(text);
        if names.len() != sent.len() {
            return Err(GraphError::new(132_000).details(format!(
                "{part}: number of localizable_params ({}) does not match the expected number of params ({})",
                sent.len(),
                names.len()
            )));
        }
        let mut filled = text.to_owned();
        for (position, name) in names.iter().enumerate() {
            let parameter = if self.parameter_format == "NAMED" {
                sent.iter().find(|p| p.get("parameter_name").and_then(Value::as_str) == Some(name))
            } else {
                // {{1}} is the first parameter wherever it stands in the text.
                let place = name.trim().parse::<usize>().map_or(position, |number| number.saturating_sub(1));
                sent.get(place)
            };
            let value = parameter.and_then(parameter_text).ok_or_else(|| {
                GraphError::new(132_012)
                    .details(format!("{part}: parameter {name} is missing or has no text"))
            })?;
            if value.contains(['\n', '\t', '\r']) || value.contains("     ") {
                return Err(GraphError::new(132_018));
            }
            filled = filled.replace(&format!("{{{{{name}}}}}"), value);
        }
        Ok(filled)
    }

    fn media_header(header: &Value, sent: &[Value]) -> Result<String, GraphError> {
        let format = header.get("format").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        match sent {
            [parameter]
                if is_type(parameter, &format) && parameter.get(&format).is_some_and(Value::is_object) =>
            {
                Ok(format)
            }
            [parameter] => Err(GraphError::new(132_012).details(format!(
                "header: Format mismatch, expected {}, received {}",
                format.to_ascii_uppercase(),
                parameter.get("type").and_then(Value::as_str).unwrap_or("UNKNOWN").to_ascii_uppercase()
            ))),
            _ => Err(GraphError::new(132_012).details(format!(
                "header: Format mismatch, expected {}, received UNKNOWN",
                format.to_ascii_uppercase()
            ))),
        }
    }

    fn fill_buttons(&self, components: &[Value]) -> Result<Vec<Button>, GraphError> {
        let buttons = self
            .component("BUTTONS")
            .and_then(|component| component.get("buttons"))
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let mut sent = vec![None; buttons.len()];
        for component in components.iter().filter(|component| is_type(component, "button")) {
            let index = match component.get("index") {
                Some(Value::String(index)) => index.parse::<usize>().ok(),
                Some(Value::Number(index)) => index.as_u64().and_then(|index| usize::try_from(index).ok()),
                _ => None,
            };
            let sub_type = component.get("sub_type").and_then(Value::as_str).unwrap_or_default();
            match index.and_then(|index| Some((buttons.get(index)?, sent.get_mut(index)?))) {
                Some((button, place)) if is_type(button, sub_type) => *place = Some(component),
                _ => {
                    return Err(GraphError::new(132_012)
                        .details("buttons: index or sub_type does not match a button of the template"));
                }
            }
        }
        buttons
            .iter()
            .zip(sent)
            .enumerate()
            .map(|(index, (button, sent))| fill_button(index, button, sent))
            .collect()
    }
}

fn fill_button(index: usize, button: &Value, sent: Option<&Value>) -> Result<Button, GraphError> {
    let string = |name: &str| button.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let text = string("text");
    if is_type(button, "QUICK_REPLY") {
        let payload = match parameters(sent) {
            [] => text.clone(),
            [parameter] => parameter
                .get("payload")
                .and_then(Value::as_str)
                .filter(|payload| !payload.is_empty() && payload.chars().count() <= 256)
                .ok_or_else(|| GraphError::invalid("A quick reply payload has 1 to 256 characters."))?
                .to_owned(),
            _ => return Err(GraphError::new(132_000).details("buttons: a quick reply takes one payload")),
        };
        return Ok(Button { kind: ButtonKind::QuickReply, text, payload });
    }
    let mut url = string("url");
    if let Some(name) = placeholders(&url).first().map(ToString::to_string) {
        let value = parameters(sent).first().and_then(parameter_text).ok_or_else(|| {
            GraphError::new(131_008)
                .details(format!("buttons: Button at index {index} of type Url requires a parameter"))
        })?;
        url = url.replace(&format!("{{{{{name}}}}}"), value);
    }
    Ok(Button { kind: ButtonKind::Open, text, payload: url })
}

/// The text of a parameter of type `text`, `currency` or `date_time`.
fn parameter_text(parameter: &Value) -> Option<&str> {
    let text = if is_type(parameter, "text") {
        parameter.get("text")
    } else {
        parameter
            .pointer("/currency/fallback_value")
            .or_else(|| parameter.pointer("/date_time/fallback_value"))
    };
    text?.as_str().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(format: &str, components: Value) -> Template {
        Template {
            id: "1".to_owned(),
            name: "t".to_owned(),
            language: "en".to_owned(),
            category: Category::Utility,
            status: TemplateStatus::Approved,
            parameter_format: format.to_owned(),
            components: components.as_array().unwrap().clone(),
        }
    }

    fn text(text: &str) -> Value {
        json!({"type": "text", "text": text})
    }

    #[test]
    fn positional_parameters_are_counted_and_filled_in() {
        let template = template("POSITIONAL", json!([{"type": "BODY", "text": "{{2}} for {{1}}, {{1}}!"}]));
        let fill = |parameters: Vec<Value>| {
            template.fill(&json!({"components": [{"type": "body", "parameters": parameters}]}))
        };
        assert_eq!(fill(vec![text("Ana"), text("Tea")]).unwrap().text.unwrap(), "Tea for Ana, Ana!");
        assert_eq!(fill(vec![text("Ana")]).unwrap_err().code, 132_000);
        assert_eq!(fill(vec![text("Ana"), text("")]).unwrap_err().code, 132_012);
        assert_eq!(fill(vec![text("Ana"), text("a\nb")]).unwrap_err().code, 132_018);
        assert_eq!(fill(vec![text("Ana"), text(&"x".repeat(1100))]).unwrap_err().code, 132_005);
        assert_eq!(template.fill(&json!({})).unwrap_err().code, 132_000);
    }

    #[test]
    fn named_parameters_are_found_by_name() {
        let template = template("NAMED", json!([{"type": "BODY", "text": "Hi {{first_name}}"}]));
        let fill = |name: &str| {
            let parameter = json!({"type": "text", "parameter_name": name, "text": "Jo"});
            template.fill(&json!({"components": [{"type": "BODY", "parameters": [parameter]}]}))
        };
        assert_eq!(fill("first_name").unwrap().text.unwrap(), "Hi Jo");
        assert_eq!(fill("name").unwrap_err().code, 132_012);
    }

    #[test]
    fn buttons_carry_the_payload_sent_or_their_label() {
        let template = template(
            "POSITIONAL",
            json!([{"type": "BODY", "text": "x"}, {"type": "BUTTONS", "buttons": [
                {"type": "QUICK_REPLY", "text": "Stop"}, {"type": "URL", "text": "Shop", "url": "https://shop.test/{{1}}"}]}]),
        );
        let url = json!({"type": "button", "sub_type": "url", "index": "1", "parameters": [text("promo")]});
        let stop = json!({"type": "button", "sub_type": "quick_reply", "index": 0, "parameters": [{"type": "payload", "payload": "OPT_OUT"}]});
        let payloads = |components: Value| {
            template
                .fill(&json!({"components": components}))
                .map(|bubble| bubble.buttons.into_iter().map(|button| button.payload).collect::<Vec<_>>())
        };
        assert_eq!(payloads(json!([url])).unwrap(), ["Stop", "https://shop.test/promo"]);
        assert_eq!(payloads(json!([stop, url])).unwrap()[0], "OPT_OUT");
        assert_eq!(payloads(json!([stop])).unwrap_err().code, 131_008);
        let wrong = json!({"type": "button", "sub_type": "quick_reply", "index": 1, "parameters": []});
        assert_eq!(payloads(json!([wrong])).unwrap_err().code, 132_012);
    }

    #[test]
    fn a_media_header_needs_its_media() {
        let template = template(
            "POSITIONAL",
            json!([{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "x"}]),
        );
        let fill = |parameters: Value| {
            template.fill(&json!({"components": [{"type": "header", "parameters": parameters}]}))
        };
        assert!(fill(json!([{"type": "image", "image": {"id": "1"}}])).is_ok());
        assert_eq!(fill(json!([text("x")])).unwrap_err().code, 132_012);
        assert_eq!(fill(json!([])).unwrap_err().code, 132_012);
    }
}
