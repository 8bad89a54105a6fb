//! Files that were uploaded or came with a message.

use std::collections::VecDeque;

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Bytes kept of all files together; the oldest are forgotten first, as WhatsApp forgets files after some days.
const KEPT: usize = 128 * 1024 * 1024;
/// Descriptions kept, for files may be empty.
const KEPT_FILES: usize = 10_000;

const PHOTO: &[u8] = include_bytes!("../samples/photo.jpg");
const STICKER: &[u8] = include_bytes!("../samples/sticker.webp");
const DOCUMENT: &[u8] = include_bytes!("../samples/document.pdf");

/// An uploaded or received file.
#[derive(Clone)]
pub(crate) struct MediaFile {
    pub(crate) id: String,
    pub(crate) mime_type: String,
    /// None for what only a description is known of: it cannot be fetched, like a file that WhatsApp keeps no longer.
    pub(crate) content: Option<Bytes>,
}

impl MediaFile {
    /// The digest as the Graph API writes it.
    pub(crate) fn sha256(&self) -> String {
        hex::encode(self.digest())
    }

    /// The digest as webhooks write it.
    pub(crate) fn sha256_of_webhook(&self) -> String {
        STANDARD.encode(self.digest())
    }

    fn digest(&self) -> Vec<u8> {
        let content = self.content.as_deref().unwrap_or(self.id.as_bytes());
        Sha256::digest(content).to_vec()
    }
}

/// What a customer sends when the test does not say: a picture, a sticker, a document. Of videos and sounds there is none.
pub(crate) fn sample(kind: &str) -> Option<Bytes> {
    match kind {
        "image" => Some(Bytes::from_static(PHOTO)),
        "sticker" => Some(Bytes::from_static(STICKER)),
        "document" => Some(Bytes::from_static(DOCUMENT)),
        _ => None,
    }
}

#[derive(Default)]
pub(crate) struct Media {
    files: VecDeque<MediaFile>,
    bytes: usize,
}

impl Media {
    pub(crate) fn add(&mut self, file: MediaFile) {
        self.bytes += size(&file);
        self.files.push_back(file);
        while self.bytes > KEPT || self.files.len() > KEPT_FILES {
            let Some(oldest) = self.files.pop_front() else { break };
            self.bytes -= size(&oldest);
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<&MediaFile> {
        self.files.iter().find(|file| file.id == id)
    }

    pub(crate) fn remove(&mut self, id: &str) -> bool {
        let Some(at) = self.files.iter().position(|file| file.id == id) else { return false };
        if let Some(file) = self.files.remove(at) {
            self.bytes -= size(&file);
        }
        true
    }
}

fn size(file: &MediaFile) -> usize {
    file.content.as_ref().map_or(0, Bytes::len)
}
