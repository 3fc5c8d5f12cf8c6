//! The visit pack: what a school needs to know and to file before a programme comes.

use chrono::{Days, NaiveDate};

use crate::fault::{Fault, Faults};
use crate::term::terms;

terms! {
    /// What an uploaded document of a visit pack is.
    pub enum DocumentKind {
        Assurance = "assurance", "Letter of assurance";
        Insurance = "insurance", "Insurance certificate";
        RiskAssessment = "risk_assessment", "Risk assessment";
        ParentLetter = "parent_letter", "Letter to parents";
        Material = "material", "Teaching material";
    }
}

/// Most bytes of an uploaded document.
pub const MOST_DOCUMENT_BYTES: usize = 5 * 1024 * 1024;

/// Most uploaded documents of a programme.
pub const MOST_DOCUMENTS: i64 = 20;

/// Most characters of one text of a visit pack.
const MOST_TEXT: usize = 20_000;

/// The texts of a visit pack. Any may be blank until it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VisitPack {
    /// Letter of assurance: who comes, and which checks were made.
    pub assurance: String,
    /// The last day the public liability insurance covers.
    pub insurance_expires: Option<NaiveDate>,
    /// Risk assessment.
    pub risk_assessment: String,
    /// What the programme shows that pupils may find hard.
    pub content_notes: String,
    /// A letter a school can send to parents.
    pub parent_letter: String,
    /// What parents may see of what is shown and taught.
    pub parent_materials: String,
}

terms! {
    /// How long the insurance covers.
    pub enum Insurance {
        NotStated = "not_stated", "Not stated";
        Expired = "expired", "Expired";
        EndsSoon = "ends_soon", "Ends soon";
        Valid = "valid", "Valid";
    }
}

impl VisitPack {
    /// The visit pack, if it can stand.
    ///
    /// # Errors
    /// Texts that are too long, by field.
    pub fn check(self) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        for (text, field, what) in [
            (&self.assurance, "assurance", "The letter of assurance"),
            (&self.risk_assessment, "risk_assessment", "The risk assessment"),
            (&self.content_notes, "content_notes", "The content notes"),
            (&self.parent_letter, "parent_letter", "The letter to parents"),
            (&self.parent_materials, "parent_materials", "What parents may see"),
        ] {
            faults.at_most(text, MOST_TEXT, field, what);
        }
        faults.or(self)
    }

    /// How long the insurance covers, seen from `today`; it ends soon when 30 days or fewer are left.
    #[must_use]
    pub fn insurance(&self, today: NaiveDate) -> Insurance {
        match self.insurance_expires {
            None => Insurance::NotStated,
            Some(last) if last < today => Insurance::Expired,
            Some(last) if last <= today + Days::new(30) => Insurance::EndsSoon,
            Some(_) => Insurance::Valid,
        }
    }

    /// What a school would miss: the parts that are still blank, as they are called.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        [
            (self.assurance.is_empty(), "the letter of assurance"),
            (self.insurance_expires.is_none(), "when the insurance expires"),
            (self.risk_assessment.is_empty(), "the risk assessment"),
            (self.content_notes.is_empty(), "the content notes"),
            (self.parent_letter.is_empty(), "the letter to parents"),
        ]
        .into_iter()
        .filter_map(|(blank, what)| blank.then_some(what))
        .collect()
    }
}

/// A document as it was uploaded.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// What readers see.
    pub title: String,
    /// Its name on the sender's disk.
    pub file_name: String,
    /// Whether parents may read it, signed out.
    pub for_parents: bool,
    /// The file.
    pub body: Vec<u8>,
}

impl NewDocument {
    /// The document with a title and a plain file name, if it is a PDF of bearable size.
    ///
    /// # Errors
    /// No PDF by its content, too large, or a title that is too long.
    pub fn check(mut self) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        if self.body.is_empty() {
            faults.unless(false, "file", "Choose a PDF file");
        } else if self.body.len() > MOST_DOCUMENT_BYTES {
            faults.unless(false, "file", "The file must be 5 MB or smaller");
        } else {
            let is_pdf = self.body.starts_with(b"%PDF-");
            faults.unless(is_pdf, "file", "The file is not a PDF: save it as PDF and choose it again");
        }
        if self.title.is_empty() {
            self.title = self.kind.label().to_owned();
        }
        faults.at_most(&self.title, 120, "title", "The title");
        self.file_name = plain_file_name(&self.file_name);
        faults.or(self)
    }
}

/// A name that is safe in a header and on any disk: ASCII letters, digits, dots, dashes; ends in `.pdf`.
fn plain_file_name(name: &str) -> String {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = match stem.len().checked_sub(4).and_then(|cut| stem.split_at_checked(cut)) {
        Some((stem, ending)) if ending.eq_ignore_ascii_case(".pdf") => stem,
        _ => stem,
    };
    let plain: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '-' }).take(80).collect();
    let plain = plain.trim_matches(['-', '.']);
    if plain.is_empty() { "document.pdf".into() } else { format!("{plain}.pdf") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insurance_is_judged_by_the_day() {
        let pack = |last: &str| VisitPack { insurance_expires: Some(last.parse().unwrap()), ..VisitPack::default() };
        let today = "2026-11-22".parse().unwrap();
        for (last, expected) in [
            ("2026-11-21", Insurance::Expired),
            ("2026-11-22", Insurance::EndsSoon),
            ("2026-12-22", Insurance::EndsSoon),
            ("2026-12-23", Insurance::Valid),
        ] {
            assert_eq!(pack(last).insurance(today), expected, "{last}");
        }
        assert_eq!(VisitPack::default().insurance(today), Insurance::NotStated);
        assert_eq!(pack("2026-12-23").missing().len(), 4);
    }

    #[test]
    fn only_a_pdf_of_bearable_size_is_a_document() {
        let document = |body: &[u8], file_name: &str| NewDocument {
            kind: DocumentKind::RiskAssessment,
            title: String::new(),
            file_name: file_name.into(),
            for_parents: false,
            body: body.to_vec(),
        };
        let good = document(b"%PDF-1.7\n", "C:\\My Files\\Risk (final)\".PDF").check().unwrap();
        assert_eq!((good.title.as_str(), good.file_name.as_str()), ("Risk assessment", "Risk--final.pdf"));
        assert_eq!(document(b"%PDF-", "é\r\n").check().unwrap().file_name, "document.pdf");
        for body in [&b""[..], b"PK\x03\x04", b" %PDF-", b"<html>%PDF-"] {
            assert!(document(body, "x.pdf").check().is_err());
        }
        let mut large = b"%PDF-".to_vec();
        large.resize(MOST_DOCUMENT_BYTES + 1, b' ');
        assert!(document(&large, "x.pdf").check().is_err());
    }
}
