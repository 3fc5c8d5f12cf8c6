//! Single values of a school list's cells.

use std::borrow::Cow;
use std::collections::HashMap;

use domain::setting::LaCode;

/// A code of digits; programs that take it for a number may write `380.0`.
pub(super) fn whole(text: &str) -> &str {
    text.strip_suffix(".0").unwrap_or(text)
}

/// A whole number; spreadsheet programs may write `4.0`.
pub(super) fn whole_number(text: &str) -> Option<i64> {
    let digits = match text.split_once('.') {
        Some((digits, zeros)) if zeros.bytes().all(|b| b == b'0') => digits,
        Some(_) => return None,
        None => text,
    };
    digits.parse().ok()
}

/// The web address with its scheme; none when it is not one that may stand in a link.
pub(super) fn web_address(text: &str) -> Option<String> {
    let plain = text.to_ascii_lowercase();
    if text.contains(char::is_whitespace) || text.contains(['"', '<', '>']) || !text.contains('.') {
        None
    } else if plain.starts_with("http://") || plain.starts_with("https://") {
        Some(text.to_owned())
    } else if plain.contains(':') {
        None
    } else {
        Some(format!("http://{text}"))
    }
}

/// A cell's text as a message shows it.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(40) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// That a list has no school of an authority, and whose it has.
pub(super) fn nothing_of(only: &LaCode, others: &HashMap<LaCode, Option<String>>) -> String {
    let name = |(code, name): (&LaCode, &Option<String>)| match name {
        Some(name) => format!("{code} ({name})"),
        None => code.to_string(),
    };
    let mut others: Vec<String> = others.iter().map(name).collect();
    others.sort();
    let shown = match others.as_slice() {
        [] => return "The file has the columns of a school list, but no school in it.".to_owned(),
        [a] => a.clone(),
        [a, b] => format!("{a} and {b}"),
        [a, b, rest @ ..] => format!("{a}, {b} and {} others", rest.len()),
    };
    format!("The file has no school of authority {only}. It has schools of: {shown}.")
}
