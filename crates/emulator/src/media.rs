//! Media, as far as a stand-in needs it: ids and descriptions, no content.

use std::collections::VecDeque;

/// Descriptions kept; older ones are forgotten.
const KEPT: usize = 10_000;

/// What is known about an uploaded or received file.
#[derive(Clone)]
pub(crate) struct MediaFile {
    pub(crate) id: String,
    pub(crate) mime_type: String,
    pub(crate) sha256: String,
    pub(crate) size: usize,
}

#[derive(Default)]
pub(crate) struct Media {
    files: VecDeque<MediaFile>,
}

impl Media {
    pub(crate) fn add(&mut self, file: MediaFile) {
        if self.files.len() >= KEPT {
            self.files.pop_front();
        }
        self.files.push_back(file);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&MediaFile> {
        self.files.iter().find(|file| file.id == id)
    }

    pub(crate) fn remove(&mut self, id: &str) -> bool {
        let before = self.files.len();
        self.files.retain(|file| file.id != id);
        self.files.len() < before
    }
}
