use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::visit::use_visit;
use crate::{App, Site};

/// The script that starts the browser program.
const START: &str = include_str!("start.js");

/// The document around the application, on the server only.
///
/// It starts the browser program itself instead of through `HydrationScripts`: the addresses are those of the hashed files
/// the server holds, and nothing is read from disk for it.
pub fn shell(site: Site) -> impl IntoView {
    let visit = use_visit();
    let nonce = use_nonce();
    let addresses = [
        ("%JS%", &site.js),
        ("%WASM%", &site.wasm),
        ("%LAB_JS%", &site.lab_js),
        ("%LAB_WASM%", &site.lab_wasm),
    ];
    let start =
        addresses.iter().fold(START.to_owned(), |start, (mark, address)| start.replace(mark, address));
    view! {
        <!DOCTYPE html>
        <html lang=visit.language.tag() dir=visit.language.direction() data-theme=visit.theme.attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/pkg/favicon.svg" type="image/svg+xml"/>
                <link rel="preload" href="/pkg/inter-latin.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href=site.css/>
                <link rel="modulepreload" href=site.js nonce=nonce.clone()/>
                <link rel="preload" href=site.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <script type="module" nonce=nonce inner_html=start></script>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
