//! Sheets of requests: a workbook goes out with a row for each tour and school that may ask for it, is filled in offline,
//! and comes back; each row that was filled in becomes a request, or changes one, as the page that asks does it.
//!
//! An uploaded file is an import (`import.kind` 'requests') of whoever uploaded it. It is compared with the records anew
//! at each look, since they may have changed meanwhile; everything it says is taken in, or nothing.

mod compare;
mod filled_in;
mod go_out;
mod rows;
mod take_in;
mod taken;
mod undo;
mod uploads;

pub use crate::uploads::Import;
pub use compare::{Answer, Answers, Asked, Change, Comparison, New, Said};
pub use domain::import::ImportState as State;
pub use domain::request_sheet::Cell;
pub use go_out::{of_all, of_tour};
pub use intake::requests::MAX_BYTES;
pub use take_in::take_in;
pub use taken::{ChangedCell, Taken, taken};
pub(crate) use undo::{built_on, forget, remove};
pub use undo::{in_the_way, undo};
pub use uploads::{Look, drop_upload, get, list, look, marked, upload};

use domain::access::Operation;
use domain::import::ImportKind;

const KIND: ImportKind = ImportKind::Requests;
const MAY: Operation = Operation::AskForTour;
