//! Values of the command line with a meaning: addresses of databases, secrets, the key file.

use std::fmt;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context as _, bail};

/// A text that must not be shown. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Reads a secret from a file, without the line break at its end.
    ///
    /// # Errors
    /// When the file cannot be read or holds nothing.
    pub fn from_file(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let text = text.trim();
        if text.is_empty() {
            bail!("{} is empty", path.display());
        }
        Ok(Self(text.to_owned()))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where the data is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of the embedded database.
    Sqlite(PathBuf),
    /// A PostgreSQL server; the URL may hold a password.
    Postgres(Secret),
}

impl DatabaseUrl {
    /// The URL as the service takes it.
    #[must_use]
    pub fn expose(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::Postgres(url) => url.expose().to_owned(),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(Secret(text.to_owned())));
        }
        match text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")) {
            Some("") => Err("the path of the file is missing: sqlite:///path/to/file.sqlite"),
            Some(path) => Ok(Self::Sqlite(path.into())),
            None => Err("must start with sqlite:// or postgres://"),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres://…"),
        }
    }
}

/// The origin under which people reach the application: scheme, host and port, no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The origin of a server that is reached directly.
    #[must_use]
    pub fn local(address: std::net::SocketAddr) -> Self {
        Self(format!("http://{address}"))
    }

    /// Such as `https://whatscloud.example`, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether browsers reach it over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl FromStr for PublicUrl {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "must be an origin such as https://whatscloud.example, without a path";
        let uri: http::Uri = text.parse().map_err(|_| SHAPE)?;
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(SHAPE);
        };
        if uri.path() != "/" || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(SHAPE);
        }
        // As a browser writes it in `Origin`: lower case, the usual port left out.
        let host = authority.as_str().to_ascii_lowercase();
        let usual = if scheme == "https" { ":443" } else { ":80" };
        Ok(Self(format!("{scheme}://{}", host.strip_suffix(usual).unwrap_or(&host))))
    }
}

/// The key that seals the secrets in the database. `Debug` hides it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// The bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 32] {
        self.0
    }

    /// Reads the key from a file, or makes one that only the owner may read when there is no file.
    ///
    /// Two processes that start at the same moment end with the same key: the file appears whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds no key.
    pub fn from_file_or_new(path: &Path) -> anyhow::Result<Self> {
        if !path.exists() {
            Self::create(path).with_context(|| format!("cannot create the key file {}", path.display()))?;
        }
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the key file {}", path.display()))?;
        text.trim().parse().map_err(|error: &str| anyhow::anyhow!("the key file {}: {error}", path.display()))
    }

    fn create(path: &Path) -> anyhow::Result<()> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        let draft = path.with_extension(format!("{}.new", std::process::id()));
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(hex::encode(key).as_bytes())?;
        file.sync_all()?;
        let linked = std::fs::hard_link(&draft, path);
        std::fs::remove_file(&draft)?;
        match linked {
            // Another process was first: its key counts.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            other => Ok(other?),
        }
    }
}

impl FromStr for SecretKey {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut key = [0; 32];
        hex::decode_to_slice(text, &mut key).map_err(|_| "must be 64 hexadecimal digits (32 bytes)")?;
        Ok(Self(key))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_a_file_or_a_server() {
        assert_eq!("sqlite:///d/w.sqlite".parse(), Ok(DatabaseUrl::Sqlite("/d/w.sqlite".into())));
        assert_eq!("sqlite:w.sqlite".parse(), Ok(DatabaseUrl::Sqlite("w.sqlite".into())));
        assert!(matches!("postgres://u:p@h/d".parse(), Ok(DatabaseUrl::Postgres(_))));
        assert!("mysql://h/d".parse::<DatabaseUrl>().is_err());
        assert!("sqlite://".parse::<DatabaseUrl>().is_err());
    }

    #[test]
    fn debug_output_shows_no_secret() {
        let url: DatabaseUrl = "postgres://user:hunter2@host/db".parse().unwrap();
        let key: SecretKey = "ab".repeat(32).parse().unwrap();
        let shown = format!("{url:?} {:?} {key:?}", Secret::from("hunter2".to_owned()));
        assert!(!shown.contains("hunter2") && !shown.contains("abab"), "{shown}");
    }

    #[test]
    fn a_public_url_is_an_origin_as_browsers_write_it() {
        let read = |text: &str| text.parse::<PublicUrl>().map(|url| url.as_str().to_owned()).ok();
        assert_eq!(read("https://Shop.Example:443/"), Some("https://shop.example".to_owned()));
        assert_eq!(read("http://127.0.0.1:3000"), Some("http://127.0.0.1:3000".to_owned()));
        for wrong in
            ["shop.example", "ftp://shop.example", "https://shop.example/app", "https://a@shop.example"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_key_file_is_made_once_and_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret.key");
        let first = SecretKey::from_file_or_new(&path).unwrap();
        assert!(first == SecretKey::from_file_or_new(&path).unwrap());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
        std::fs::write(&path, "short").unwrap();
        assert!(SecretKey::from_file_or_new(&path).is_err());
    }
}
