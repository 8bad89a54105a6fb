//! What of the list is shown: all of it in the address, so that it can be shared, reloaded and used without JavaScript.

use domain::consent::{Source, State};
use domain::contact::{CampaignFilter, ContactQuery, ContactSort};
use leptos_router::params::ParamsMap;

use super::columns::ContactColumns;
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
    /// Only this country.
    pub country: Option<String>,
    /// Only those whose choice came through this channel.
    pub source: Option<Source>,
    /// Only those who wrote within so many days.
    pub wrote: Option<u16>,
    /// Only those added within so many days.
    pub added: Option<u16>,
    /// Only those who are blocked, or not.
    pub blocked: Option<bool>,
    /// Only those who are written to in this language.
    pub language: Option<String>,
    /// Only those of a campaign, with an outcome in it.
    pub campaign: Option<CampaignFilter>,
    /// The order.
    pub sort: ContactSort,
    /// The columns, where the address says which.
    pub columns: Option<ContactColumns>,
    /// Where the page starts.
    pub cursor: Option<String>,
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
            country: text("country").map(|code| code.trim().to_uppercase()).filter(|code| code.len() == 2),
            source: text("source").and_then(|word| word.parse().ok()),
            wrote: text("wrote").and_then(|days| days.parse().ok()),
            added: text("added").and_then(|days| days.parse().ok()),
            blocked: text("blocked").and_then(|word| word.parse().ok()),
            language: text("language").map(|code| code.trim().to_lowercase()),
            campaign: text("campaign").zip(text("outcome")).and_then(|(campaign, outcome)| {
                Some(CampaignFilter { campaign: campaign.parse().ok()?, outcome: outcome.parse().ok()? })
            }),
            columns: text("columns").map(|words| ContactColumns::parse(&words)),
            sort: text("sort").and_then(|word| ContactSort::from_word(&word)).unwrap_or_default(),
            cursor: text("page"),
        }
    }

    /// The address of this view.
    #[must_use]
    pub fn href(&self) -> String {
        let query = self.as_query();
        if query.is_empty() { CONTACTS_PATH.to_owned() } else { format!("{CONTACTS_PATH}?{query}") }
    }

    /// The query of the address.
    #[must_use]
    pub fn as_query(&self) -> String {
        let sort = (self.sort != ContactSort::Newest).then(|| self.sort.as_str().to_owned());
        let pairs = [
            ("q", Some(self.q.clone()).filter(|q| !q.is_empty())),
            ("state", self.state.map(|state| state.as_str().to_owned())),
            ("tag", self.tag.clone()),
            ("country", self.country.clone()),
            ("source", self.source.map(|source| source.to_string())),
            ("wrote", self.wrote.map(|days| days.to_string())),
            ("added", self.added.map(|days| days.to_string())),
            ("blocked", self.blocked.map(|blocked| blocked.to_string())),
            ("language", self.language.clone()),
            ("campaign", self.campaign.map(|filter| filter.campaign.to_string())),
            ("outcome", self.campaign.map(|filter| filter.outcome.as_str().to_owned())),
            ("sort", sort),
            ("columns", self.columns.as_ref().map(ContactColumns::as_text)),
            ("page", self.cursor.clone()),
        ];
        let query: Vec<String> = pairs
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", percent_encoded(&value?))))
            .collect();
        query.join("&")
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
    pub fn is_filtered(&self) -> bool {
        self.query().is_filtered()
    }

    /// How many filters are on that are not seen elsewhere on the page.
    #[must_use]
    pub fn hidden_filters(&self) -> usize {
        [
            self.country.is_some(),
            self.source.is_some(),
            self.wrote.is_some(),
            self.added.is_some(),
            self.blocked.is_some(),
            self.language.is_some(),
        ]
        .into_iter()
        .filter(|on| *on)
        .count()
    }

    /// What to ask the service.
    #[must_use]
    pub fn query(&self) -> ContactQuery {
        ContactQuery {
            search: Some(self.q.clone()).filter(|q| !q.is_empty()),
            state: self.state,
            tag: self.tag.clone(),
            country: self.country.clone(),
            source: self.source,
            wrote_days: self.wrote,
            added_days: self.added,
            blocked: self.blocked,
            language: self.language.clone(),
            campaign: self.campaign,
            sort: self.sort,
            cursor: self.cursor.clone(),
            ..ContactQuery::default()
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
