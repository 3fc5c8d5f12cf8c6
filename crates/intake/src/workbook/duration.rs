//! Times of day as OpenDocument writes them: as durations since midnight (part 3, 19.387 `office:time-value`).

/// `PT14H05M00S` as `14:05:00`, as a time cell of any other workbook reads; none where it is no time of a day.
pub(super) fn time_of(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix("PT").filter(|rest| !rest.is_empty())?;
    let [hours, minutes, seconds] = ['H', 'M', 'S'].map(|unit| take(&mut rest, unit));
    let (hours, minutes, seconds) = (hours?, minutes?, seconds?);
    let is_time = rest.is_empty() && hours < 24 && minutes < 60 && seconds < 60;
    is_time.then(|| format!("{hours:02}:{minutes:02}:{seconds:02}"))
}

/// Takes a number with its unit from the front of a text: nought where it is not there, none where it is no whole number.
fn take(rest: &mut &str, unit: char) -> Option<u32> {
    let Some((number, behind)) = rest.split_once(unit) else { return Some(0) };
    *rest = behind;
    // Parts of a second are noughts, or what computing left of one.
    let (whole, parts) = number.split_once('.').unwrap_or((number, ""));
    (unit == 'S' || parts.is_empty()).then(|| whole.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::time_of;

    #[test]
    fn durations_within_a_day_are_times_of_it() {
        for (text, time) in [
            ("PT14H05M00S", Some("14:05:00")),
            ("PT09H15M00.000000000S", Some("09:15:00")),
            ("PT9H", Some("09:00:00")),
            ("PT13H30M", Some("13:30:00")),
            ("PT45M", Some("00:45:00")),
            ("PT26H00M00S", None),
            ("PT24H", None),
            ("PT9.5H", None),
            ("P1DT9H", None),
            ("PT", None),
            ("-PT9H", None),
            ("PT9H15", None),
            ("14:05", None),
        ] {
            assert_eq!(time_of(text).as_deref(), time, "{text}");
        }
    }
}
