//! Which columns the list of contacts has, beside the name, what the person decided and the switch, which always stay.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::{Deserialize, Serialize};

use super::api::SetColumns;
use super::listing::Listing;
use crate::ui::{Button, Checkbox, Press, Size};
use crate::words::use_words;

/// A column that can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactColumn {
    /// When the person last wrote.
    LastMessage,
    /// Labels.
    Tags,
    /// The country of the number.
    Country,
    /// The language they are written to in.
    Language,
    /// The business's own fields.
    Attributes,
    /// When the contact was made.
    Added,
}

impl ContactColumn {
    /// Every one, in the order of the table.
    pub const ALL: [Self; 6] =
        [Self::LastMessage, Self::Tags, Self::Country, Self::Language, Self::Attributes, Self::Added];

    /// The word used in addresses and in the cookie.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LastMessage => "last_message",
            Self::Tags => "tags",
            Self::Country => "country",
            Self::Language => "language",
            Self::Attributes => "attributes",
            Self::Added => "added",
        }
    }
}

/// The columns chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactColumns(Vec<ContactColumn>);

impl Default for ContactColumns {
    fn default() -> Self {
        Self(vec![ContactColumn::LastMessage, ContactColumn::Tags, ContactColumn::Country])
    }
}

impl ContactColumns {
    /// The cookie that remembers them.
    pub const COOKIE: &str = "columns";

    /// From words with dots between them; those that name no column are left out, and each counts once.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::of(text.split('.'))
    }

    /// From words.
    #[must_use]
    pub fn of<'a>(words: impl Iterator<Item = &'a str> + Clone) -> Self {
        let named = |column: &ContactColumn| words.clone().any(|word| word == column.as_str());
        Self(ContactColumn::ALL.into_iter().filter(named).collect())
    }

    /// The words, with dots between them.
    #[must_use]
    pub fn as_text(&self) -> String {
        let words: Vec<&str> = self.0.iter().map(|column| column.as_str()).collect();
        // A cookie without a value is forgotten, and no column is a choice too.
        if words.is_empty() { "none".to_owned() } else { words.join(".") }
    }

    /// Whether a column is shown.
    #[must_use]
    pub fn has(&self, column: ContactColumn) -> bool {
        self.0.contains(&column)
    }
}

/// The form that chooses them: posted by the browser itself, because the table is another one afterwards.
#[component]
pub(super) fn ChooseColumns(listing: Listing, chosen: ContactColumns) -> impl IntoView {
    let words = use_words();
    let text = &words.person;
    let boxes = ContactColumn::ALL
        .into_iter()
        .map(|column| {
            let checked = Signal::stored(chosen.has(column));
            view! { <Checkbox name="columns[]" value=column.as_str() label=(text.column)(column) checked/> }
        })
        .collect_view();
    // The address says what to show; the columns are remembered apart from it.
    let back = Listing { columns: None, ..listing }.as_query();
    view! {
        <details class="filters columns">
            <summary class="filters-summary">{text.columns}</summary>
            <form method="post" action=SetColumns::url() class="filters-fields">
                <input type="hidden" name="back" value=back/>
                {boxes}
                <Button press=Press::Submit size=Size::Small>{text.columns_show}</Button>
            </form>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_in_the_order_of_the_table_and_nonsense_is_left_out() {
        let columns = ContactColumns::parse("country.nonsense.last_message.country");
        assert_eq!(columns.as_text(), "last_message.country");
        assert!(columns.has(ContactColumn::Country) && !columns.has(ContactColumn::Tags));
        let none = ContactColumns::parse("");
        assert_eq!(ContactColumns::parse(&none.as_text()), none);
        let all = ContactColumns::of(ContactColumn::ALL.iter().map(|column| column.as_str()));
        assert_eq!(ContactColumns::parse(&all.as_text()), all);
    }
}
