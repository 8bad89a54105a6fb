//! What of the list is shown: all of it in the address, so that it can be shared, reloaded and used without JavaScript.

use domain::consent::State;
use domain::contact::{ContactQuery, ContactSort};
use leptos_router::params::ParamsMap;

use crate::auth::percent_encoded;

/// The path of the list.
pub const CONTACTS_PATH: &str = "/contacts";

/// A view of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Part of a name or number.
    pub q: String,
    /// Only this state.
    pub state: Option<State>,
    /// Only this tag.
    pub tag: Option<String>,
    /// The order.
    pub sort: ContactSort,
    /// Where the page starts.
    pub cursor: Option<String>,
}

/// The word for an order in the address.
#[must_use]
pub const fn sort_word(sort: ContactSort) -> &'static str {
    match sort {
        ContactSort::Newest => "newest",
        ContactSort::Name => "name",
    }
}

impl Listing {
    /// Reads the address; what it does not understand it leaves out.
    #[must_use]
    pub fn read(params: &ParamsMap) -> Self {
        let text = |name: &str| params.get(name).filter(|text| !text.trim().is_empty());
        Self {
            q: text("q").unwrap_or_default(),
            state: text("state").and_then(|word| word.parse().ok()),
            tag: text("tag"),
            sort: if text("sort").as_deref() == Some("name") {
                ContactSort::Name
            } else {
                ContactSort::Newest
            },
            cursor: text("page"),
        }
    }

    /// The address of this view.
    #[must_use]
    pub fn href(&self) -> String {
        let sort = (self.sort != ContactSort::Newest).then(|| sort_word(self.sort).to_owned());
        let pairs = [
            ("q", Some(self.q.clone()).filter(|q| !q.is_empty())),
            ("state", self.state.map(|state| state.as_str().to_owned())),
            ("tag", self.tag.clone()),
            ("sort", sort),
            ("page", self.cursor.clone()),
        ];
        let query: Vec<String> = pairs
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", percent_encoded(&value?))))
            .collect();
        if query.is_empty() {
            CONTACTS_PATH.to_owned()
        } else {
            format!("{CONTACTS_PATH}?{}", query.join("&"))
        }
    }

    /// The same view from its first page, changed.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = Self { cursor: None, ..self.clone() };
        change(&mut changed);
        changed
    }

    /// Another page of the same view.
    #[must_use]
    pub fn at(&self, cursor: String) -> Self {
        Self { cursor: Some(cursor), ..self.clone() }
    }

    /// Whether something is left out.
    #[must_use]
    pub const fn is_filtered(&self) -> bool {
        !self.q.is_empty() || self.state.is_some() || self.tag.is_some()
    }

    /// What to ask the service.
    #[must_use]
    pub fn query(&self) -> ContactQuery {
        ContactQuery {
            search: Some(self.q.clone()).filter(|q| !q.is_empty()),
            state: self.state,
            tag: self.tag.clone(),
            phone: None,
            sort: self.sort,
            cursor: self.cursor.clone(),
            limit: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_shown_and_nothing_more() {
        let mut params = ParamsMap::new();
        for (name, value) in
            [("q", "ana & co"), ("state", "held"), ("sort", "name"), ("page", "f00"), ("other", "x")]
        {
            params.insert(name, value.to_owned());
        }
        let listing = Listing::read(&params);
        assert_eq!(listing.state, Some(State::Held));
        assert_eq!(listing.href(), "/contacts?q=ana%20%26%20co&state=held&sort=name&page=f00");
        assert_eq!(
            listing.with(|listing| listing.state = None).href(),
            "/contacts?q=ana%20%26%20co&sort=name"
        );
        assert_eq!(Listing::default().href(), "/contacts");
    }

    #[test]
    fn nonsense_in_the_address_is_left_out() {
        let mut params = ParamsMap::new();
        params.insert("state", "gone".to_owned());
        params.insert("sort", "sideways".to_owned());
        assert_eq!(Listing::read(&params), Listing::default());
    }
}
