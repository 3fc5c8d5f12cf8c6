//! What stands beside the key of a row that comes back. A key that stayed in its place while other columns were sorted
//! stands beside another school, another day, another session or another group, and so does one whose cells were copied
//! over: what was typed there is not its own.

use chrono::{Datelike, Days, NaiveDate};
use domain::AcademicYear;
use domain::attendance_sheet::{Column, letters};
use domain::calendar::iso_day;
use domain::request::read_dates;
use intake::attendance::FilledRow;

use super::sheet::{Group, Sheet};

/// The most characters of a cell that a message repeats.
const MOST_SHOWN: usize = 100;

/// What a row says against its key, in which column; none where they agree.
pub(super) fn against(found: &Sheet, group: &Group, row: &FilledRow) -> Option<(Column, String)> {
    let (school, session, on) = (&group.setting, &found.session, found.session.on_date);
    // What stood there when the sheet went out is its own, whatever it is called by now.
    let is_another = |column, said: &str, name: &str| {
        is_another(said, name) && !row.key.beside.is_some_and(|beside| beside.stood(column, said))
    };
    if is_another(Column::School, &row.school, school) {
        return Some((Column::School, apart_from(&row.school, school, on, "school")));
    }
    if let Some(said) = on_another_day(&row.on, on) {
        let message = if session.was_moved { moved(said, school, on) } else { apart_on(said, school, on) };
        return Some((Column::Date, message));
    }
    let own = session.name();
    if is_another(Column::Session, &row.session, &own) {
        let message = if session.was_moved {
            moved_to(&row.session, school, &own)
        } else {
            apart(&row.session, &format!("{own}, at {} on {}", session.venue, day(on)), "session")
        };
        return Some((Column::Session, message));
    }
    if is_another(Column::Venue, &row.venue, &session.venue) {
        let of = format!("{school} at {} on {}", session.venue, day(on));
        return Some((Column::Venue, apart(&row.venue, &of, "venue")));
    }
    // A school may have given its group another name since; the name of the one beside it is no new one.
    let own = group.name();
    let others = found.groups.iter().filter(|other| other.setting_id == group.setting_id).map(Group::name);
    let mut others = others.filter(|name| is_same(&row.group, name));
    let is_another = is_another(Column::Group, &row.group, &own) && others.next().is_some();
    is_another.then(|| (Column::Group, apart(&row.group, &format!("{own}, {school} on {}", day(on)), "group")))
}

/// Why a row beside whose key this school stands is not its key's; none where it is, or the cell was cleared.
pub(crate) fn another_school(said: &str, school: &str, on: NaiveDate) -> Option<String> {
    is_another(said, school).then(|| apart_from(said, school, on, "school"))
}

/// The same of the day. One that cannot be read says nothing.
pub(crate) fn another_day(said: &str, school: &str, on: NaiveDate) -> Option<String> {
    on_another_day(said, on).map(|said| apart_on(said, school, on))
}

/// The day that a cell says, where it is another.
fn on_another_day(said: &str, on: NaiveDate) -> Option<NaiveDate> {
    let days = days(said, AcademicYear::containing(on));
    days.first().copied().filter(|_| !days.contains(&on))
}

fn apart_on(said: NaiveDate, school: &str, on: NaiveDate) -> String {
    apart_from(&day(said), school, on, "date")
}

fn apart_from(said: &str, school: &str, on: NaiveDate, beside: &str) -> String {
    apart(said, &format!("{school} on {}", day(on)), beside)
}

/// The same of a session that was moved: the sheet may have gone out before.
fn moved(said: NaiveDate, school: &str, on: NaiveDate) -> String {
    format!(
        "The row says {}, but the session of {school} was moved, and is on {} now. If these are its figures, type that day into the row; if not, put the right key beside them.",
        day(said),
        day(on)
    )
}

/// The same of one that was moved to another time of its day.
fn moved_to(said: &str, school: &str, now: &str) -> String {
    format!(
        "The row says {}, but the session of {school} was moved, and is {now} now. If these are its figures, clear that cell; if not, put the right key beside them.",
        shown(said)
    )
}

/// What is said of a row whose key is that of something else, and of what it is to be put beside.
pub(crate) fn apart(said: &str, of: &str, beside: &str) -> String {
    format!(
        "The row says {}, but its key is that of {of}: the columns were sorted apart, or cells were copied over. Put the key back beside its {beside}, or download the sheet again.",
        shown(said)
    )
}

fn shown(said: &str) -> String {
    said.chars().take(MOST_SHOWN).collect()
}

/// Whether something is named that is not this.
pub(crate) fn is_another(said: &str, name: &str) -> bool {
    letters(said).next().is_some() && !is_same(said, name)
}

fn is_same(said: &str, name: &str) -> bool {
    letters(said).eq(letters(name))
}

fn day(on: NaiveDate) -> String {
    on.format("%-d %B %Y").to_string()
}

/// The days that a cell may mean, the likeliest first; none where it cannot be read. Programs write days in their own
/// way: with the month first, or as the number of days since their first.
fn days(text: &str, year: AcademicYear) -> Vec<NaiveDate> {
    if let Ok(number) = text.strip_suffix(".0").unwrap_or(text).parse::<u64>() {
        let since = |year, month, day| {
            let first = NaiveDate::from_ymd_opt(year, month, day)?;
            first.checked_add_days(Days::new(number)).filter(|day| (2000..2100).contains(&day.year()))
        };
        return [since(1899, 12, 30), since(1904, 1, 1)].into_iter().flatten().collect();
    }
    let date = text.split(['T', ' ']).next().unwrap_or_default();
    if let Some(day) = iso_day(date) {
        return vec![day];
    }
    let read = read_dates(&text.replace([',', '-'], " "), year).unwrap_or_default();
    let [day] = read.as_slice() else { return Vec::new() };
    let swapped =
        (!text.contains(char::is_alphabetic)).then(|| NaiveDate::from_ymd_opt(day.year(), day.day(), day.month()));
    [Some(*day), swapped.flatten()].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_however_a_program_writes_it() {
        let on = NaiveDate::from_ymd_opt(2026, 11, 3).unwrap();
        let says = |text| another_day(text, "Oak Primary", on);
        for same in [
            "2026-11-03",
            "2026-11-03T00:00:00",
            "Tue 3 Nov 2026",
            "Tuesday, 3 November 2026",
            "03/11/2026",
            "3/11/26",
            "03.11.2026",
            "3-11-26",
            "3-Nov-26",
            "11/3/2026",
            "46329",
            "44867",
        ] {
            assert_eq!(says(same), None, "{same}");
        }
        for unread in ["", "Tuesday", "11/24/26", "week 45", "3", "2 to 4 Nov"] {
            assert_eq!(says(unread), None, "{unread}");
        }
        for other in ["2026-11-04", "Wed 4 Nov 2026", "4/11/2026", "04-11-2026", "46330"] {
            let says = says(other).unwrap();
            assert!(
                says.starts_with("The row says 4 November 2026, but its key is that of Oak Primary on 3 Nov"),
                "{says}"
            );
        }
    }

    #[test]
    fn a_name_is_the_same_in_other_marks() {
        for same in ["", " ", "st mary's  PRIMARY", "St Mary’s Primary"] {
            assert!(!is_another(same, "St Mary’s Primary"), "{same}");
        }
        assert!(is_another("St Mark’s Primary", "St Mary’s Primary"));
    }
}
