//! The inbox: conversations, what was said, and the answers. Everybody is helped here, also who opted out.

mod api;
mod composer;
mod content;
mod list;
mod page;
mod thread;

pub use api::{
    Colleague, ComposerDetail, ENTRIES, InboxList, ListConversations, LoadComposer, LoadThread,
    NoteConversation, ReplyTo, StepConversation, ThreadDetail, TypingTo,
};
pub use page::InboxPage;

/// Where the page is.
pub const INBOX_PATH: &str = "/inbox";
