//! Typed words put right before they are read: written apart or together, scanned, cut off, mistyped.

use super::lexicon::{self, RESPELT};
use super::register::Register;
use super::words::{self, Token};

/// Words that all schools have, written as two or cut off ("Pri mary", "Church o"), and mistyped.
pub(super) fn put_together(register: &Register, tokens: &mut Vec<Token>) {
    for token in &mut *tokens {
        unscan(register, token);
    }
    // "School School".
    tokens.dedup_by(|next, token| next.text == token.text && RESPELT.contains(&token.text.as_str()));
    let mut at = 0;
    while at + 1 < tokens.len() {
        let joined = format!("{}{}", tokens[at].text, tokens[at + 1].text);
        if tokens[at].part == tokens[at + 1].part && RESPELT.contains(&joined.as_str()) {
            tokens[at].text = joined;
            tokens.remove(at + 1);
        } else if register.vocabulary.in_a_name(&joined).is_some() {
            at += 1;
        } else {
            respell(register, &mut tokens[at]);
        }
        at += 1;
    }
    let joined = |pair: &[Token]| register.vocabulary.in_a_name(&format!("{}{}", pair[0].text, pair[1].text)).is_some();
    if let Some(last) = tokens.len().checked_sub(1)
        && !tokens.windows(2).next_back().is_some_and(joined)
    {
        respell(register, &mut tokens[last]);
    }
    let ends: Vec<&str> = tokens.iter().rev().take(3).map(|t| t.text.as_str()).collect();
    let cut = match ends[..] {
        ["o" | "of", "church", ..] => 2,
        [end, "of", "church"] if "england".starts_with(end) => 3,
        _ => return,
    };
    tokens.truncate(tokens.len() - cut + 1);
    if let Some(last) = tokens.last_mut() {
        "cofe".clone_into(&mut last.text);
    }
}

/// A nought for an O, a one for an L and "rn" for an M, as scanners read them.
fn unscan(register: &Register, token: &mut Token) {
    let text = &token.text;
    // "Prirn", "rnost": an m read as two letters.
    if text.contains("rn") && register.vocabulary.get(text).is_none() && !lexicon::is_note(text) {
        let meant = text.replace("rn", "m");
        let known = |text: &str| {
            (token.text.starts_with("rn") && register.vocabulary.in_a_name(text).is_some())
                || RESPELT.contains(&text)
                || lexicon::full_form(text).is_some()
                || lexicon::is_note(text)
        };
        if known(&meant) {
            token.text = meant;
            return;
        }
    }
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    if letters < 2 || !text.contains(['0', '1', '5']) || register.vocabulary.get(text).is_some() {
        return;
    }
    let meant = text.replace('0', "o").replace('5', "s");
    let known = |text: &String| {
        register.vocabulary.in_a_name(text).is_some() || RESPELT.contains(&text.as_str()) || text == "of"
    };
    if let Some(meant) = [meant.replace('1', "l"), meant.replace('1', "i")].into_iter().find(known) {
        token.text = meant;
    }
}

/// Three words or more written as one, taken apart; two are a matter of readings.
pub(super) fn apart(register: &Register, token: Token) -> Vec<Token> {
    let text = &token.text;
    if !(10..=80).contains(&text.len()) || !text.is_ascii() || register.vocabulary.get(text).is_some() {
        return vec![token];
    }
    // The fewest words up to each letter, and where the last of them begins.
    let mut fewest: Vec<Option<(usize, usize)>> = vec![None; text.len() + 1];
    fewest[0] = Some((0, 0));
    for end in 2..=text.len() {
        for begin in 0..end - 1 {
            let Some((count, _)) = fewest[begin] else { continue };
            let word = &text[begin..end];
            let known = match word.len() {
                2 => matches!(word, "st" | "of"),
                _ => register.vocabulary.in_a_name(word).is_some(),
            };
            if known && fewest[end].is_none_or(|(best, _)| count + 1 < best) {
                fewest[end] = Some((count + 1, begin));
            }
        }
    }
    match fewest[text.len()] {
        Some((count, _)) if (3..=8).contains(&count) => {
            let (mut words, mut end) = (Vec::new(), text.len());
            while let Some((_, begin)) = fewest[end].filter(|_| end > 0) {
                words.push(Token {
                    text: text[begin..end].to_owned(),
                    part: token.part,
                    side: token.side,
                    initials: false,
                });
                end = begin;
            }
            words.reverse();
            words
        }
        _ => vec![token],
    }
}

/// A word that no name has, a slip away from one that all schools have, is read as that.
fn respell(register: &Register, token: &mut Token) {
    let text = &token.text;
    // "Priory" is no slip for "primary".
    let known = register.vocabulary.get(text).is_some() || lexicon::is_note(text) || lexicon::names_with(text) > 0;
    // "Thhe", "annd", "widh": between the letters it begins and ends with, a word that joins others.
    let joins = |word: &&&str| {
        (text.as_bytes().first(), text.as_bytes().last()) == (word.as_bytes().first(), word.as_bytes().last())
            || text.len() == 3 && **word == "the"
    };
    if !known
        && text.len() >= 2
        && let Some(word) =
            ["the", "and", "with"].iter().filter(joins).find(|word| strsim::osa_distance(text, word) == 1)
    {
        (*word).clone_into(&mut token.text);
        return;
    }
    if text.len() < 4
        || !text.is_ascii()
        || words::is_numeral(text)
        || known
        || lexicon::full_form(text).is_some()
        || !lexicon::may_stand_for(text).is_empty()
        || lexicon::is_no_school(text)
        || lexicon::is_trust(text)
    {
        return;
    }
    let best = RESPELT
        .iter()
        .filter(|word| word.len().abs_diff(text.len()) <= 2)
        .map(|word| (strsim::osa_distance(text, word), *word))
        .filter(|(slips, word)| *slips == 1 || (*slips == 2 && word.len() >= 6))
        .min();
    if let Some((slips, word)) = best {
        // Where a name's own word is as near, that is the likelier: all schools' words are not asked for.
        let seldom = matches!(
            word,
            "first"
                | "high"
                | "middle"
                | "aided"
                | "centre"
                | "sixth"
                | "saint"
                | "cofe"
                | "form"
                | "roman"
                | "endowed"
                | "learning"
                | "prim"
                | "acad"
        );
        let near = if seldom { slips } else { slips - 1 };
        let rival = near > 0 && !register.vocabulary.alike(text, near).is_empty();
        if !rival {
            word.clone_into(&mut token.text);
        }
    }
}
