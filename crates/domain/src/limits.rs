//! How long what people write may be, in characters: the number a form names is the number a verb refuses by.
//!
//! What belongs to a module of its own, such as the length of a keyword, stands there.

/// Shortest password. There is no other rule (OWASP ASVS 6.2).
pub const PASSWORD_LEAST: usize = 12;
/// Longest business name.
pub const BUSINESS_NAME: usize = 80;
/// Longest name of a contact.
pub const CONTACT_NAME: usize = 200;
/// Longest note on how a person agreed, and longest wording they agreed to.
pub const NOTE: usize = 4_000;
/// Longest name of an API key.
pub const KEY_NAME: usize = 80;
/// Longest name of a campaign.
pub const CAMPAIGN_NAME: usize = 120;
/// Most numbers in the list of one campaign.
pub const CAMPAIGN_NUMBERS: usize = 100_000;
/// Longest fixed value of a template's placeholder.
pub const VARIABLE: usize = 1_024;
/// Longest label of contacts.
pub const TAG: usize = 50;
/// Most labels of one contact.
pub const TAGS: usize = 50;
/// Longest name of a field of the business's own.
pub const ATTRIBUTE_NAME: usize = 40;
/// Longest value of one.
pub const ATTRIBUTE: usize = 500;
/// Most of them for one contact.
pub const ATTRIBUTES: usize = 20;
/// Most bytes of a file of contacts.
pub const IMPORT_BYTES: u64 = 2 << 30;
/// Most bytes of one line of such a file.
pub const IMPORT_LINE: usize = 256 << 10;
/// Most columns of such a file.
pub const IMPORT_COLUMNS: usize = 200;
