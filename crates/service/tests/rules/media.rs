//! Files that customers send stay at WhatsApp and are shown to whoever may read the conversation.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::conversation::{Shown, What};
use domain::id::{ContactId, MessageId};
use domain::role::Role;
use emulator::{Faults, Inbound};
use serde_json::json;
use service::Error;
use service::media::{self, NotOpened, OpenFile};

use crate::shop::{Shop, za};

/// A file comes from somebody; who it is from and the message it came with.
async fn comes(shop: &Shop, kind: &str, content: serde_json::Value) -> (ContactId, MessageId) {
    shop.does(Inbound::message(za(1), kind, content)).await;
    let contact = shop.contact(&za(1)).await.id;
    let thread =
        service::conversations::thread(shop.service(), &shop.owner, contact, None, 10).await.unwrap();
    let last = thread.entries.last().unwrap();
    assert!(matches!(last.what, What::Incoming { shown: Shown::Media { fetchable: true, .. }, .. }));
    (contact, last.id)
}

async fn whole(mut file: OpenFile) -> Result<Vec<u8>, NotOpened> {
    let mut bytes = Vec::new();
    while let Some(piece) = file.chunk().await? {
        bytes.extend(piece);
    }
    Ok(bytes)
}

rules! {
    async fn a_picture_is_shown_and_a_document_is_kept(shop) {
        let (contact, message) = comes(shop, "image", json!({"caption": "This one", "content": STANDARD.encode("picture")})).await;
        for role in Role::ALL {
            let file = media::open(shop.service(), &shop.someone(role), contact, message).await.unwrap();
            assert_eq!((file.shown_as, file.inline, file.length), ("image/jpeg", true, Some(7)));
            assert_eq!(whole(file).await.unwrap(), b"picture");
        }
        let page = json!({"filename": "a.html", "mime_type": "text/html", "content": STANDARD.encode("<script>")});
        let (contact, message) = comes(shop, "document", page).await;
        let file = media::open(shop.service(), &shop.owner, contact, message).await.unwrap();
        assert_eq!((file.shown_as, file.inline), ("application/octet-stream", false), "nothing runs in a browser");
        assert_eq!(file.filename.as_deref(), Some("a.html"));
    }

    async fn what_whatsapp_keeps_no_longer_or_refuses_is_named(shop) {
        let (contact, message) = comes(shop, "video", json!({})).await;
        let opened = media::open(shop.service(), &shop.owner, contact, message).await;
        assert!(matches!(opened, Err(NotOpened::Gone)), "{opened:?}");
        let (contact, message) = comes(shop, "image", json!({})).await;
        shop.faults(Faults { expired_token: true, ..Faults::default() });
        let opened = media::open(shop.service(), &shop.owner, contact, message).await;
        assert!(matches!(opened, Err(NotOpened::Refused(190))), "{opened:?}");
    }

    async fn r58_another_business_and_another_conversation_get_no_file(shop) {
        let (contact, message) = comes(shop, "image", json!({})).await;
        let other = shop.world.business("Elsewhere").await.unwrap();
        let stranger = shop.world.caller(other, Role::Owner);
        let nothing = |opened: Result<OpenFile, NotOpened>| matches!(opened, Err(NotOpened::Other(Error::NotFound)));
        assert!(nothing(media::open(shop.service(), &stranger, contact, message).await));
        let somebody = shop.stranger(&za(2)).await;
        assert!(nothing(media::open(shop.service(), &shop.owner, somebody, message).await));
        shop.says(&za(1), "no file here").await;
        let thread = service::conversations::thread(shop.service(), &shop.owner, contact, None, 10).await.unwrap();
        let words = thread.entries.last().unwrap().id;
        assert!(nothing(media::open(shop.service(), &shop.owner, contact, words).await));
        service::erasure::erase(shop.service(), &shop.owner, contact).await.unwrap();
        assert!(nothing(media::open(shop.service(), &shop.owner, contact, message).await));
    }
}
