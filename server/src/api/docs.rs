//! `/api/v1/openapi.json`, and the same document as a page for people, `/api/docs`.

use std::fmt::Write as _;
use std::sync::OnceLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde_json::Value;

use super::problem::{KINDS, describe_reason};
use crate::html::escaped;
use crate::state::AppState;

/// The description of the API, version 3.1 of OpenAPI.
pub const OPENAPI: &str = include_str!("openapi.json");
const STYLE: &str = include_str!("docs.css");

/// The document itself, below `/api/v1`.
pub fn description() -> Router<AppState> {
    Router::new().route(
        "/openapi.json",
        get(|| async { ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], OPENAPI) }),
    )
}

/// The page for people, and where the types of problems lead.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/docs", get(|| async { Html(page()) }))
        .route(
            "/api/docs.css",
            get(|| async {
                ([(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))], STYLE)
            }),
        )
        .route("/api/problems/{kind}", get(problem))
}

async fn problem(Path(kind): Path<String>) -> Response {
    match KINDS.iter().any(|(name, ..)| *name == kind) {
        true => Redirect::to(&format!("/api/docs#{kind}")).into_response(),
        false => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The page, made once.
fn page() -> &'static str {
    static PAGE: OnceLock<String> = OnceLock::new();
    PAGE.get_or_init(|| {
        let document = serde_json::from_str(OPENAPI).unwrap_or(Value::Null);
        let mut html = String::new();
        // Writing to a string cannot fail.
        let _ = write_page(&mut html, &document);
        html
    })
}

/// The methods in the order people look for them.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn write_page(html: &mut String, document: &Value) -> std::fmt::Result {
    let info = &document["info"];
    write!(
        html,
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>{0}</title>\
         <link rel=\"icon\" href=\"/favicon.svg\"><link rel=\"stylesheet\" href=\"/api/docs.css\"></head><body>\
         <a class=\"skip\" href=\"#main\">Skip to content</a><nav aria-label=\"Operations\"><p class=\"name\">{0}</p><ul>",
        text(&info["title"])
    )?;
    for (method, path, operation) in operations(document) {
        write!(
            html,
            "<li><a href=\"#{}\"><b class=\"{method}\">{method}</b> {}</a></li>",
            text(&operation["operationId"]),
            escaped(path)
        )?;
    }
    write!(
        html,
        "<li><a href=\"#schemas\">Objects</a></li><li><a href=\"#problems\">Problems</a></li></ul></nav>\
         <main id=\"main\"><h1>{}</h1>",
        text(&info["title"])
    )?;
    write_paragraphs(html, &info["description"])?;
    html.push_str("<p>For programs: <a href=\"/api/v1/openapi.json\">openapi.json</a>.</p>");
    for (method, path, operation) in operations(document) {
        write_operation(html, document, method, path, operation)?;
    }
    write_schemas(html, document)?;
    write_problems(html)?;
    html.push_str("</main></body></html>");
    Ok(())
}

fn operations(document: &Value) -> impl Iterator<Item = (&'static str, &str, &Value)> {
    document["paths"].as_object().into_iter().flatten().flat_map(|(path, item)| {
        METHODS.into_iter().filter_map(move |method| Some((method, path.as_str(), item.get(method)?)))
    })
}

fn write_operation(
    html: &mut String,
    document: &Value,
    method: &str,
    path: &str,
    operation: &Value,
) -> std::fmt::Result {
    write!(
        html,
        "<section id=\"{}\"><h2>{}</h2><p class=\"call\"><b class=\"{method}\">{method}</b> <code>{}{}</code></p>",
        text(&operation["operationId"]),
        text(&operation["summary"]),
        text(&document["servers"][0]["url"]),
        escaped(path)
    )?;
    write_paragraphs(html, &operation["description"])?;
    let parameters: Vec<&Value> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|found| resolve(document, found))
        .collect();
    if !parameters.is_empty() {
        html.push_str("<h3>Parameters</h3><dl>");
        for parameter in parameters {
            let required = if parameter["required"] == true { " <em>required</em>" } else { "" };
            write!(
                html,
                "<dt><code>{}</code> <span>{}</span>{required}</dt><dd>{}</dd>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                text(&parameter["description"])
            )?;
        }
        html.push_str("</dl>");
    }
    let body = &operation["requestBody"]["content"]["application/json"];
    if !body.is_null() {
        html.push_str("<h3>Body</h3>");
        write_reference(html, &body["schema"])?;
        write_examples(html, body)?;
    }
    html.push_str("<h3>Answers</h3><dl>");
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        let answer = resolve(document, answer);
        write!(html, "<dt><code>{}</code></dt><dd>{}", escaped(status), text(&answer["description"]))?;
        if let Some((_, content)) = answer["content"].as_object().and_then(|content| content.iter().next()) {
            write_reference(html, &content["schema"])?;
            write_examples(html, content)?;
        }
        html.push_str("</dd>");
    }
    html.push_str("</dl></section>");
    Ok(())
}

