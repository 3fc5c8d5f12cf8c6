//! Text into words, the same way for a name of the list and for a typed one.

use std::borrow::Cow;

use super::lexicon::{self, PHRASES};

/// The most words of a typed name that are looked at; each has a bit in a mask.
pub(super) const MAX_WORDS: usize = 28;
/// The most bytes of a typed text that are looked at.
const MAX_BYTES: usize = 400;

/// A word of a text, in small letters without accents or apostrophes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    /// Which part of the text it stands in: brackets, dashes, commas and the like begin a new one.
    pub(super) part: u8,
    /// Which side of the text it stands on: a stroke, a semicolon, a bar or a new line divides it, as between two schools.
    pub(super) side: u8,
    /// Whether it is written in capitals where other words are not: initials of a trust.
    pub(super) initials: bool,
}

/// The words of a text as they are written.
pub(super) fn split(text: &str) -> Vec<Token> {
    let text = match text.char_indices().find(|(at, _)| *at >= MAX_BYTES) {
        Some((end, _)) => &text[..end],
        None => text,
    };
    let text = &*mended(text);
    let shouting = !text.chars().any(char::is_lowercase);
    let mut tokens: Vec<Token> = Vec::new();
    let (mut word, mut part, mut side, mut capitals) = (String::new(), 0_u8, 0_u8, true);
    let mut before = ' ';
    let mut end = |word: &mut String, (part, side): (u8, u8), capitals: &mut bool| {
        if !word.is_empty() && tokens.len() < MAX_WORDS {
            let initials = *capitals && !shouting && (3..=5).contains(&word.len());
            tokens.push(Token { text: std::mem::take(word), part, side, initials });
        }
        word.clear();
        *capitals = true;
    };
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '′' => {}
            '&' | '+' => {
                end(&mut word, (part, side), &mut capitals);
                word.push_str("and");
                end(&mut word, (part, side), &mut capitals);
            }
            c if c.is_alphanumeric() => {
                // A space left out: "Park RoadPrimary", "BradfordYr 5", but not "McMillan".
                let inner = before.is_lowercase() && word.len() >= 3 && word != "mac" && !(word == "cof" && c == 'E');
                // "KirkbyCofEPrimary".
                if c.is_uppercase() && (inner || (before == 'E' && word == "cofe")) {
                    end(&mut word, (part, side), &mut capitals);
                }
                capitals &= c.is_uppercase();
                plain(c, &mut word);
            }
            _ => {
                end(&mut word, (part, side), &mut capitals);
                let parts = matches!(
                    c,
                    '(' | ')' | '[' | ']' | ',' | ';' | ':' | '/' | '|' | '–' | '—' | '*' | '#' | '•' | '\n'
                ) || (matches!(c, '-' | '@')
                    && (before.is_whitespace() || chars.peek().is_none_or(|n| n.is_whitespace())));
                if parts {
                    part = part.saturating_add(1);
                }
                if matches!(c, '/' | ';' | '|' | '\n') {
                    side = side.saturating_add(1);
                }
            }
        }
        before = c;
    }
    end(&mut word, (part, side), &mut capitals);
    tokens
}

/// The text without the marks of a wrong encoding: "St Maryâ€™s", "St Mary&#39;s", "St Mary?s".
fn mended(text: &str) -> Cow<'_, str> {
    if !text.contains(['â', '&', '?', '\u{fffd}']) {
        return Cow::Borrowed(text);
    }
    let mut mended = text.replace("&amp;", "&");
    for mark in ["â€™", "â€˜", "&#39;", "&#039;", "&rsquo;", "&apos;", "\u{fffd}"] {
        mended = mended.replace(mark, "'");
    }
    for (mark, meant) in [("â€“", "–"), ("&quot;", " "), ("&nbsp;", " "), ("?s ", "'s ")] {
        mended = mended.replace(mark, meant);
    }
    if let Some(before) = mended.strip_suffix("?s") {
        mended = format!("{before}'s");
    }
    Cow::Owned(mended)
}

/// A letter in its small form without accents.
fn plain(c: char, word: &mut String) {
    match c {
        'À'..='Å' | 'à'..='å' => word.push('a'),
        'È'..='Ë' | 'è'..='ë' => word.push('e'),
        'Ì'..='Ï' | 'ì'..='ï' => word.push('i'),
        'Ò'..='Ö' | 'ò'..='ö' => word.push('o'),
        'Ù'..='Ü' | 'ù'..='ü' => word.push('u'),
        'Ç' | 'ç' => word.push('c'),
        'Ñ' | 'ñ' => word.push('n'),
        c => word.extend(c.to_lowercase()),
    }
}

