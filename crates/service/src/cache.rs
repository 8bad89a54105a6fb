//! What every webhook needs and hardly ever changes: connections with their secrets open, and settings ready to match.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use detection::Lexicon;
use domain::id::{BusinessId, ConnectionId};
use domain::settings::{Draft, Settings};
use store::Tx;
use zeroize::Zeroizing;

use crate::{Error, Inner};

/// A connection with its secrets open.
pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    pub(crate) business: BusinessId,
    pub(crate) app_secret: Zeroizing<String>,
    pub(crate) verify_token: Zeroizing<String>,
}

/// A business's settings in force, ready to match messages.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) settings: Settings,
    pub(crate) lexicon: Lexicon,
    pub(crate) business_name: String,
}

/// What a draft of the settings listens for.
#[must_use]
pub(crate) fn lexicon(draft: &Draft) -> Lexicon {
    Lexicon::new(&draft.opt_out_keywords, &draft.opt_in_keywords, &draft.help_keywords)
        .without(&draft.muted_languages)
}

#[derive(Default)]
pub(crate) struct Cache {
    /// By what stands in the webhook's path: the id or the handle. Only connections that exist are kept.
    connections: Mutex<HashMap<String, Arc<Connection>>>,
    rules: Mutex<HashMap<BusinessId, Arc<Rules>>>,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cache")
    }
}

impl Inner {
    /// The connection that a webhook's path names.
    pub(crate) async fn connection(&self, path: &str) -> Result<Arc<Connection>, Error> {
        let known = self.cache.connections.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if let Some(connection) = known {
            return Ok(connection);
        }
        let db = self.db.clone();
        let wanted = path.to_owned();
        let stored = crate::task(async move {
            let mut tx = db.read().await?;
            Ok(match wanted.parse() {
                Ok(id) => store::connection::find_connection(&mut tx, id).await?,
                Err(_) => store::connection::find_connection_by_handle(&mut tx, &wanted).await?,
            })
        })
        .await?
        .ok_or(Error::NotFound)?;
        let connection = Arc::new(Connection {
            id: stored.id,
            business: stored.business,
            app_secret: self
                .key
                .open(&crate::connections::place(stored.id, "app_secret"), &stored.app_secret)?,
            verify_token: self
                .key
                .open(&crate::connections::place(stored.id, "verify_token"), &stored.verify_token)?,
        });
        let mut connections = self.cache.connections.lock().unwrap_or_else(PoisonError::into_inner);
        connections.insert(path.to_owned(), connection.clone());
        Ok(connection)
    }

    /// The rules in force for a business, read again when another version was saved, here or in another process.
    pub(crate) async fn rules(&self, tx: &mut Tx, business: BusinessId) -> Result<Arc<Rules>, Error> {
        let version = store::settings::find_settings_version(tx, business).await?.unwrap_or(0);
        let known = self.cache.rules.lock().unwrap_or_else(PoisonError::into_inner).get(&business).cloned();
        if let Some(rules) = known.filter(|rules| rules.settings.version == version) {
            return Ok(rules);
        }
        let settings = store::settings::find_settings(tx, business).await?.ok_or(Error::NotFound)?;
        let business_name = store::access::find_business(tx, business).await?.ok_or(Error::NotFound)?.name;
        let lexicon = lexicon(&settings.draft);
        let rules = Arc::new(Rules { settings, lexicon, business_name });
        self.cache.rules.lock().unwrap_or_else(PoisonError::into_inner).insert(business, rules.clone());
        Ok(rules)
    }
}
