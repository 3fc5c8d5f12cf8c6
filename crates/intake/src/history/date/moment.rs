//! Days with a time behind them, and days without a sign between their parts.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::{Words, YEARS, month};
use crate::history::clock;
use crate::history::words::plain;

/// “12sep18” as “12 sep 18”; any other text as it is.
pub(super) fn spaced(plain: &str) -> Cow<'_, str> {
    let first = plain.bytes().take_while(u8::is_ascii_digit).count();
    let letters = plain[first..].chars().take_while(|c| c.is_ascii_alphabetic()).count();
    let (day, name, rest) = (&plain[..first], &plain[first..first + letters], &plain[first + letters..]);
    if !(1..=2).contains(&first) || letters < 3 || month(name).is_none() {
        return plain.into();
    }
    let between = if rest.starts_with(|c: char| c.is_ascii_digit()) { " " } else { "" };
    format!("{day} {name}{between}{rest}").into()
}

/// “20180912”, as programs write a day.
pub(super) fn by_figures(text: &str) -> Option<NaiveDate> {
    let is_so = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    let year = i32::try_from(number(0..4).filter(|_| is_so)?).ok().filter(|year| YEARS.contains(year))?;
    NaiveDate::from_ymd_opt(year, number(4..6)?, number(6..8)?)
}

/// The day of a cell, and the time that stands behind it: “12/09/2016 10:00”, “12/9/18 pm”, “12 Sept 18 (am)”. The second
/// is blank where there is none.
pub(in crate::history) fn day_and_time(text: &str) -> (&str, &str) {
    let text = text.trim();
    let tail = text.trim_end_matches(')');
    // Few days end like a time: the rest is done with.
    let is_dotted = tail.get(tail.len().saturating_sub(3)..).is_some_and(|end| end.starts_with(['.', ':']));
    let ends = |c: char| matches!(c.to_ascii_lowercase(), 'm' | 'n' | 'g' | '.');
    if !is_dotted && !tail.ends_with(ends) {
        return (text, "");
    }
    // As programs write it.
    if let Some((day, time)) = text.rsplit_once(' ')
        && is_clock(time)
        && day.ends_with(|c: char| c.is_ascii_digit())
        && !day.contains([' ', ':'])
    {
        return (day, time);
    }
    // The longest that is a time: “at 9.30 - 10.30 am”.
    for (at, _) in text.match_indices([' ', '(']) {
        let (day, time) =
            (text[..at].trim_end_matches([' ', '(', ',', '-']), text[at..].trim_start_matches([' ', '(']));
        let time = time.trim_end_matches([' ', ')']);
        if is_time(day, time) {
            return (day, time);
        }
    }
    (text, "")
}

/// Whether what stands behind a day is a time: as a half of the day or with a colon, or by a point where the day has its
/// year, and no point.
fn is_time(day: &str, time: &str) -> bool {
    if !day.bytes().any(|b| b.is_ascii_digit()) || !time.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return false;
    }
    let told = plain(time);
    if is_clock(&told) {
        return true;
    }
    if clock::time(&told) == (None, None) {
        return false;
    }
    let is_told = told.contains(':')
        || told.ends_with('m')
        || told.ends_with("m.")
        || told.ends_with("ing")
        || told.ends_with("noon");
    let day = plain(day);
    let day = spaced(&day);
    let Ok(words) = Words::of(&day) else { return false };
    match words.parts() {
        Ok((.., year)) => is_told || (year.is_some() && !day.contains('.')),
        // “Fri 22nd am”, of the month that its sheet is of.
        Err(_) => is_told && words.is_day_by_its_words(),
    }
}

/// Whether a word is a time of day as programs write it: `10:00`, `10:00:00`.
fn is_clock(word: &str) -> bool {
    matches!(word.len(), 5 | 8)
        && word.split(':').all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
}

/// The time that stands behind a day in its cell; blank where none does, or midnight for none.
pub(in crate::history) fn clock_of(text: &str) -> &str {
    let text = text.trim();
    let last = match text.rsplit_once('T').filter(|(_, last)| is_clock(last)) {
        Some((_, last)) => last,
        None => day_and_time(text).1,
    };
    if last.starts_with("00:00") { "" } else { last }
}
