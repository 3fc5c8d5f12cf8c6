//! A sheet: where its list is, and who stands in its rows.

use domain::contact::EmailAddress;

use super::address::{read as addresses, whose};
use super::columns::{Columns, Group, Role};
use super::doubt::{self, Doubt};
use super::{Contacts, Corrections, Line, Table, Whose, letters, staff};
use crate::history::LeftOut;
use crate::history::columns::column_of;
use crate::history::table::{HEADER_ROWS, is_total, joined};
use crate::history::words::{is_ditto, is_nothing, plain};
use crate::problem::Problem;
use crate::text::tidy;

/// The longest text of a cell that is kept, in characters.
const MOST_CHARACTERS: usize = 200;

/// The row of the headings, and the columns.
fn header(rows: &[(u32, Vec<String>)]) -> Option<(usize, Columns)> {
    let mut best: Option<(usize, Columns)> = None;
    for (at, (_, cells)) in rows.iter().take(HEADER_ROWS).enumerate() {
        // A row with an address in it is no headings: a title that says whom to ask, or, below headings, a person whom
        // none that come later may pass over.
        if cells.iter().any(|cell| cell.contains('@')) {
            if best.is_some() {
                break;
            }
            continue;
        }
        let alone = Columns::of(cells);
        // Headings in two rows: “DSL” over “Name” and “Email”.
        let above = at.checked_sub(1).map(|above| Columns::of(&joined(&rows[above].1, cells)));
        for columns in [Some(alone), above].into_iter().flatten().filter(Columns::is_table) {
            if best.as_ref().is_none_or(|(_, b)| columns.known() > b.known()) {
                best = Some((at, columns));
            }
        }
    }
    best
}

/// A row of which nobody is read, as it is listed.
fn left_out(sheet: Option<&str>, row: u32, cells: &[String]) -> LeftOut {
    let text: Vec<&str> = cells.iter().map(|c| c.trim()).filter(|c| !c.is_empty()).collect();
    LeftOut { sheet: sheet.map(str::to_owned), row, text: text.join(" · ").chars().take(120).collect() }
}

/// Columns of pupils' or parents' addresses, as they are listed: nobody writes to them from here.
fn unread(sheet: Option<&str>, row: u32, columns: &Columns) -> Vec<LeftOut> {
    let each = columns.of_families().map(|(at, heading)| LeftOut {
        sheet: sheet.map(str::to_owned),
        row,
        text: format!("Column {}, “{heading}”: addresses of pupils, parents and families are not read", letters(at)),
    });
    each.collect()
}

/// A town, or an authority without the words that each of them has: “Bradford Metropolitan District Council”. The number
/// of an authority is no place.
fn place(text: &str) -> String {
    let is_word = |word: &&str| {
        let word = word.to_lowercase();
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        !matches!(word, "metropolitan" | "district" | "council" | "mdc" | "mbc" | "lbc" | "la" | "lea" | "authority")
    };
    let words: Vec<&str> = text.split_whitespace().filter(is_word).collect();
    if text.chars().any(char::is_alphabetic) { words.join(" ") } else { String::new() }
}

/// Reads a sheet's people into `contacts`; where it has no list of them, its first row is listed as left out.
pub(super) fn read(sheet: Option<&str>, rows: &[(u32, Vec<String>)], said: &Corrections, contacts: &mut Contacts) {
    let Some((head, mut columns)) = header(rows) else {
        let unread = rows.iter().take(HEADER_ROWS).map(|(row, cells)| unread(sheet, *row, &Columns::of(cells)));
        contacts.not_read.extend(unread.flatten());
        contacts.left_out.extend(rows.first().map(|(row, cells)| {
            let LeftOut { sheet, row, text } = left_out(sheet, *row, cells);
            LeftOut {
                sheet,
                row,
                text: format!("The whole sheet: no headings for the school and the email address ({text})"),
            }
        }));
        return;
    };
    // What stands below other headings, above those that are read, is not passed over in silence.
    let first = rows[..head].iter().position(|(_, cells)| Columns::of(cells).is_table());
    let above = first.map_or(&[][..], |first| &rows[first..head]);
    contacts.left_out.extend(above.iter().map(|(row, cells)| left_out(sheet, *row, cells)));
    let shape = columns.shape();
    let own = said.columns.get(sheet.unwrap_or_default());
    for (letters, role) in said.shapes.get(&shape).into_iter().chain(own).flatten() {
        if let Some(at) = column_of(letters) {
            columns.correct(at, *role);
        }
    }
    contacts.not_read.extend(unread(sheet, rows[head].0, &columns));
    contacts.tables.push(Table {
        sheet: sheet.map(str::to_owned),
        header_row: rows[head].0,
        columns: columns.all.iter().map(|(at, heading, role)| (letters(*at), heading.clone(), *role)).collect(),
        shape,
    });
    let groups = columns.groups();
    let mut reading = Reading { sheet, columns: &columns, said, above: None, contacts };
    for (number, cells) in &rows[head + 1..] {
        reading.row(*number, cells, &groups);
    }
}

