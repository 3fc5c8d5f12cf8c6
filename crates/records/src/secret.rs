//! The installation's secret: what tokens, codes and feed addresses are made from.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of a nonce, random for each sealing.
const NONCE: usize = 24;

/// 32 random bytes, kept in a file of their own: a stolen database alone opens nothing.
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new random secret.
    ///
    /// # Errors
    /// The operating system has no randomness to give.
    pub fn random() -> std::io::Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|e| std::io::Error::other(e.to_string()))?;
        Ok(Self(bytes))
    }

    /// The secret in the file at `path` (32 bytes in unpadded URL-safe base64), made when the file is missing.
    ///
    /// # Errors
    /// A file that cannot be read or written, or that holds no secret.
    pub fn at(path: &Path) -> std::io::Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok().and_then(|b| <[u8; 32]>::try_from(b).ok());
                bytes.map(Self).ok_or_else(|| std::io::Error::other("the secret file does not hold 32 bytes in base64"))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let secret = Self::random()?;
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder)?;
                }
                let mut options = std::fs::OpenOptions::new();
                options.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let mut file = options.open(path)?;
                writeln!(file, "{}", URL_SAFE_NO_PAD.encode(secret.0))?;
                file.sync_all()?;
                Ok(secret)
            }
            Err(e) => Err(e),
        }
    }

    /// A keyed digest of `text` for one `purpose`, 43 characters of URL-safe base64 (HMAC-SHA-256, RFC 2104).
    ///
    /// Tokens and codes are stored as this, and unguessable addresses end in it.
    #[must_use]
    pub fn digest(&self, purpose: &str, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(purpose, text).finalize().into_bytes())
    }

    /// Whether `digest` is the one of `text`, compared in constant time.
    #[must_use]
    pub fn verify(&self, purpose: &str, text: &str, digest: &str) -> bool {
        URL_SAFE_NO_PAD.decode(digest).is_ok_and(|d| self.mac(purpose, text).verify_slice(&d).is_ok())
    }

    /// A key of its own for one purpose, 32 bytes.
    #[must_use]
    pub fn key(&self, purpose: &str) -> [u8; 32] {
        self.mac(purpose, "").finalize().into_bytes().into()
    }

    /// Seals `bytes` for one `purpose` and the record `id`: base64 of a random nonce and what XChaCha20-Poly1305 makes.
    ///
    /// # Errors
    /// The operating system has no randomness to give.
    pub(crate) fn seal(&self, purpose: &str, id: uuid::Uuid, bytes: &[u8]) -> crate::Result<String> {
        let mut nonce = [0_u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|e| crate::Error::unavailable(e.to_string()))?;
        let payload = Payload { msg: bytes, aad: id.as_bytes() };
        let sealed = self.cipher(purpose).encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|e| crate::Error::unavailable(e.to_string()))?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What was sealed for this purpose and record.
    ///
    /// # Errors
    /// It was sealed with another secret, for another record, or was altered.
    pub(crate) fn open(&self, purpose: &str, id: uuid::Uuid, sealed: &str) -> crate::Result<Vec<u8>> {
        let broken = || crate::Error::unavailable("a sealed value cannot be opened: is the secret file the right one?");
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| broken())?;
        let (nonce, body) = bytes.split_first_chunk::<NONCE>().ok_or_else(broken)?;
        let payload = Payload { msg: body, aad: id.as_bytes() };
        self.cipher(purpose).decrypt(&XNonce::from(*nonce), payload).map_err(|_| broken())
    }

    fn cipher(&self, purpose: &str) -> XChaCha20Poly1305 {
        chacha20poly1305::KeyInit::new(&self.key(purpose).into())
    }

    fn mac(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        // A key shorter than HMAC's block is filled with zeros (RFC 2104), which is done here so that nothing can fail.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
        mac.update(&(purpose.len() as u64).to_be_bytes());
        mac.update(purpose.as_bytes());
        mac.update(text.as_bytes());
        mac
    }
}

/// A random token of 43 URL-safe characters (256 bits), for a cookie or a link.
///
/// # Errors
/// The operating system has no randomness to give.
pub fn token() -> crate::Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| crate::Error::unavailable(e.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_bound_to_its_purpose_and_secret() {
        let (a, b) = (Secret([1; 32]), Secret([2; 32]));
        let digest = a.digest("sign-in", "token");
        assert!(a.verify("sign-in", "token", &digest));
        assert!(!a.verify("feed", "token", &digest) && !b.verify("sign-in", "token", &digest));
        assert!(!a.verify("sign-in", "token", "") && !a.verify("sign-in", "token", "not base64!"));
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_secret_purpose_and_record_alone() {
        let (a, b, id) = (Secret([1; 32]), Secret([2; 32]), uuid::Uuid::now_v7());
        let sealed = a.seal("totp", id, b"twenty bytes of seed").unwrap();
        assert_eq!(a.open("totp", id, &sealed).unwrap(), b"twenty bytes of seed");
        assert!(a.open("feed", id, &sealed).is_err() && b.open("totp", id, &sealed).is_err());
        assert!(a.open("totp", uuid::Uuid::now_v7(), &sealed).is_err() && a.open("totp", id, "rubbish").is_err());
        assert_ne!(sealed, a.seal("totp", id, b"twenty bytes of seed").unwrap(), "each sealing has its own nonce");
    }

    #[test]
    fn the_file_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/secret");
        let first = Secret::at(&path).unwrap().key("x");
        assert_eq!(Secret::at(&path).unwrap().key("x"), first);
        std::fs::write(&path, "rubbish").unwrap();
        assert!(Secret::at(&path).is_err());
    }
}
