//! Webhooks and signatures that other projects published. They are not part of this repository: where the folder is
//! missing, each test says that it is skipped.

#![expect(
    clippy::unwrap_used,
    reason = "a panic is how a test fails; clippy exempts only functions marked as tests"
)]
#![expect(clippy::print_stdout, reason = "says what was skipped and what was found")]

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use domain::inbound::Update;
use domain::time::Timestamp;
use serde_json::Value;
use whatsapp::signature;
use whatsapp::webhook::{parse, parse_at};

const RECEIVED_AT: Timestamp = Timestamp::from_seconds(1_764_000_000);

/// The folder, or `None` and a word about it.
fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no ../shared/fixtures beside the checkout");
    None
}

/// Every JSON file under `folder`, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The words of one column of the index, by file.
fn index(folder: &Path, column: &str) -> HashMap<String, Vec<String>> {
    let table = fs::read_to_string(folder.join("INDEX.tsv")).unwrap();
    let mut lines = table.lines();
    let at = lines.next().unwrap().split('\t').position(|name| name == column).unwrap();
    let words = |cell: &str| cell.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    lines
        .map(|line| {
            let cells: Vec<_> = line.split('\t').collect();
            (cells[0].to_owned(), words(cells.get(at).copied().unwrap_or_default()))
        })
        .collect()
}

/// Meta's word for the type of a message, wherever the update kept it.
fn type_of(update: &Update) -> Option<String> {
    match update {
        Update::Message(message) => {
            let raw: Value = serde_json::from_str(&message.raw).unwrap();
            let word = raw.get("type").and_then(Value::as_str)?.to_owned();
            let read = message.message_type.as_str();
            let alias = matches!((word.as_str(), read), ("unknown", "unsupported") | ("voice", "audio"));
            assert!(word == read || alias, "{word} was read as {read}");
            Some(word)
        }
        Update::Other { why: "no_identity" | "no_time" | "no_id", raw, .. } => {
            let raw: Value = serde_json::from_str(raw).unwrap();
            raw.get("type").and_then(Value::as_str).map(str::to_owned)
        }
        _ => None,
    }
}

#[test]
fn every_published_webhook_is_accepted_and_shows_up_as_what_it_is() {
    let Some(folder) = shared() else { return };
    let types = index(&folder, "types");
    let statuses = index(&folder, "statuses");
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    let files = files(&folder.join("webhooks"));
    assert!(files.len() > 250, "{} files", files.len());
    for file in &files {
        let name = file.strip_prefix(&folder).unwrap().to_str().unwrap();
        let delivered =
            parse_at(&fs::read(file).unwrap(), RECEIVED_AT).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut found: Vec<_> = delivered.updates.iter().filter_map(type_of).collect();
        found.sort();
        found.dedup();
        let expected: Vec<_> = types[name].iter().filter(|word| !word.contains('.')).cloned().collect();
        // What a business wrote itself is kept whole, and not taken apart by type.
        let own =
            delivered.updates.iter().any(|update| matches!(update, Update::Other { why: "own_words", .. }));
        if !own {
            assert_eq!(found, expected, "{name}");
        }
        for status in &statuses[name] {
            let is_there = delivered.updates.iter().any(|update| match update {
                Update::Status(read) => read.delivery.as_str() == status,
                Update::Other { why: "no_time" | "unknown_status", raw, .. } => raw.contains(status.as_str()),
                Update::Other { why: "field", .. } => true,
                _ => false,
            });
            assert!(is_there, "{name}: {status}");
        }
        for update in &delivered.updates {
            let kind = match update {
                Update::Message(message) => format!("message {}", message.message_type.as_str()),
                Update::Status(status) => format!("status {}", status.delivery.as_str()),
                Update::Preference(preference) => format!("preference stop={}", preference.stop),
                Update::Identity(_) => "identity".to_owned(),
                Update::Template(_) => "template".to_owned(),
                Update::Other { field, why, .. } => format!("other {why} ({field})"),
            };
            *counted.entry(kind).or_default() += 1;
        }
    }
    for (kind, count) in counted {
        println!("{count:5} {kind}");
    }
}

#[test]
fn bundles_and_fragments_are_accepted_too() {
    let Some(folder) = shared() else { return };
    let accepted = |value: &Value, name: &str| {
        parse(value.to_string().as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
    };
    for file in files(&folder.join("webhook-bundles")) {
        let bundle: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        for (name, value) in bundle.as_object().unwrap() {
            if value.get("entry").is_some() {
                accepted(value, name);
            }
        }
    }
    for file in files(&folder.join("webhook-fragments")) {
        let fragment: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        for value in
            [fragment.clone(), serde_json::json!({ "messages": [fragment.clone()], "statuses": [fragment] })]
        {
            let change = serde_json::json!({ "field": "messages", "value": value });
            let envelope = serde_json::json!({
                "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [change] }],
            });
            accepted(&envelope, &file.display().to_string());
        }
    }
}

#[test]
fn every_malformed_body_is_refused() {
    let Some(folder) = shared() else { return };
    let files = files(&folder.join("malformed"));
    assert!(!files.is_empty());
    for file in files {
        assert!(parse(&fs::read(&file).unwrap()).is_err(), "{}", file.display());
    }
}

#[test]
fn every_published_signature_is_judged_right() {
    let Some(folder) = shared() else { return };
    let vectors: Value =
        serde_json::from_slice(&fs::read(folder.join("hmac_vectors.json")).unwrap()).unwrap();
    let text = |vector: &Value, key: &str| vector[key].as_str().unwrap().to_owned();
    for vector in vectors["positive"].as_array().unwrap() {
        let mut body = text(vector, "body");
        // Such a vector gives the text; what was signed, and what Meta sends, is the text with escapes.
        if text(vector, "verified_here").contains("escaped") {
            body = escaped(&body);
        }
        let (secret, header) = (text(vector, "secret"), text(vector, "header"));
        assert!(signature::verify(secret.as_bytes(), body.as_bytes(), Some(&header)), "{}", vector["name"]);
        assert_eq!(signature::sign(secret.as_bytes(), body.as_bytes()), header);
    }
    let genuine = &vectors["positive"][0];
    let (secret, body) = (text(genuine, "secret"), text(genuine, "body"));
    for vector in vectors["negative"].as_array().unwrap() {
        let header = vector["header"].as_str();
        assert!(!signature::verify(secret.as_bytes(), body.as_bytes(), header), "{}", vector["why"]);
    }
}

/// `text` with everything outside ASCII as `\uXXXX`, in lower case.
fn escaped(text: &str) -> String {
    let mut ascii = String::new();
    for character in text.chars() {
        if character.is_ascii() {
            ascii.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                ascii.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    ascii
}
