//! Times of day as people type them.

pub(super) mod cell;

use domain::slot::TimeOfDay;

use super::words::plain;

/// Half of a school day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// Before noon.
    Am,
    /// After noon.
    Pm,
}

/// What a time cell says: “am”, “9.30”, “1.15pm”, “all day”. Of two times the first, where the other is its end:
/// “9.30–10.30”.
#[must_use]
pub fn time(text: &str) -> (Option<TimeOfDay>, Option<Half>) {
    let text = plain(text).replace("a.m.", "am").replace("p.m.", "pm").replace("a.m", "am").replace("p.m", "pm");
    match text.as_str() {
        "am" | "morning" => return (None, Some(Half::Am)),
        "pm" | "afternoon" => return (None, Some(Half::Pm)),
        _ => {}
    }
    let Some(time) = begins(&text) else { return (None, None) };
    (Some(time), Some(if time.minutes() < NOON { Half::Am } else { Half::Pm }))
}

/// Whether a text is meant as a time and is none that is known: “25:00”, “9.30 & 1.15”.
pub(super) fn is_unclear(text: &str) -> bool {
    let bytes = text.as_bytes();
    // A sign between figures, as in 9.30.
    let looks = bytes.windows(4).any(|w| {
        w[0].is_ascii_digit() && matches!(w[1], b':' | b'.') && w[2].is_ascii_digit() && w[3].is_ascii_digit()
    });
    let is_long = text.to_lowercase().contains(['h', 'm'])
        && !text.to_lowercase().contains("am")
        && !text.to_lowercase().contains("pm");
    looks && !is_long && time(text) == (None, None)
}

const NOON: i64 = 12 * 60;

/// When what a text says begins.
fn begins(text: &str) -> Option<TimeOfDay> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return match text {
            "noon" | "midday" | "mid-day" => TimeOfDay::new(12, 0),
            _ => ["from ", "at ", "start ", "starts ", "am ", "pm "].iter().find_map(|before| {
                let rest = text.strip_prefix(before).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))?;
                let half = before.trim_end();
                begins(&if matches!(half, "am" | "pm") { format!("{rest}{half}") } else { rest.to_owned() })
            }),
        };
    }
    if matches!(text, "12 noon" | "12noon" | "12 midday") {
        return TimeOfDay::new(12, 0);
    }
    // A workbook's time is a part of a day, where its cell is not shown as a time.
    if let Some(decimals) = text.strip_prefix("0.").filter(|decimals| decimals.len() != 2) {
        return decimals.bytes().all(|b| b.is_ascii_digit()).then(|| of_day(text)).flatten();
    }
    // “2016-09-12T09:30:00”: a time cell with its day.
    let text =
        text.split_once('t').filter(|(day, _)| domain::calendar::iso_day(day).is_some()).map_or(text, |(_, t)| t);
    // Midnight is how a day without a time is written.
    if text.starts_with("00:00") {
        return None;
    }
    let end = text.split_once('-').or_else(|| text.split_once(" to ")).or_else(|| text.split_once(" until "));
    let Some((first, last)) = end else { return one(text) };
    let (first, last) = (first.trim(), last.trim());
    let is_hour = |text: &str| text.len() < 3 && text.bytes().all(|b| b.is_ascii_digit());
    let ends = one(last).or_else(|| one(&format!("{last}.00")).filter(|_| is_hour(last)))?;
    // “9-10” may be anything, “9-10am” not.
    let is_told = |text: &str| text.ends_with("am") || text.ends_with("pm");
    let starts = match one(first) {
        Some(time) => time,
        None if is_hour(first) && one(last).is_some() => one(&format!("{first}.00"))?,
        None => return None,
    };
    // “10-11pm” is in the evening, and “9.30-10.30pm”.
    let late = TimeOfDay::try_from(starts.minutes() + NOON).ok().filter(|late| *late < ends);
    Some(late.filter(|_| last.ends_with("pm") && !is_told(first)).unwrap_or(starts))
}

/// One time.
fn one(text: &str) -> Option<TimeOfDay> {
    let text = text.trim();
    let hours = ["hours", "hrs", "hr", "h"].iter().find_map(|unit| text.strip_suffix(unit)).map(str::trim_end);
    // “1330hrs” is a time, “2 hrs” and “1.30 hrs” may be how long it was.
    let text = match hours {
        Some(clock) if clock.bytes().filter(u8::is_ascii_digit).count() == 4 => clock,
        Some(_) => return None,
        None => text,
    };
    // A time cell of a workbook comes with seconds.
    let short =
        if text.matches(':').count() == 2 { text.rsplit_once(':').map_or(text, |(time, _)| time) } else { text };
    let time = short.parse::<TimeOfDay>().ok().filter(|_| !short.starts_with("0."))?;
    // Nobody teaches at 1.15 at night: without am or pm, hours before seven are after noon.
    let early = time.minutes() < 7 * 60 && !text.ends_with("am") && hours.is_none();
    Some(if early { TimeOfDay::try_from(time.minutes() + NOON).unwrap_or(time) } else { time })
}

/// The time of day that a part of a day is, where it is one to the minute.
fn of_day(text: &str) -> Option<TimeOfDay> {
    let minutes = text.parse::<f64>().ok()? * 1_440.0;
    let whole = minutes.round();
    #[allow(clippy::cast_possible_truncation)]
    let time = ((minutes - whole).abs() < 0.01).then(|| TimeOfDay::try_from(whole as i64).ok()).flatten()?;
    (time.minutes() % 5 == 0 && (7 * 60..22 * 60).contains(&time.minutes())).then_some(time)
}

#[cfg(test)]
mod tests;
