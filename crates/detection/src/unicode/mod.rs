//! Unicode's normal forms and marks.
//!
//! On the server they come from `unicode-normalization`. In the browser its tables would be larger than the rest of the detector,
//! and every browser has them anyway: there they come from the browser. The browser tests run the whole corpus through both.

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(not(target_arch = "wasm32"))]
mod native;

#[cfg(target_arch = "wasm32")]
pub(crate) use browser::{decomposed, is_mark, nfkc};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::{decomposed, is_mark, nfkc};