/// Which school a row is about, as it is typed.
#[derive(Debug, Clone, Default)]
struct Typed {
    school: String,
    town: String,
    postcode: String,
    urn: String,
    dfe: String,
}

impl Typed {
    fn is_blank(&self) -> bool {
        self.school.is_empty() && self.urn.is_empty() && self.dfe.is_empty()
    }
}

struct Reading<'a> {
    sheet: Option<&'a str>,
    columns: &'a Columns,
    said: &'a Corrections,
    /// The school of the row above.
    above: Option<Typed>,
    contacts: &'a mut Contacts,
}

impl Reading<'_> {
    fn row(&mut self, number: u32, cells: &[String], groups: &[Group]) {
        let cell = |at: usize| {
            let text = tidy(cells.get(at).map_or("", String::as_str)).chars().take(MOST_CHARACTERS).collect::<String>();
            if is_nothing(&plain(&text)) { String::new() } else { text }
        };
        let once = |role: Role| self.columns.at(role).map(cell).unwrap_or_default();
        let typed = Typed {
            school: once(Role::School),
            town: place(&once(Role::Town)),
            postcode: once(Role::Postcode),
            urn: once(Role::Urn),
            dfe: once(Role::Dfe),
        };
        let has_address = groups.iter().any(|group| !cell(group.email).is_empty());
        let is_nobody = !has_address && (typed.is_blank() || is_total(cells));
        if is_nobody || self.columns.are_again(cells) {
            self.contacts.left_out.push(left_out(self.sheet, number, cells));
            self.above = self.above.take().filter(|_| typed.is_blank());
            return;
        }
        let (typed, missing) = self.school(typed, number);
        let before = self.contacts.lines.len();
        for group in groups {
            let is_only = groups.len() == 1;
            let doubt = self.doubt(group, &cell).or_else(|| self.doubt_of_row(cells, group));
            let doubt = doubt.or_else(|| self.doubt_of_sheet(group));
            let doubt = doubt.map(|(at, doubt, text)| (doubt, self.problem(number, Some(at), doubt.question(&text))));
            self.group(number, group, &typed, (missing.as_ref(), doubt), is_only, &cell);
        }
        if self.contacts.lines.len() == before {
            self.contacts.left_out.push(left_out(self.sheet, number, cells));
        }
    }

    /// What a row's notes and status say against a role of its people: the column, why, the text.
    fn doubt_of_row(&self, cells: &[String], group: &Group) -> Option<(usize, Doubt, String)> {
        cells.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()).find_map(|(at, text)| {
            // What stands beside a table without a heading is a note.
            let heading = match self.columns.all.iter().find(|(of, ..)| *of == at) {
                Some((.., Some(_))) => return None,
                Some((_, heading, None)) => heading.as_str(),
                None => "Notes",
            };
            let is_child = staff::is_over_family(heading);
            // An address under the heading of a post is its holder's, whoever else stands in the line.
            if is_child && !group.post.is_empty() {
                return None;
            }
            let text = tidy(text).chars().take(MOST_CHARACTERS).collect::<String>();
            let doubt = doubt::of_column(heading, &text)?;
            // A child's name is not repeated.
            Some((at, doubt, if is_child { heading.to_owned() } else { text }))
        })
    }

    /// What the name of the sheet says against a role.
    fn doubt_of_sheet(&self, group: &Group) -> Option<(usize, Doubt, String)> {
        let name = self.sheet?;
        Some((group.email, doubt::of_sheet(name)?, name.to_owned()))
    }

    /// What stands beside a person against a role of theirs.
    fn doubt(&self, group: &Group, cell: &dyn Fn(usize) -> String) -> Option<(usize, Doubt, String)> {
        let beside = group.beside.iter().find_map(|(at, role)| {
            let text = cell(*at);
            let doubt = if *role == Role::Job { doubt::of_job(&text) } else { doubt::of_name(&text) };
            Some((*at, doubt?, text))
        });
        let names = group.beside.iter().filter(|(at, role)| *role != Role::Job && !cell(*at).is_empty());
        let headed = || {
            let mut columns = names.map(|(at, _)| *at).chain([group.email]);
            columns.find_map(|at| {
                let (_, heading, _) = self.columns.all.iter().find(|(of, ..)| *of == at)?;
                Some((at, doubt::of_heading(heading)?, heading.clone()))
            })
        };
        let address = cell(group.email);
        let outsiders = staff::is_outsiders_address(&address);
        beside.or_else(headed).or_else(|| outsiders.then_some((group.email, Doubt::Outsider, address)))
    }

    /// The school of a row: its own, or the one above where the row says so or a person did.
    fn school(&mut self, typed: Typed, row: u32) -> (Typed, Option<Problem>) {
        let repeats = is_ditto(&plain(&typed.school));
        let is_blank = typed.is_blank();
        self.contacts.blank_schools += usize::from(is_blank && self.above.is_some());
        if (repeats || (is_blank && self.said.blank_is_above))
            && let Some(above) = &self.above
        {
            return (above.clone(), None);
        }
        if repeats || is_blank {
            let column = [Role::School, Role::Urn, Role::Dfe].iter().find_map(|role| self.columns.at(*role));
            let message = if self.above.is_some() {
                "No school is named here. If it is the school of the row above, say so under “Check what was understood”, or copy its name down."
            } else {
                "No school is named here. Type its name or URN."
            };
            return (typed, Some(self.problem(row, column, message.to_owned())));
        }
        self.above = Some(typed.clone());
        (typed, None)
    }

    fn problem(&self, row: u32, column: Option<usize>, message: String) -> Problem {
        let column = column.map(|at| format!("{}{row}", letters(at)));
        Problem { sheet: self.sheet.map(str::to_owned), row: Some(row), column, message }
    }

    /// One person of a row, or its office; a cell may hold both addresses.
    fn group(
        &mut self,
        row: u32,
        group: &Group,
        typed: &Typed,
        (missing, doubt): (Option<&Problem>, Option<(Doubt, Problem)>),
        is_only: bool,
        cell: &dyn Fn(usize) -> String,
    ) {
        let each = |role: Role| {
            let texts = group.beside.iter().filter(|(_, of)| *of == role).map(|(at, _)| cell(*at));
            let is_said = |text: &String| !text.is_empty() && (role == Role::Job || !doubt::is_nobody(text));
            texts.filter(is_said).collect::<Vec<_>>()
        };
        let beside = |role: Role| each(role).join(" ");
        let mut people = each(Role::Name);
        people.dedup();
        // Two people beside one address: neither is the other, and whose it is nobody says.
        let several = people.len() > 1;
        let name = if several { String::new() } else { people.concat() };
        let (first, last) = (beside(Role::FirstName), beside(Role::LastName));
        let whole = [first, last].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let name = if whole.is_empty() { name } else { whole };
        let job = beside(Role::Job);
        let job = if job.is_empty() { group.post.clone() } else { job };
        let text = Some(cell(group.email)).filter(|text| !doubt::is_open(text)).unwrap_or_default();
        // “Same as head” is somebody, if not by name.
        let is_named = group.beside.iter().any(|(at, role)| {
            let text = cell(*at);
            *role != Role::Job && !text.is_empty() && !doubt::is_open(&text)
        });
        // Of a line with several people, those who are not there are none.
        if text.is_empty() && !is_named && !is_only {
            return;
        }
        let line = |whose: Whose, email: Option<EmailAddress>, wrong: Option<Problem>, doubt: Option<Problem>| Line {
            sheet: self.sheet.map(str::to_owned),
            row,
            cell: format!("{}{row}", letters(group.email)),
            school: typed.school.clone(),
            town: typed.town.clone(),
            postcode: typed.postcode.clone(),
            urn: typed.urn.clone(),
            dfe: typed.dfe.clone(),
            name: name.clone(),
            job: job.clone(),
            whose,
            email,
            problems: missing.cloned().into_iter().chain(wrong).collect(),
            doubt,
        };
        let nobody = Whose::Person { is_lead: false, is_more: true };
        if text.is_empty() {
            self.contacts.lines.push(line(nobody, None, None, None));
            return;
        }
        let wrong = |message: String| Some(self.problem(row, Some(group.email), message));
        let asked = || doubt.as_ref().map(|(_, problem)| problem.clone());
        let lines: Vec<Line> = match addresses(&text) {
            Err(message) => vec![line(nobody, None, wrong(message), asked())],
            Ok(found) => {
                let of = |address: &EmailAddress| {
                    if group.is_schools { Whose::School } else { whose(address, &name, &job) }
                };
                let own = found.iter().filter(|address| of(address) != Whose::School).count();
                if several && own > 0 {
                    let people = people.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(" and ");
                    let message = format!(
                        "{people} stand beside “{text}”, which is one’s. Leave the others’ column out under “Check what was understood”, or give each of them a row."
                    );
                    vec![line(nobody, None, wrong(message), asked())]
                } else if own > 1 {
                    let message = format!("“{text}” holds the addresses of several people. Give each of them a row.");
                    vec![line(nobody, None, wrong(message), asked())]
                } else {
                    let each = found.into_iter().map(|address| {
                        let whose = of(&address);
                        // Whoever left, the office's address stays.
                        let doubt = doubt.as_ref().filter(|(why, _)| *why == Doubt::Address || whose != Whose::School);
                        line(whose, Some(address), None, doubt.map(|(_, problem)| problem.clone()))
                    });
                    each.collect()
                }
            }
        };
        self.contacts.lines.extend(lines);
    }
}
