//! Numbers without a WhatsApp account. One refusal (131026) may be an old app or terms that were not accepted; several in a row mean
//! that nothing will arrive, and WhatsApp holds it against a business to go on.

use domain::id::ContactId;
use store::Tx;

use crate::Error;

/// WhatsApp's code for "there is nobody to deliver this to".
pub(crate) const UNDELIVERABLE: i64 = 131_026;

/// So many messages in a row that nobody could get, and nothing more is sent.
const IN_A_ROW: i64 = 3;

/// Marks people whose last messages could all not be delivered; says who is marked now. To be called when what became of the last one
/// is written down.
pub(crate) async fn mark(tx: &mut Tx, people: &[ContactId]) -> Result<Vec<ContactId>, Error> {
    let mut marked = Vec::new();
    for contact in people {
        let codes = store::outbox::last_codes(tx, *contact, IN_A_ROW).await?;
        let all = codes.len() >= usize::try_from(IN_A_ROW).unwrap_or(usize::MAX)
            && codes.iter().all(|code| *code == Some(UNDELIVERABLE));
        if all && store::contact::set_invalid(tx, *contact, true).await? {
            marked.push(*contact);
        }
    }
    Ok(marked)
}
