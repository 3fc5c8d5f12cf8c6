//! What every request shares.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use records::Desk;

/// What every request shares. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Site {
    /// Where operations are done.
    pub desk: Desk,
    /// The style sheet, icon and WebAssembly.
    pub assets: Arc<Assets>,
    /// How people reach this site, without a slash at the end: `https://callboard.example.gov.uk`.
    pub public_url: Arc<str>,
    /// Whether visitors may sign in as anyone with one press.
    pub demo: bool,
}

impl Site {
    /// Whether people reach the site by TLS: then cookies are marked secure and HSTS is sent.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The built files, by plain name, under their hashed names.
#[derive(Debug, Default)]
pub struct Assets {
    folder: PathBuf,
    names: HashMap<String, String>,
}

impl Assets {
    /// The files of the built site at `folder`, as its `assets.json` lists them: `{"callboard.css": "callboard.1a2b3c4d.css"}`.
    ///
    /// # Errors
    /// No readable list.
    pub fn at(folder: &Path) -> std::io::Result<Self> {
        let list = std::fs::read(folder.join("assets.json"))?;
        let names = serde_json::from_slice(&list).map_err(std::io::Error::other)?;
        Ok(Self { folder: folder.to_owned(), names })
    }

    /// The folder they are served from.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The address of the file with this plain name; none when it was not built.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<String> {
        self.names.get(name).map(|hashed| format!("/assets/{hashed}"))
    }

    /// Whether the WebAssembly was built: without it pages work without their islands.
    #[must_use]
    pub fn has_islands(&self) -> bool {
        self.names.contains_key("callboard.wasm") && self.names.contains_key("callboard.js")
    }
}
