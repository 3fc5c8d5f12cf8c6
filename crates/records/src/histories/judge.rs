//! What would become of each row: taken over, asked about, on record already, left out.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::AcademicYear;
use domain::slot::TimeOfDay;
use domain::year_group::{YearGroup, YearGroups};
use intake::history::{Doubt, Half, History, Outcome, Role, Table, Unsure, Visit, Years};

use super::ground::{OnRecord, Schools};
use super::names::question;
use super::seen::letters;
use super::{About, Asks, Choices, Found, Name, OUT, Question, Row, Standing, Topic, moved, pairing};

/// The longest label of an attending group.
const MOST_LABEL: usize = 60;
/// So many may come to a small school from others beside it.
const MANY: i64 = 300;
/// So many years from those it teaches pupils seldom come to a school.
const FAR: i8 = 3;
/// No school in England has many more pupils.
const LARGEST: i64 = 2_500;

/// What a row's cells leave open: what is not understood, and whether it took place.
type Open<'a> = (&'a [&'a Doubt], &'a [&'a Unsure]);

/// What rows are judged by.
pub(super) struct Bench<'a> {
    pub history: &'a History,
    pub names: &'a [Name],
    pub of: &'a [usize],
    pub topics: &'a [Topic],
    pub schools: &'a Schools,
    pub has_provider: bool,
    pub choices: &'a Choices,
    pub on_record: Vec<OnRecord>,
    pub today: NaiveDate,
}

/// What [choices](super::Choice) call a topic.
#[must_use]
pub fn topic_key(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether a topic is a programme's name, however its signs are written: “Mr. Shapeshifter”.
#[must_use]
pub fn is_called(programme: &str, topic: &str) -> bool {
    let bare =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    let topic = bare(topic);
    !topic.is_empty() && bare(programme) == topic
}

/// A label, not longer than one may be.
fn shortened(label: &str) -> String {
    label.chars().take(MOST_LABEL).collect()
}

/// What choices call a row: its sheet, number and, where a line has two visits, its half of the day.
fn place(visit: &Visit) -> String {
    let half = match visit.half.filter(|_| visit.of_two) {
        Some(Half::Am) => "am",
        Some(Half::Pm) => "pm",
        None => "",
    };
    format!("{}\t{}\t{half}", visit.sheet.as_deref().unwrap_or_default(), visit.row)
}

impl Bench<'_> {
    /// Judges every row.
    pub(super) fn judge(self) -> Vec<Row> {
        let mut tables = HashMap::<&str, Vec<&Table>>::new();
        for table in &self.history.tables {
            tables.entry(table.sheet.as_deref().unwrap_or_default()).or_default().push(table);
        }
        // Those of a sheet stand one below the other.
        let table_of = |sheet: &str, row: u32| {
            let of_sheet = tables.get(sheet).into_iter().flatten();
            of_sheet.copied().take_while(|table| table.header_row <= row).last()
        };
        let mut doubts = HashMap::<(&str, u32), Vec<&Doubt>>::new();
        for doubt in &self.history.doubts {
            doubts.entry((doubt.sheet.as_deref().unwrap_or_default(), doubt.row)).or_default().push(doubt);
        }
        let mut unsure = HashMap::<(&str, u32), Vec<&Unsure>>::new();
        for one in &self.history.unsure {
            unsure.entry((one.sheet.as_deref().unwrap_or_default(), one.row)).or_default().push(one);
        }
        let topics: HashMap<String, &Topic> = self.topics.iter().map(|t| (topic_key(&t.text), t)).collect();
        let mut of_text = HashMap::<&str, Option<&Topic>>::new();
        let mut rows: Vec<Row> = Vec::with_capacity(self.history.visits.len());
        for (visit, name) in self.history.visits.iter().zip(self.of) {
            let sheet = visit.sheet.as_deref().unwrap_or_default();
            let doubted = doubts.get(&(sheet, visit.row)).map(Vec::as_slice).unwrap_or_default();
            rows.push(self.row(
                visit,
                *name,
                (doubted, unsure.get(&(sheet, visit.row)).map(Vec::as_slice).unwrap_or_default()),
                table_of(sheet, visit.row),
                *of_text.entry(&visit.topic).or_insert_with(|| topics.get(&topic_key(&visit.topic)).copied()),
            ));
        }
        moved::ask(&mut rows, &self.history.visits, &self.on_record, self.schools, self.today);
        pairing::compare(&mut rows, &self.on_record, self.schools, self.choices);
        rows
    }

    fn row(&self, visit: &Visit, name: usize, open: Open<'_>, table: Option<&Table>, topic: Option<&Topic>) -> Row {
        let place = place(visit);
        let school = self.names[name].found.school().cloned();
        let taught = school.as_ref().and_then(|s| self.schools.taught(s.id)).unwrap_or_default();
        let (year_groups, label) = match &visit.years {
            // “6A” and “6B” are two classes.
            Years::Groups(groups) => (*groups, shortened(&visit.class)),
            Years::Whole => (taught, "whole school".to_owned()),
            Years::Mixed | Years::Named | Years::Unclear(_) => (YearGroups::NONE, shortened(&visit.years_typed)),
            Years::NotGiven => (YearGroups::NONE, shortened(&visit.class)),
        };
        let said = self.choices.get(About::Outcome, &place);
        let outcome = match said {
            Some("held") => Outcome::Held,
            Some("cancelled") => Outcome::Cancelled,
            _ => visit.outcome,
        };
        let mut row = Row {
            sheet: visit.sheet.clone().unwrap_or_default(),
            row: visit.row,
            half: visit.half,
            of_two: visit.of_two,
            typed: visit.typed.clone(),
            beside: Arc::clone(&visit.beside),
            name,
            school,
            on: visit.on,
            starts: visit.starts,
            year_groups,
            label,
            count: visit.count.clone(),
            topic: visit.topic.clone(),
            programme: topic.and_then(|t| t.programme),
            outcome,
            reason: visit.reason,
            part: visit.part,
            questions: Vec::new(),
            standing: Standing::Ready,
            there: None,
            place,
        };
        self.ask(&mut row, visit, open, table);
        let is_out = self.choices.get(About::Row, &row.place) == Some(OUT)
            || self.names[name].found == Found::Out
            || topic.is_some_and(|t| t.is_out);
        row.standing = if is_out {
            row.questions.clear();
            Standing::LeftOut
        } else if row.questions.is_empty() {
            Standing::Ready
        } else {
            Standing::Asked
        };
        row
    }

    /// What is said of a row with far more pupils than its school has; none where it may be right.
    fn too_many(&self, row: &Row) -> Option<String> {
        let pupils = i64::from(row.count.pupils()?);
        let school = row.school.as_ref().and_then(|school| Some((school, self.schools.pupils(school.id)?)));
        let mend = "Type how many came, the same again if it is right, or “?” if it is not known";
        match school {
            Some((school, all)) if pupils > MANY && pupils > 2 * all => {
                Some(format!("{} has {all} pupils, and {pupils} are said to have come. {mend}.", school.name))
            }
            None if pupils > LARGEST => Some(format!("{pupils} are more pupils than a school has. {mend}.")),
            _ => None,
        }
    }

    /// What is said of a row whose school teaches none near its year groups; none where it may be right.
    fn taught_elsewhere(&self, row: &Row) -> Option<String> {
        let school = row.school.as_ref()?;
        let taught = self.schools.taught(school.id).filter(|taught| !taught.is_empty())?;
        // Year 6 at a secondary school came to see it.
        let apart = |one: YearGroup, other: YearGroup| (one.number() - other.number()).abs();
        let nearest =
            row.year_groups.iter().flat_map(|group| taught.iter().map(move |other| apart(group, other))).min()?;
        (nearest >= FAR).then(|| {
            format!(
                "{} teaches {taught}, and the row says {}. Type the year groups, the same again if they are right, or “-” if they are not known.",
                school.name, row.year_groups
            )
        })
    }

    /// What a person has to say of a row, taken by itself.
    fn ask(&self, row: &mut Row, visit: &Visit, (doubts, unsure): Open<'_>, table: Option<&Table>) {
        let cell = |role: Role| table.and_then(|t| t.cell(role, visit.row));
        let whose = |about: Role| about.half().is_none_or(|half| visit.half == Some(half));
        for doubt in doubts.iter().filter(|d| !visit.of_two || whose(d.about)) {
            row.questions.push(Question {
                asks: Asks::Cell,
                about: Some(doubt.about),
                cell: Some(doubt.cell.clone()),
                typed: doubt.typed.clone(),
                message: doubt.message.clone(),
            });
        }
        for (table, open) in table.into_iter().flat_map(|table| table.open.iter().map(move |open| (table, open))) {
            row.questions.push(Question {
                asks: Asks::Column,
                about: None,
                cell: Some(format!("{}{}", open.letters, table.header_row)),
                typed: open.heading.clone(),
                message: open.question(),
            });
        }
        let is_off = row.outcome == Outcome::Cancelled;
        let mut of_date = |message: String| {
            row.questions.push(Question {
                asks: Asks::Cell,
                about: Some(Role::Date),
                cell: cell(Role::Date),
                typed: visit.on.map(|on| on.to_string()).unwrap_or_default(),
                message,
            });
        };
        // What was called off may have been to come, in this academic year or the next.
        let is_off_soon = |on| is_off && on <= AcademicYear::containing(self.today).next().ends();
        match visit.on {
            None if !doubts.iter().any(|d| d.about == Role::Date) => {
                of_date("The row has no date. Type it, like 12/09/2016.".to_owned());
            }
            // What no page can show must not come to be kept.
            Some(on) if AcademicYear::holding(on).is_none() => of_date(format!(
                "{} lies outside the years that are kept. Type the right date.",
                on.format("%-d %B %Y")
            )),
            Some(on) if on > self.today && !is_off_soon(on) => of_date(format!(
                "{} has not come yet, so nothing can have taken place. Type the right date, or leave the row out and book it.",
                on.format("%-d %B %Y")
            )),
            _ => {}
        }
        if let Some(message) = self.too_many(row)
            && let Some((about, cell)) = counted(visit).into_iter().find_map(|role| Some((role, cell(role)?)))
            && self.choices.get(About::Cell, &format!("{}\t{cell}", row.sheet)).is_none()
        {
            let typed = visit.count.pupils().map(|pupils| pupils.to_string()).unwrap_or_default();
            row.questions.push(Question { asks: Asks::Cell, about: Some(about), cell: Some(cell), typed, message });
        }
        if let Some(message) = self.taught_elsewhere(row)
            && let Some((about, cell)) = of_years(visit).into_iter().find_map(|role| Some((role, cell(role)?)))
            && self.choices.get(About::Cell, &format!("{}\t{cell}", row.sheet)).is_none()
        {
            let typed = visit.years_typed.clone();
            row.questions.push(Question { asks: Asks::Cell, about: Some(about), cell: Some(cell), typed, message });
        }
        if row.outcome == Outcome::ToConfirm {
            let of_row = |unsure: &&&Unsure| !visit.of_two || unsure.half == visit.half;
            let (typed, cell, message) = match unsure.iter().find(of_row) {
                Some(unsure) => (unsure.typed.clone(), Some((unsure.about, unsure.cell.clone())), unsure.question()),
                None => {
                    let cell = cell(Role::Notes).map(|cell| (Role::Notes, cell));
                    (String::new(), cell, "The row says “”. Did it take place?".to_owned())
                }
            };
            let (about, cell) = cell.map_or((None, None), |(about, cell)| (Some(about), Some(cell)));
            row.questions.push(Question { asks: Asks::Outcome, about, cell, typed, message });
        }
        let mut ask = |asks: Asks, role: Option<Role>, typed: &str, message: String| {
            let (cell, typed) = (role.and_then(cell), typed.to_owned());
            row.questions.push(Question { asks, about: role, cell, typed, message });
        };
        let role = match visit.half.filter(|_| visit.of_two) {
            Some(Half::Am) => Role::AmSchool,
            Some(Half::Pm) => Role::PmSchool,
            None => Role::School,
        };
        // Both halves may be at one school.
        let role = if table.is_some_and(|table| table.cell(role, visit.row).is_some()) { role } else { Role::School };
        // Which school a blank cell means is asked at the cell.
        let is_blank = self.names[row.name].text.is_empty() && !doubts.is_empty();
        match self.names[row.name].found {
            _ if is_blank => {}
            Found::Review => ask(Asks::School, Some(role), &visit.typed, question(&self.names[row.name])),
            Found::None => ask(Asks::School, Some(role), &visit.typed, "No school of this name is known.".to_owned()),
            _ => {}
        }
        if row.programme.is_none() {
            let message = "Choose which programme it was.".to_owned();
            ask(Asks::Programme, Some(Role::Topic), &visit.topic, message);
        }
        if !self.has_provider {
            ask(Asks::Provider, None, "", "Choose who delivered it.".to_owned());
        }
    }
}

/// The columns that may hold its year groups.
fn of_years(visit: &Visit) -> [Role; 2] {
    match visit.half.filter(|_| visit.of_two) {
        Some(Half::Am) => [Role::AmYears, Role::Years],
        Some(Half::Pm) => [Role::PmYears, Role::Years],
        None => [Role::Years, Role::Years],
    }
}

/// The columns that may hold the number of a visit.
fn counted(visit: &Visit) -> [Role; 2] {
    match visit.half.filter(|_| visit.of_two) {
        Some(Half::Am) => [Role::AmPupils, Role::Pupils],
        Some(Half::Pm) => [Role::PmPupils, Role::Pupils],
        None => [Role::Pupils, Role::Pupils],
    }
}

/// What would become of a row, in four letters.
pub(super) fn seen(row: &Row) -> String {
    let count = row.count.pupils();
    let place = (row.school.as_ref().map(|s| s.id), row.on, row.starts.map(TimeOfDay::minutes), row.programme);
    let rest = (row.outcome as u8, row.reason as u8, row.part, row.half.map(|half| half as u8));
    letters(row.standing, (place, row.year_groups.mask(), count, rest))
}