/// Abbreviations in full, set phrases as one word.
pub(super) fn in_full(tokens: Vec<Token>) -> Vec<Token> {
    let mut full: Vec<Token> = Vec::with_capacity(tokens.len() + 2);
    let mut at = 0;
    while at < tokens.len() {
        let found = PHRASES.iter().find(|(phrase, _)| {
            tokens.len() - at >= phrase.len()
                && phrase.iter().zip(&tokens[at..]).all(|(word, token)| *word == token.text)
        });
        let token = &tokens[at];
        // "Church o England", "Church off England".
        let misspelt = tokens.len() - at >= 3
            && token.text == "church"
            && tokens[at + 1].text.len() <= 3
            && tokens[at + 2].text == "england";
        // "CvfE" falls into two at its capital, as "CofE" does.
        let of_church = tokens.get(at + 1).is_some_and(|next| next.text == "e" && next.part == token.part)
            && token.text.starts_with('c')
            && strsim::osa_distance(&token.text, "cof") == 1;
        let mut push = |words: &[&str]| {
            for word in words {
                full.push(Token { text: (*word).to_owned(), part: token.part, side: token.side, initials: false });
            }
        };
        if let Some((phrase, words)) = found {
            push(words);
            at += phrase.len();
        } else if misspelt {
            push(&["cofe"]);
            at += 3;
        } else if of_church {
            push(&["cofe"]);
            at += 2;
        } else if let Some(words) = lexicon::full_form(&token.text) {
            push(words);
            at += 1;
        } else {
            full.push(token.clone());
            at += 1;
        }
    }
    // Abbreviated halves of a phrase: "Vol Aided".
    for (phrase, words) in [(["voluntary", "aided"], "va"), (["voluntary", "controlled"], "vc")] {
        while let Some(i) = full.windows(2).position(|w| w[0].text == phrase[0] && w[1].text == phrase[1]) {
            full.remove(i);
            words.clone_into(&mut full[i].text);
        }
    }
    full.truncate(MAX_WORDS);
    full
}

/// A text as it is compared when nothing but its spelling counts: its words in full, with spaces between.
pub(super) fn key(text: &str) -> String {
    let words: Vec<String> = in_full(split(text)).into_iter().map(|t| t.text).collect();
    words.join(" ")
}

/// A word that counts or dates something: "x2", "3rd", "60", "y5".
pub(super) fn is_numeral(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
}

/// The school years a note names, lowest and highest: "Y3 & Y4", "Year 6", "KS2".
pub(super) fn years(tokens: &[Token]) -> Option<(u8, u8)> {
    let mut range: Option<(u8, u8)> = None;
    let mut add = |low: u8, high: u8| {
        range = Some(range.map_or((low, high), |(l, h)| (l.min(low), h.max(high))));
    };
    let year = |text: &str| text.parse::<u8>().ok().filter(|y| (1..=13).contains(y));
    for (at, token) in tokens.iter().enumerate() {
        let text = token.text.as_str();
        let after = text.strip_prefix("year").or_else(|| text.strip_prefix("yr")).or_else(|| text.strip_prefix('y'));
        match after {
            Some("" | "s" | "ears") => {
                for next in tokens[at + 1..].iter().take(3) {
                    match year(&next.text) {
                        Some(y) => add(y, y),
                        None if next.text == "and" || next.text == "to" => {}
                        None => break,
                    }
                }
            }
            Some(digits) => {
                if let Some(y) = year(digits) {
                    add(y, y);
                }
            }
            None => match text {
                "ks1" => add(1, 2),
                "ks2" => add(3, 6),
                "ks3" => add(7, 9),
                "ks4" => add(10, 11),
                _ => {}
            },
        }
    }
    range
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_to_the_same_words() {
        for (typed, expected) in [
            ("St. Joseph’s R.C. Jnr & Inf Sch.", "st josephs catholic junior and infant school"),
            ("SAINT JOSEPHS CATH. J&I SCHOOL", "st josephs catholic junior infant school"),
            ("Idle C.of E. P.S.", "idle cofe primary school"),
            ("Idle\u{a0} Church of England  Prim Sch", "idle cofe primary school"),
            ("Idle C of E Vol. Aided", "idle cofe va"),
            ("Co-op Academy Delius", "coop academy delius"),
            ("Brontë Girls` Acad", "bronte girls academy"),
            ("CE(VC) Primary", "cofe vc primary"),
        ] {
            assert_eq!(key(typed), expected, "{typed}");
        }
    }

    #[test]
    fn notes_name_years() {
        let found = |text: &str| years(&split(text));
        assert_eq!(found("Carrwood (Y3 & Y4)"), Some((3, 4)));
        assert_eq!(found("Heaton BradfordYr 5"), Some((5, 5)));
        assert_eq!(found("Eden KS2"), Some((3, 6)));
        assert_eq!(found("York House 2"), None);
    }

    #[test]
    fn endless_text_is_cut() {
        assert!(split(&"a ".repeat(100_000)).len() <= MAX_WORDS);
    }
}
