//! The built site: browser program, style sheet, fonts, icon. Inside the program with the feature `embed`, else on disk.

use std::borrow::Cow;
use std::path::{Component, Path as FilePath};

use app::Site;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::state::AppState;

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../target/site"]
struct Embedded;

/// The files, and the addresses of those that pages need.
pub struct SiteFiles {
    #[cfg(not(feature = "embed"))]
    directory: std::path::PathBuf,
    addresses: Site,
}

/// `manifest.json`, as the build writes it.
#[derive(Deserialize)]
struct Manifest {
    js: String,
    wasm: String,
    css: String,
    lab_js: String,
    lab_wasm: String,
}

impl SiteFiles {
    /// The site inside the program.
    #[cfg(feature = "embed")]
    #[must_use]
    pub fn embedded() -> Self {
        let manifest = Embedded::get("manifest.json").map(|file| file.data);
        Self { addresses: addresses(manifest.as_deref()) }
    }

    /// The site in a directory. One that does not exist leaves pages without style and program, but readable.
    #[cfg(not(feature = "embed"))]
    #[must_use]
    pub fn in_directory(directory: std::path::PathBuf) -> Self {
        let manifest = std::fs::read(directory.join("manifest.json")).ok();
        Self { addresses: addresses(manifest.as_deref()), directory }
    }

    /// What pages need.
    #[must_use]
    pub const fn addresses(&self) -> &Site {
        &self.addresses
    }

    /// Whether the name changes with the content, so that the content never changes under the name.
    fn is_hashed(&self, name: &str) -> bool {
        let Site { js, wasm, css, lab_js, lab_wasm } = &self.addresses;
        [js, wasm, css, lab_js, lab_wasm].iter().any(|address| address.strip_prefix("/pkg/") == Some(name))
            && name.split('.').count() > 2
    }

    /// A file below `pkg`.
    #[cfg(feature = "embed")]
    async fn read(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        Embedded::get(&format!("pkg/{name}")).map(|file| file.data)
    }

    /// A file below `pkg`.
    #[cfg(not(feature = "embed"))]
    async fn read(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        tokio::fs::read(self.directory.join("pkg").join(name)).await.ok().map(Cow::Owned)
    }
}

fn addresses(manifest: Option<&[u8]>) -> Site {
    let found = manifest.and_then(|text| match serde_json::from_slice::<Manifest>(text) {
        Ok(manifest) => Some(manifest),
        Err(error) => {
            tracing::warn!(%error, "the site's manifest cannot be read");
            None
        }
    });
    if found.is_none() {
        tracing::warn!("the site was not built: pages come without style and browser program");
    }
    let manifest = found.unwrap_or_else(|| Manifest {
        js: "/pkg/app.js".to_owned(),
        wasm: "/pkg/app.wasm".to_owned(),
        css: "/pkg/app.css".to_owned(),
        lab_js: "/pkg/lab.js".to_owned(),
        lab_wasm: "/pkg/lab.wasm".to_owned(),
    });
    let Manifest { js, wasm, css, lab_js, lab_wasm } = manifest;
    Site { js, wasm, css, lab_js, lab_wasm }
}

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new().route("/pkg/{*name}", get(file)).route(
        "/favicon.svg",
        get(|State(app): State<AppState>, headers: HeaderMap| async move {
            serve(&app.site, "favicon.svg", &headers).await
        }),
    )
}

async fn file(State(app): State<AppState>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    serve(&app.site, &name, &headers).await
}

/// The precompressed forms, best first: what the browser calls it, and the end of the file's name.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

async fn serve(site: &SiteFiles, name: &str, headers: &HeaderMap) -> Response {
    let missing = || (StatusCode::NOT_FOUND, "no such file\n").into_response();
    let plain = FilePath::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    let Some(kind) = content_type(name).filter(|_| plain) else { return missing() };

    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut found = None;
    for (encoding, end) in ENCODINGS {
        if accepts(accepted, encoding)
            && let Some(content) = site.read(&format!("{name}{end}")).await
        {
            found = Some((content, Some(encoding)));
            break;
        }
    }
    if found.is_none() {
        found = site.read(name).await.map(|content| (content, None));
    }
    let Some((content, encoding)) = found else { return missing() };

    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&content)[..12]));
    let unchanged = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag));
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        content.into_owned().into_response()
    };
    let caching =
        if site.is_hashed(name) { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
    let head = response.headers_mut();
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    head.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        head.insert(header::ETAG, tag);
    }
    if !unchanged {
        head.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Some(encoding) = encoding {
            head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
    }
    response
}

fn content_type(name: &str) -> Option<&'static str> {
    Some(match FilePath::new(name).extension()?.to_str()? {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

/// Whether an `Accept-Encoding` allows an encoding.
fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_used_only_when_it_is_accepted() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("BR;q=0.5", "br"));
        assert!(!accepts("gzip;q=1.0, br;q=0", "br"));
        assert!(!accepts("", "gzip"));
    }

    #[test]
    fn only_known_kinds_of_file_are_served() {
        assert_eq!(content_type("app.0a1b.wasm"), Some("application/wasm"));
        assert_eq!(content_type("app.0a1b.wasm.br"), None);
        assert_eq!(content_type("secret.key"), None);
        assert_eq!(content_type("manifest"), None);
    }
}
