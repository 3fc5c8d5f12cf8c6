//! A cell parted into a name and what it says of whether the visit took place: “Oak Primary (cancelled)”.

use crate::history::says::{self, Place, Says, says};
use crate::history::words::words;

/// What a school's cell says of whether the visit took place, the school's name by itself, and the words that say so.
pub(super) fn beside_the_school(text: &str) -> (Says, String, String) {
    let may_tell = says::may_tell(text);
    // “Eldwick Primary School ?”; “Eldwick?” may be of the name.
    let has_letters = |name: &str| name.contains(char::is_alphabetic);
    let asks = |mark: &str| {
        text.trim_end().strip_suffix(mark).filter(|name| !may_tell && name.ends_with(' ') && has_letters(name))
    };
    if let Some(name) = asks("?").or_else(|| asks("(?)")) {
        let name = name.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | ')'));
        return (Says::Unsure, name.to_owned(), String::new());
    }
    if !may_tell && !says::may_ask(text) {
        return (Says::Nothing, String::new(), String::new());
    }
    let (says, name, rest) = parted(text, Place::Notes);
    let says = if may_tell { says } else { says.min(Says::Unsure) };
    // “Moved to Oak Primary School”.
    let name = if rest.eq_ignore_ascii_case("moved") { name.trim_start_matches("to ").to_owned() } else { name };
    // Without a name what is typed is asked about.
    if name.is_empty() { (says, text.to_owned(), rest) } else { (says, name, rest) }
}

/// What a cell's text says of whether the visit took place, and the text without the words that say so.
pub(in crate::history) fn without_outcome(text: &str) -> (Says, String) {
    if !says::may_tell(text) {
        return (Says::Nothing, text.trim().to_owned());
    }
    let (says, text, _) = parted(text, Place::Elsewhere);
    (says, text)
}

fn parted(text: &str, place: Place) -> (Says, String, String) {
    let nothing = || (Says::Nothing, text.trim().to_owned(), String::new());
    let lower = text.to_lowercase();
    // Where lower case has other lengths, places do not agree.
    if lower.len() != text.len() {
        return nothing();
    }
    let said = words(&lower);
    let start_of = |word: &str| word.as_ptr() as usize - lower.as_ptr() as usize;
    let Some(event) = (0..said.len()).find(|at| says::begins_at(&said[*at..], place)) else { return nothing() };
    let mut first = event;
    let is_beside =
        |at: usize| !lower[start_of(said[at - 1])..start_of(said[at])].contains([',', '(', '[', ':', '-', '–', '—']);
    while first > 0 && says::is_modifier(said[first - 1]) && is_beside(first) {
        first -= 1;
    }
    let at = start_of(said[first]);
    let signs = |c: char| !c.is_alphanumeric() && !matches!(c, '.' | '\'' | '’' | ')' | ']');
    if first > 0 {
        let rest = &text[at..];
        return (says(rest, place), text[..at].trim_end_matches(signs).to_owned(), rest.to_owned());
    }
    // In front: up to the sign that follows, or the word alone.
    let word_end = start_of(said[event]) + said[event].len();
    let tail = &text[word_end..];
    let end = tail.find([':', '-', '–', '—', ')', ']', ',']).map_or(text.len(), |sign| word_end + sign);
    let (rest, name) = if end < text.len() || place == Place::Elsewhere {
        (&text[..end], &text[end..])
    } else {
        (&text[..word_end], tail)
    };
    let name = name.trim_start_matches(|c: char| !c.is_alphanumeric()).trim_end();
    (says(rest, place), name.to_owned(), rest.to_owned())
}
