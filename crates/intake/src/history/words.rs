//! Text as people type it, made comparable.

/// Lower case, one blank for any run of blanks (non-breaking ones too), straight quotes, none at the ends.
pub(crate) fn plain(text: &str) -> String {
    let straight = text.chars().map(|c| match c {
        '\u{2018}' | '\u{2019}' | '`' | '\u{b4}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{d7}' => 'x',
        other => other,
    });
    let lower: String = straight.flat_map(char::to_lowercase).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a text: runs of letters and digits.
pub(crate) fn words(plain: &str) -> Vec<&str> {
    plain.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect()
}

/// So many bytes of signs say that a cell repeats what stands above it.
const MOST_MARKS: usize = 12;

/// Whether a cell says that it repeats what stands above it.
pub(crate) fn is_ditto(plain: &str) -> bool {
    let is_mark = |c: char| matches!(c, '"' | '\'' | ',' | '\u{3003}' | '\u{2033}' | '\u{201e}');
    let is_marks = || {
        let marks = plain.chars().filter(|c| is_mark(*c)).count();
        plain.len() <= MOST_MARKS
            && plain.chars().all(|c| is_mark(c) || matches!(c, ' ' | '-' | '.'))
            // A quotation mark, or two of what it is made of: “"”, “''”, “,,”, “-"-”.
            && (marks > 1 || (marks == 1 && !plain.contains([',', '\''])))
    };
    matches!(plain, "ditto" | "do" | "do." | "-do-" | "- do -" | "as above" | "same") || is_marks()
}

/// Whether a cell says in so many signs that there is nothing to say.
pub(crate) fn is_nothing(plain: &str) -> bool {
    (plain.chars().all(|c| !c.is_alphanumeric() && !matches!(c, '"' | '\'' | '?' | '~')) && !is_ditto(plain))
        || matches!(plain, "n/a" | "na" | "none" | "nil" | "free" | "x")
}

/// Whether a heading speaks of a school's number at the Department for Education.
pub(crate) fn is_dfe_number(plain: &str) -> bool {
    let said = words(plain);
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    let begins = |any: &[&str]| said.iter().any(|w| any.iter().any(|a| w.starts_with(a)));
    has(&["laestab", "dfe", "dfes", "dcsf", "estab", "establishmentnumber"])
        || (has(&["la"]) && has(&["est"]))
        || ((begins(&["school", "establishment"]) || has(&["sch"]))
            && has(&["no", "number", "code"])
            && !has(&["schools", "establishments", "in", "at", "of", "from"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_repeat_what_stands_above() {
        for text in [
            "\"", "\u{201c}", "\u{201d}", "\"  \"", "\" \" \"", "''", ",,", "-\"-", "- \" -", "--\"--", "\u{3003}",
            "Ditto", "do.", "-do-", "as above", "same",
        ] {
            let plain = plain(text);
            assert!(is_ditto(&plain) && !is_nothing(&plain), "{text}");
        }
        for text in ["", "-", "--", ".", ",", "'", "...", "\"Oak\"", "see above", "x"] {
            assert!(!is_ditto(&plain(text)), "{text}");
        }
    }
}
