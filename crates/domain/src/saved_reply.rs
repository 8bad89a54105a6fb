//! Answers that colleagues give often.

use serde::{Deserialize, Serialize};

use crate::id::SavedReplyId;

/// Longest title, in characters.
pub const TITLE_LIMIT: usize = 60;
/// Most saved replies of one business.
pub const MOST: usize = 200;
/// What stands for the person's name in a text.
pub const NAME: &str = "{{name}}";

/// An answer that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedReply {
    /// Its id.
    pub id: SavedReplyId,
    /// What colleagues call it, unique in the business whatever the capitals.
    pub title: String,
    /// What it says; [`NAME`] stands for the person's name.
    pub text: String,
}

impl SavedReply {
    /// The text for one person. Of somebody without a name, the place for it goes, with the space before it.
    #[must_use]
    pub fn text_for(&self, name: Option<&str>) -> String {
        match name.map(str::trim).filter(|name| !name.is_empty()) {
            Some(name) => self.text.replace(NAME, name),
            None => self.text.replace(&format!(" {NAME}"), "").replace(NAME, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_put_in_and_its_place_goes_where_there_is_none() {
        let reply = SavedReply {
            id: SavedReplyId::from_uuid(uuid::Uuid::nil()),
            title: "Opening hours".into(),
            text: "Hello {{name}}, we are open until six.".into(),
        };
        assert_eq!(reply.text_for(Some(" Thandi ")), "Hello Thandi, we are open until six.");
        assert_eq!(reply.text_for(None), "Hello, we are open until six.");
        assert_eq!(reply.text_for(Some("  ")), "Hello, we are open until six.");
    }
}
