//! What stands beside a name: notes, trusts, people, parts of the grounds.

use super::lexicon::{self, Class};
use super::place::{Gazetteer, Postcode, is_region, place_words};
use super::words::{self, Token};

/// Words that speak of a trust.
const TRUSTS: [&str; 16] = [
    "trust",
    "diocese",
    "academies",
    "mat",
    "multi",
    "federation",
    "partnership",
    "maintained",
    "bdat",
    "part",
    "cat",
    "cet",
    "cmat",
    "cmac",
    "mac",
    "sat",
];
/// Titles of people.
const TITLES: [&str; 13] =
    ["mr", "mrs", "miss", "ms", "mx", "sister", "rev", "cllr", "pc", "pcso", "sgt", "insp", "hv"];
/// Words after which a part of the text says what for, or how it was called.
const AFTER: [&str; 11] =
    ["re", "was", "formerly", "prev", "previously", "aka", "fka", "nee", "regarding", "ref", "about"];
/// Ends of a street's name.
const STREETS: [&str; 16] = [
    "road", "rd", "street", "st", "lane", "ln", "avenue", "ave", "drive", "close", "way", "crescent", "grove",
    "terrace", "place", "row",
];
/// Ends of what names a part of a school's grounds.
const SITES: [&str; 8] = ["site", "campus", "annexe", "block", "building", "entrance", "gate", "reception"];

/// From which word on nothing but notes follow.
pub(super) fn notes_from(tokens: &[Token]) -> usize {
    let mut from = tokens.len();
    while let Some(token) = from.checked_sub(1).and_then(|at| tokens.get(at)) {
        // "Victoria Hall" is a name, "Victoria Primary hall" is not.
        let of_name = lexicon::sets_apart(&token.text)
            && !matches!(token.text.as_str(), "new" | "old")
            && tokens[..from - 1].last().is_some_and(|before| before.part == token.part)
            && !tokens[..from].iter().any(|t| matches!(lexicon::class(&t.text), Class::School | Class::Phase(_)));
        if of_name {
            break;
        }
        if !(lexicon::is_note(&token.text) || words::is_numeral(&token.text) || token.text.len() == 1) {
            break;
        }
        from -= 1;
    }
    from
}

/// Which parts of a text speak of a trust, a bit each.
pub(super) fn trust_parts(tokens: &[Token]) -> u64 {
    let speaks = |text: &str| TRUSTS.contains(&text);
    let mut parts = 0;
    for token in tokens.iter().filter(|t| speaks(&t.text)) {
        parts |= 1_u64 << u32::from(token.part).min(63);
    }
    parts
}

/// Which words have a part of the text after the first to themselves, or share it with one other, a bit each.
pub(super) fn alone(tokens: &[Token]) -> u32 {
    let many = |part: u8| tokens.iter().filter(|t| t.part == part).count();
    let first = tokens.first().map(|t| t.part);
    let stands = |token: &Token| Some(token.part) != first && many(token.part) <= 2;
    (0_u32..).zip(tokens).filter(|(_, t)| stands(t)).fold(0, |mask, (at, _)| mask | 1 << at)
}

/// A whole postcode in the text, and its words, a bit each.
pub(super) fn postcode(tokens: &[Token]) -> Option<(Postcode, u32)> {
    tokens.windows(2).enumerate().find_map(|(at, pair)| {
        let postcode = Postcode::read(&format!("{}{}", pair[0].text, pair[1].text))?;
        postcode.inward.is_some().then_some((postcode, 0b11 << at))
    })
}

/// The words of the first town or county that stands apart in the text, or ends or begins it in several words.
pub(super) fn place(tokens: &[Token], gazetteer: &Gazetteer) -> Option<std::ops::Range<usize>> {
    let is_place = |range: &std::ops::Range<usize>| {
        let words: Vec<&str> = tokens[range.clone()].iter().map(|t| t.text.as_str()).collect();
        let place = place_words(&words.join(" "));
        // Another authority than those of the list is no place of a school's, but what tells it from one elsewhere.
        let has_here = gazetteer.outwards_of(&place.join(" ")).is_some();
        !place.is_empty() && (has_here || (is_region(&place) && lexicon::is_county(&place)))
    };
    let (count, mut begin) = (tokens.len(), 0);
    while begin < count {
        let end = begin + tokens[begin..].iter().take_while(|t| t.part == tokens[begin].part).count();
        // "Bristol, City of" is two parts.
        let city = tokens[end..].iter().take_while(|t| matches!(t.text.as_str(), "city" | "county" | "of")).count();
        let range = begin..(if city == 2 { end + city } else { end });
        if range.len() < count && is_place(&range) {
            return Some(range);
        }
        begin = end;
    }
    let edges = (2..count.min(6)).rev().flat_map(|many| [count - many..count, 0..many]);
    edges.filter(|range| tokens[range.start].part == tokens[range.end - 1].part).find(is_place)
}

