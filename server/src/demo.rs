//! Demo mode: a shop with a thousand customers, a few conversations, and the emulator in the place of WhatsApp.
//!
//! Every person is invented, every number lies in a range that its country's regulator keeps free for fiction, and the same
//! seed always makes the same people.

mod names;
mod people;
mod stories;

use std::net::SocketAddr;

use domain::kind::MessageKind;
use domain::template::{Template, TemplateStatus};
use domain::time::Span;
use emulator::{Config, Emulator, Webhook};
use service::Service;
use service::demo::{self, DemoCampaign, DemoData, HANDLE};

pub use people::people;

/// What its webhooks are signed with.
pub const APP_SECRET: &str = "demo-app-secret";
/// What Meta would send to verify its webhook.
pub const VERIFY_TOKEN: &str = "demo-verify-token";
/// Who signs in.
pub const EMAIL: &str = "owner@demo.test";
/// With which password.
pub const PASSWORD: &str = "demo-password";
/// A write-scoped key of its API.
pub const API_KEY: &str = "demo-api-key";
/// How the shop is called.
pub const BUSINESS_NAME: &str = "Demo Shop";
/// Customers in the beginning.
pub const PEOPLE: usize = 1_000;

/// Fills an empty database, or takes the demo that is there, and starts the emulator against `address`, the one this server
/// listens on.
///
/// # Errors
/// When the database cannot be reached.
pub async fn prepare(service: &Service, address: SocketAddr) -> Result<Emulator, service::Error> {
    let graph_url = format!("http://{address}/emulator");
    let config = Config::default();
    if service::business::find(service, HANDLE).await?.is_none() {
        demo::seed(service, data(service, &config, graph_url)?).await?;
    } else {
        // The port may be another one than last time.
        service::connections::set_graph_url(service, HANDLE, &graph_url).await?;
    }
    let webhook = Webhook {
        url: format!("http://{address}/webhooks/whatsapp/{HANDLE}"),
        app_secret: APP_SECRET.to_owned(),
    };
    Ok(Emulator::new(Config { webhook: Some(webhook), ..config }))
}

fn data(service: &Service, config: &Config, graph_url: String) -> Result<DemoData, service::Error> {
    let contacts = people(service.now()).map_err(|error| service::Error::Internal(error.into()))?;
    Ok(DemoData {
        business_name: BUSINESS_NAME.to_owned(),
        email: EMAIL.to_owned(),
        password: PASSWORD.to_owned(),
        api_key: API_KEY.to_owned(),
        phone_number_id: config.phone_number_id.clone(),
        waba_id: config.waba_id.clone(),
        display_number: config.display_number.clone(),
        app_secret: APP_SECRET.to_owned(),
        verify_token: VERIFY_TOKEN.to_owned(),
        graph_url,
        templates: templates(),
        contacts,
        campaign: DemoCampaign {
            name: "Autumn news".to_owned(),
            template: "spring_sale".to_owned(),
            launched_at: service.now() - Span::days(16),
        },
    })
}

/// The templates that the emulator approved.
fn templates() -> Vec<Template> {
    let template = |name: &str, kind, body: &str| Template {
        name: name.to_owned(),
        language: "en".to_owned(),
        kind,
        status: TemplateStatus::Approved,
        body: body.to_owned(),
        footer: None,
        buttons: Vec::new(),
    };
    vec![
        Template {
            footer: Some("Not interested? Tap Stop promotions".to_owned()),
            buttons: vec!["Stop promotions".to_owned()],
            ..template(
                "spring_sale",
                MessageKind::Marketing,
                "Spring sale at our shop: 20% off until Sunday. Come by or order online, we look forward to seeing you.",
            )
        },
        template(
            "order_confirmation",
            MessageKind::Utility,
            "Thank you for your order. We have received it and will tell you when it is on its way.",
        ),
    ]
}
