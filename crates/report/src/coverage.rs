//! Coverage as CSV: one table of rows, one of gaps. Columns are only ever added, at the end.

use std::io;

use domain::coverage::{Counts, Figures, Value};

use crate::table::{Cell, Table, blank, number, text};

/// The rows: every figure of the page, with the programme, the year and the day they were true on each line.
///
/// # Errors
/// None: it is written to memory.
pub fn rows(figures: &Figures) -> io::Result<String> {
    let mut table = Table::new(&[
        "programme",
        "year",
        "as_of",
        "by",
        "value",
        "eligible_schools",
        "reached_schools",
        "eligible_pupils",
        "reached_pupils",
        "sessions",
        "unknown_schools",
        "reached_not_eligible_schools",
        "headcounts_missing",
        "rolls_missing",
        "eligible_pupils_estimated",
    ])?;
    for row in &figures.rows {
        // A year group below Reception is a negative number, not a formula.
        let value = match &row.value {
            Value::YearGroup(year) => year.map_or_else(blank, |y| number(y.number())),
            other => text(other.word()),
        };
        table.line(line(figures, text(row.by.as_str()), value, &row.counts))?;
    }
    table.finish()
}

fn line(figures: &Figures, by: Cell, value: Cell, counts: &Counts) -> Vec<Cell> {
    vec![
        text(&figures.programme),
        number(figures.year.first()),
        text(figures.as_of.to_string()),
        by,
        value,
        number(counts.eligible_schools),
        number(counts.reached_schools),
        number(counts.eligible_pupils),
        number(counts.reached_pupils),
        number(counts.sessions),
        number(counts.unknown_schools),
        number(counts.reached_not_eligible_schools),
        number(counts.headcounts_missing),
        number(counts.rolls_missing),
        text(counts.eligible_pupils_estimated.to_string()),
    ]
}

/// The gaps, the most urgent first. Year groups are numbers with spaces between.
///
/// # Errors
/// None: it is written to memory.
pub fn gaps(figures: &Figures) -> io::Result<String> {
    let mut table = Table::new(&[
        "programme",
        "year",
        "as_of",
        "urn",
        "name",
        "year_groups",
        "state",
        "setting_type",
        "ward",
        "pupils",
        "never_reached",
        "declined_because",
    ])?;
    for gap in &figures.gaps {
        let years: Vec<i8> = gap.year_groups.iter().map(|y| y.number()).collect();
        table.line(vec![
            text(&figures.programme),
            number(figures.year.first()),
            text(figures.as_of.to_string()),
            gap.urn.map_or_else(blank, number),
            text(&gap.name),
            year_groups(&years),
            text(gap.state.as_str()),
            text(gap.setting_type.as_str()),
            text(gap.ward.as_deref().unwrap_or_default()),
            gap.pupils.map_or_else(blank, number),
            text(gap.never_reached.to_string()),
            gap.declined_because.map_or_else(blank, |reason| text(reason.as_str())),
        ])?;
    }
    table.finish()
}

/// Year groups as numbers with spaces between. A nursery year is a number below zero: alone it is one, and before others
/// it would look like a formula, and is guarded.
fn year_groups(years: &[i8]) -> Cell {
    match years {
        [only] => number(*only),
        several => text(several.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::AcademicYear;
    use domain::coverage::{By, Coverage, GapLine, Records, RowLine, State};
    use domain::programme::Audience;
    use domain::setting::SettingType;

    #[test]
    fn names_that_look_like_formulas_are_not_run() {
        let nothing = Records {
            today: chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
            audience: Audience::Adults,
            parts: 1,
            on_offer: false,
            schools: vec![],
            sessions: vec![],
            invitations: vec![],
            requests: vec![],
        };
        let mut figures = Coverage::of(nothing).figures("=HYPERLINK(\"x\")", AcademicYear::new(2026).unwrap());
        let counts = figures.total;
        figures.rows.push(RowLine { by: By::Ward, value: Value::Ward(Some("@Mill, \"old\"".into())), counts });
        figures.rows.push(RowLine { by: By::YearGroup, value: Value::read(By::YearGroup, "N1").unwrap(), counts });
        figures.gaps.push(GapLine {
            urn: None,
            name: "+44".into(),
            year_groups: [6, 7].map(|n| domain::YearGroup::new(n).unwrap()).into_iter().collect(),
            state: State::NotOffered,
            setting_type: SettingType::Special,
            ward: Some("\tTab".into()),
            pupils: Some(12),
            never_reached: true,
            declined_because: Some(domain::request::DeclineReason::NoHall),
        });
        let rows = rows(&figures).unwrap();
        assert!(rows.contains("\"'=HYPERLINK(\"\"x\"\")\",2026,2026-11-22,ward,\"'@Mill, \"\"old\"\"\",0,"), "{rows}");
        assert!(rows.contains(",year_group,-2,"), "{rows}");
        let gaps = gaps(&figures).unwrap();
        assert!(gaps.contains(",,'+44,6 7,not_offered,special,'\tTab,12,true,no_hall"), "{gaps}");
    }
}
