//! The key of a row: which tour and school it is, and what stood in its cells when the sheet went out.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Cell, Cells};
use crate::attendance_sheet::print as name_print;

/// A row's key. As text: both keys, the prints of both names, and of a request that was on record a print of each cell,
/// `-` for a blank one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The tour.
    pub tour: Uuid,
    /// The school.
    pub setting: Uuid,
    /// Whether the school had asked when the sheet went out.
    pub had_asked: bool,
    /// The prints of the tour's and the school's names when the sheet went out; none on sheets that went out before they
    /// were kept.
    names: Option<[u16; 2]>,
    /// The prints of what stood in the cells.
    base: BTreeMap<Cell, u32>,
}

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The row’s key was changed. Copy what you filled in into the row of a sheet that is downloaded anew")]
pub struct NotAKey;

/// Characters of a print.
const PRINT: usize = 8;

/// What tells one text from another; none for a blank.
fn print(text: &str) -> Option<u32> {
    let digest = Sha256::digest(text.as_bytes());
    (!text.is_empty()).then(|| digest.iter().take(4).fold(0, |all, byte| all << 8 | u32::from(*byte)))
}

/// Both names' prints.
fn read_names(text: &str) -> Result<[u16; 2], NotAKey> {
    if text.len() != PRINT || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(NotAKey);
    }
    let (tour, school) = text.split_at_checked(PRINT / 2).ok_or(NotAKey)?;
    let read = |text| u16::from_str_radix(text, 16).map_err(|_| NotAKey);
    Ok([read(tour)?, read(school)?])
}

impl Key {
    /// The key of a row that goes out; `cells`: the request on record.
    #[must_use]
    pub fn of(tour: Uuid, setting: Uuid, cells: Option<&Cells>) -> Self {
        let prints = |cells: &Cells| Cell::all().filter_map(|cell| Some((cell, print(cells.get(cell))?))).collect();
        Self { tour, setting, had_asked: cells.is_some(), names: None, base: cells.map(prints).unwrap_or_default() }
    }

    /// The same with what stands beside it.
    #[must_use]
    pub fn beside(self, tour: &str, school: &str) -> Self {
        Self { names: Some([tour, school].map(name_print)), ..self }
    }

    /// Whether this is what stood beside it as the tour, whatever it is called by now.
    #[must_use]
    pub fn stood_as_tour(&self, name: &str) -> bool {
        self.names.is_some_and(|[tour, _]| tour == name_print(name))
    }

    /// The same of the school.
    #[must_use]
    pub fn stood_as_school(&self, name: &str) -> bool {
        self.names.is_some_and(|[_, school]| school == name_print(name))
    }

    /// Whether a cell stood so when the sheet went out.
    #[must_use]
    pub fn is_base(&self, cell: Cell, text: &str) -> bool {
        self.base.get(&cell).copied() == print(text)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.tour.simple(), self.setting.simple())?;
        if let Some([tour, school]) = self.names {
            write!(f, ".{tour:04x}{school:04x}")?;
        }
        if self.had_asked {
            f.write_str(":")?;
            for cell in Cell::all() {
                match self.base.get(&cell) {
                    Some(print) => write!(f, "{print:08x}")?,
                    None => f.write_str("-")?,
                }
            }
        }
        Ok(())
    }
}

impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let text = text.trim();
        let (which, prints) = match text.split_once(':') {
            Some((which, prints)) => (which, Some(prints)),
            None => (text, None),
        };
        let (tour, setting) = which.split_once('.').ok_or(NotAKey)?;
        let (setting, names) = match setting.split_once('.') {
            Some((setting, names)) => (setting, Some(read_names(names)?)),
            None => (setting, None),
        };
        let id = |text: &str| text.parse::<Uuid>().map_err(|_| NotAKey);
        let mut key =
            Self { tour: id(tour)?, setting: id(setting)?, had_asked: prints.is_some(), names, base: BTreeMap::new() };
        let Some(mut rest) = prints else { return Ok(key) };
        for cell in Cell::all() {
            if let Some(after) = rest.strip_prefix('-') {
                rest = after;
                continue;
            }
            let (print, after) = rest.split_at_checked(PRINT).ok_or(NotAKey)?;
            key.base.insert(cell, u32::from_str_radix(print, 16).map_err(|_| NotAKey)?);
            rest = after;
        }
        if rest.is_empty() { Ok(key) } else { Err(NotAKey) }
    }
}
