//! Text that people typed, in files that spreadsheet programs open.
//!
//! A program takes a cell that begins with one of [`FORMULA`] for a formula and works it out: `=HYPERLINK(…)` in a
//! school's name would be run by whoever opens an export. Every export therefore guards its texts, by this one rule: in
//! CSV with an apostrophe before them ([`guarded`]), in a workbook with the format's quote prefix, which does the same
//! without being part of the text.

/// What a formula begins with; a tabulator and a line's end are passed over by some programs, and the wide signs of
/// East Asian keyboards are taken for the narrow ones (OWASP, CSV injection).
pub const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Whether a spreadsheet program could take the text for a formula.
#[must_use]
pub fn is_like_formula(text: &str) -> bool {
    text.starts_with(FORMULA)
}

/// The text as a cell of a CSV file that no program takes for a formula.
#[must_use]
pub fn guarded(text: &str) -> String {
    if is_like_formula(text) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_guarded_text_is_a_formula(begin in "[=+@\t\r\n＝＋－＠ -]{0,3}", text in any::<String>()) {
            let text = begin + &text;
            let cell = guarded(&text);
            prop_assert!(!is_like_formula(&cell));
            prop_assert!(cell == text || cell.strip_prefix('\'') == Some(text.as_str()), "nothing else is changed");
        }
    }
}