fn write_schemas(html: &mut String, document: &Value) -> std::fmt::Result {
    html.push_str("<section id=\"schemas\"><h2>Objects</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        write!(html, "<h3 id=\"schema-{0}\">{0}</h3>", escaped(name))?;
        write_paragraphs(html, &schema["description"])?;
        html.push_str("<dl>");
        for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
            write!(
                html,
                "<dt><code>{}</code> <span>{}</span></dt><dd>{}",
                escaped(field),
                kind(schema),
                text(&schema["description"])
            )?;
            write_reference(html, schema)?;
            html.push_str("</dd>");
        }
        html.push_str("</dl>");
    }
    html.push_str("</section>");
    Ok(())
}

fn write_problems(html: &mut String) -> std::fmt::Result {
    html.push_str("<section id=\"problems\"><h2>Problems</h2><p>Every error is a problem document (RFC 9457): <code>type</code> ends in one of these words.</p><dl>");
    for (kind, status, title) in KINDS {
        write!(
            html,
            "<dt id=\"{kind}\"><code>{kind}</code> <span>{}</span></dt><dd>{title}.",
            status.as_u16()
        )?;
        if kind == "refused" {
            html.push_str(" <code>reason</code> says why:<dl>");
            for reason in domain::permit::Reason::ALL {
                write!(
                    html,
                    "<dt><code>{}</code></dt><dd>{}</dd>",
                    reason.as_str(),
                    escaped(describe_reason(reason))
                )?;
            }
            html.push_str("</dl>");
        }
        html.push_str("</dd>");
    }
    html.push_str("</dl></section>");
    Ok(())
}

/// The type of a field in few words.
fn kind(schema: &Value) -> String {
    let kinds = match &schema["type"] {
        Value::String(one) => one.clone(),
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => return String::new(),
    };
    match schema["enum"].as_array() {
        Some(words) => words
            .iter()
            .map(|word| word.as_str().unwrap_or("null"))
            .map(escaped)
            .collect::<Vec<_>>()
            .join(" | "),
        None => escaped(&kinds),
    }
}

/// A link to the object a schema refers to.
fn write_reference(html: &mut String, schema: &Value) -> std::fmt::Result {
    let target = [schema, &schema["items"], &schema["properties"]["data"]["items"]]
        .into_iter()
        .find_map(|schema| schema["$ref"].as_str())
        .and_then(|reference| reference.rsplit('/').next());
    match target {
        Some(name) => write!(html, "<p>→ <a href=\"#schema-{0}\">{0}</a></p>", escaped(name)),
        None => Ok(()),
    }
}

fn write_examples(html: &mut String, content: &Value) -> std::fmt::Result {
    let several = content["examples"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, example)| (text(&example["summary"]), &example["value"]));
    let one = content.get("example").map(|example| (String::new(), example));
    for (summary, value) in one.into_iter().chain(several) {
        if !summary.is_empty() {
            write!(html, "<p>{summary}:</p>")?;
        }
        let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
        write!(html, "<pre tabindex=\"0\"><code>{}</code></pre>", escaped(&pretty))?;
    }
    Ok(())
}

fn write_paragraphs(html: &mut String, value: &Value) -> std::fmt::Result {
    for paragraph in
        value.as_str().unwrap_or_default().split("\n\n").filter(|paragraph| !paragraph.is_empty())
    {
        write!(html, "<p>{}</p>", inline(paragraph))?;
    }
    Ok(())
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

fn text(value: &Value) -> String {
    inline(value.as_str().unwrap_or_default())
}

/// Escapes, and turns what stands between backquotes into code.
fn inline(source: &str) -> String {
    source
        .split('`')
        .enumerate()
        .map(
            |(index, piece)| {
                if index % 2 == 1 { format!("<code>{}</code>", escaped(piece)) } else { escaped(piece) }
            },
        )
        .collect()
}