/// Which words stand right before one that means a trust, it included, a bit each.
pub(super) fn trust_words(tokens: &[Token]) -> u32 {
    let mut mask = 0;
    for (at, token) in tokens.iter().enumerate() {
        if matches!(token.text.as_str(), "trust" | "mat" | "federation") {
            let near = (at.saturating_sub(3)..=at).filter(|before| tokens[*before].part == token.part);
            mask |= near.fold(0, |near, before| near | 1_u32 << before);
        }
    }
    mask
}

/// The words before a name that say what is done there ("Assembly at"), and people with their titles ("Mrs J Smith"), a
/// bit each.
pub(super) fn asides(tokens: &[Token]) -> u32 {
    let mut mask = 0_u32;
    let leads = leading(tokens);
    if leads > 0 && leads < tokens.len() {
        let joined =
            tokens[leads..].iter().take_while(|t| matches!(t.text.as_str(), "at" | "to" | "for" | "in")).count();
        mask |= (1 << (leads + joined)) - 1;
    }
    for (at, token) in tokens.iter().enumerate() {
        let begins = at == 0 || tokens[at - 1].part != token.part;
        if TITLES.contains(&token.text.as_str()) || (token.text == "dr" && begins) {
            mask |= 1 << at;
            let named = tokens[at + 1..].iter().take_while(|next| next.part == token.part);
            let initials = named.clone().take_while(|next| next.text.len() == 1).count();
            let many = named.take(initials + 1).count();
            mask |= ((1_u32 << many) - 1) << (at + 1);
        }
        let next = tokens.get(at + 1).map_or("", |next| next.text.as_str());
        // "Park Primary re knife crime", "Park Primary (was Hill Infants)", "Knife crime @ Park Primary".
        if at > 0 && AFTER.contains(&token.text.as_str()) {
            let rest = tokens[at..].iter().take_while(|next| next.part == token.part).count();
            mask |= ((1_u32 << rest) - 1) << at;
        }
        let of_it = matches!(
            (token.text.as_str(), next),
            ("whole", "school")
                | ("form", "entry")
                | ("sen", "group" | "groups" | "pupils" | "support" | "unit")
                | ("road", "safety")
                | ("b" | "a", "team")
        );
        let week_of = token.text == "w" && next == "c" && begins;
        if week_of {
            let rest = tokens[at..].iter().take_while(|next| next.part == token.part).count();
            mask |= ((1_u32 << rest) - 1) << at;
        }
        // "Y9 girls", "Willow class".
        let group = (words::is_numeral(&token.text) && matches!(next, "girls" | "boys"))
            || (next == "class" && tokens[at + 1].part == token.part);
        mask |= if of_it || group { 0b11 << at } else { 0 };
    }
    mask | parts_aside(tokens)
}

/// How many words before a name say what is done there or when, or number it in a list: "Assembly at", "w/c 12 May",
/// "Spring 2", "19.".
fn leading(tokens: &[Token]) -> usize {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let counts = |at: usize| text(at).len() < 3 && text(at).bytes().all(|b| b.is_ascii_digit()) && !text(at).is_empty();
    let mut at = 0;
    loop {
        let here = text(at);
        at += match (here, text(at + 1)) {
            ("w", "c")
            | ("all", "day")
            | ("pick", "up")
            | ("drop", "off")
            | ("goes", "to")
            | ("after" | "before", "lunch" | "school" | "break") => 2,
            ("spring" | "summer" | "autumn" | "term" | "period" | "week" | "ht", _) if counts(at + 1) => 2,
            // "My son goes to …".
            ("my" | "our" | "his" | "her", "son" | "daughter" | "child" | "children") => 2,
            _ if lexicon::is_doing(here) || lexicon::is_when(here) || here == "wc" => 1,
            // "3rd June".
            (_, next) if words::is_numeral(here) && lexicon::is_month(next) => 2,
            _ if at == 0 && counts(at) => 1,
            _ => return at,
        };
    }
}

/// The words of parts that say where on its grounds ("lower school site", "sports hall") or who ("K Hussain").
fn parts_aside(tokens: &[Token]) -> u32 {
    let mut mask = 0_u32;
    let mut begin = 0;
    while begin < tokens.len() {
        let part = tokens[begin].part;
        let many = tokens[begin..].iter().take_while(|t| t.part == part).count();
        let words = &tokens[begin..begin + many];
        let last = words[many - 1].text.as_str();
        let before = if many > 1 { words[many - 2].text.as_str() } else { "" };
        let street = begin > 0 && many > 1 && many < 5 && STREETS.contains(&last);
        let aside = street
            || SITES.contains(&last)
            || (last == "hall" && matches!(before, "sports" | "main" | "school" | "dining"))
            || (many == 2 && before.len() == 1 && last.len() > 2);
        if aside && many < tokens.len() {
            mask |= ((1_u32 << many) - 1) << begin;
        }
        begin += many;
    }
    mask
}
