//! Secrets at rest: sealed with a key that is not in the database.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::Error;
use crate::clock::random;

/// The key that seals the secrets of connections.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl SecretKey {
    /// Takes 32 secret bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Makes a new key.
    #[must_use]
    pub fn generate() -> Self {
        Self::new(random())
    }

    /// The bytes, for writing them to the key file.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals a secret for one place. The place is bound in, so that a sealed value moved elsewhere does not open.
    pub(crate) fn seal(&self, place: &str, secret: &str) -> Result<Vec<u8>, Error> {
        let nonce: [u8; 24] = random();
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: secret.as_bytes(), aad: place.as_bytes() })
            .map_err(|_| Error::Internal(anyhow::anyhow!("sealing failed")))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens a sealed secret of one place.
    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<String>, Error> {
        let wrong = || {
            Error::Internal(anyhow::anyhow!("a sealed secret does not open: is this the right secret key?"))
        };
        let (nonce, sealed) = sealed.split_at_checked(24).ok_or_else(wrong)?;
        let nonce = <[u8; 24]>::try_from(nonce).map_err(|_| wrong())?;
        let secret = self
            .cipher()
            .decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: place.as_bytes() })
            .map_err(|_| wrong())?;
        String::from_utf8(secret).map(Zeroizing::new).map_err(|_| wrong())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_in_its_place_and_with_its_key() {
        let key = SecretKey::new([7; 32]);
        let sealed = key.seal("connection:1:token", "hunter2").unwrap();
        assert_eq!(key.open("connection:1:token", &sealed).unwrap().as_str(), "hunter2");
        assert!(key.open("connection:2:token", &sealed).is_err());
        assert!(SecretKey::new([8; 32]).open("connection:1:token", &sealed).is_err());
        assert!(key.open("connection:1:token", &sealed[..20]).is_err());
        assert!(!format!("{key:?}").contains('7'));
    }
}
