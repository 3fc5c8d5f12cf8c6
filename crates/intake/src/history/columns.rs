//! What the columns of a table of visits mean, told by their headings.

use super::words::{plain, words};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The day.
    Date,
    /// The time of day, or AM and PM.
    Time,
    /// The school.
    School,
    /// Its town or area.
    Town,
    /// Its postcode.
    Postcode,
    /// Its unique reference number.
    Urn,
    /// Year groups, or the name of a class.
    Years,
    /// How many pupils.
    Pupils,
    /// What was given.
    Topic,
    /// What was said of it.
    Notes,
    /// The morning's school, where a line has two.
    AmSchool,
    /// The morning's pupils.
    AmPupils,
    /// The afternoon's school.
    PmSchool,
    /// The afternoon's pupils.
    PmPupils,
}

impl Role {
    /// Every role, in the order in which people choose one.
    pub const ALL: [Self; 14] = [
        Self::Date,
        Self::Time,
        Self::School,
        Self::Town,
        Self::Postcode,
        Self::Urn,
        Self::Years,
        Self::Pupils,
        Self::Topic,
        Self::Notes,
        Self::AmSchool,
        Self::AmPupils,
        Self::PmSchool,
        Self::PmPupils,
    ];

    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Time => "time",
            Self::School => "school",
            Self::Town => "town",
            Self::Postcode => "postcode",
            Self::Urn => "urn",
            Self::Years => "years",
            Self::Pupils => "pupils",
            Self::Topic => "topic",
            Self::Notes => "notes",
            Self::AmSchool => "am_school",
            Self::AmPupils => "am_pupils",
            Self::PmSchool => "pm_school",
            Self::PmPupils => "pm_pupils",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Date => "Date",
            Self::Time => "Time",
            Self::School => "School",
            Self::Town => "Town",
            Self::Postcode => "Postcode",
            Self::Urn => "URN",
            Self::Years => "Year groups",
            Self::Pupils => "Pupils",
            Self::Topic => "What was given",
            Self::Notes => "Notes and status",
            Self::AmSchool => "Morning’s school",
            Self::AmPupils => "Morning’s pupils",
            Self::PmSchool => "Afternoon’s school",
            Self::PmPupils => "Afternoon’s pupils",
        }
    }

    /// The role a stored word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// What the heading of a column says; none where it is not one of those that are read. Names and numbers of people are
/// not: they are personal, and nothing here needs them.
pub(super) fn role(heading: &str) -> Option<Role> {
    let heading = plain(heading).replace(['\n', '\r'], " ");
    let said = words(&heading);
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    let begins = |any: &[&str]| said.iter().any(|w| any.iter().any(|a| w.starts_with(a)));
    if said.is_empty()
        || has(&["contact", "tel", "telephone", "phone", "mobile", "email", "officer", "officers", "lead", "deliverer"])
    {
        return None;
    }
    let half = |am, pm| {
        if has(&["am", "morning"]) {
            Some(am)
        } else if has(&["pm", "afternoon"]) {
            Some(pm)
        } else {
            None
        }
    };
    let school = begins(&["school", "establishment", "academy", "venue", "setting"]) || has(&["sch"]);
    let count = has(&[
        "no",
        "nos",
        "number",
        "numbers",
        "pupils",
        "chn",
        "children",
        "students",
        "attended",
        "headcount",
        "count",
    ]);
    let number_of_years = has(&["year", "years", "yr", "yrs"]);
    if has(&["urn"]) {
        Some(Role::Urn)
    } else if has(&["postcode"]) || heading.contains("post code") {
        Some(Role::Postcode)
    } else if school && !count {
        Some(half(Role::AmSchool, Role::PmSchool).unwrap_or(Role::School))
    } else if (count || heading == "#") && !has(&["staff", "adults"]) && !number_of_years {
        Some(half(Role::AmPupils, Role::PmPupils).unwrap_or(Role::Pupils))
    } else if has(&["date", "when"]) {
        Some(Role::Date)
    } else if has(&["time", "slot", "session time"]) {
        Some(Role::Time)
    } else if has(&["area", "town", "locality", "district"]) {
        Some(Role::Town)
    } else if number_of_years || has(&["class", "group", "ks", "stage", "age", "cohort"]) {
        Some(Role::Years)
    } else if begins(&["note", "comment", "status", "outcome", "remark"]) {
        Some(Role::Notes)
    } else if has(&["session", "topic", "programme", "input", "subject", "play", "title", "theme"]) {
        Some(Role::Topic)
    } else {
        None
    }
}

/// The columns of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    /// What each column holds, with its heading, from left to right.
    pub known: Vec<(usize, Role, String)>,
    /// Headings of columns that are left out.
    pub left_out: Vec<String>,
    /// Every column that has a heading, from left to right.
    pub headings: Vec<(usize, String)>,
}

impl Columns {
    /// Reads a row as headings; the first column of a kind counts.
    pub fn of(headings: &[String]) -> Self {
        let mut columns = Self::default();
        for (at, heading) in headings.iter().enumerate() {
            let shown = heading.split_whitespace().collect::<Vec<_>>().join(" ");
            if !shown.is_empty() {
                columns.headings.push((at, shown.clone()));
            }
            match role(heading) {
                Some(role) if columns.at(role).is_none() => columns.known.push((at, role, shown)),
                _ if shown.is_empty() => {}
                _ => columns.left_out.push(shown),
            }
        }
        columns
    }

    /// Gives a column the role that a person says it has, or none; whichever column had the role before is left out.
    pub fn correct(&mut self, at: usize, role: Option<Role>) {
        let dropped = |known: &(usize, Role, String)| known.0 == at || Some(known.1) == role;
        let (out, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.known).into_iter().partition(dropped);
        self.known = kept;
        self.left_out.extend(out.into_iter().filter(|(of, _, h)| *of != at && !h.is_empty()).map(|(_, _, h)| h));
        let heading = self.headings.iter().find(|(of, _)| *of == at).map(|(_, h)| h.clone()).unwrap_or_default();
        if let Some(role) = role {
            self.left_out.retain(|h| *h != heading);
            self.known.push((at, role, heading));
            self.known.sort_by_key(|(at, ..)| *at);
        } else if !heading.is_empty() && !self.left_out.contains(&heading) {
            self.left_out.push(heading);
        }
    }

    pub fn at(&self, role: Role) -> Option<usize> {
        self.known.iter().find(|(_, r, _)| *r == role).map(|(at, ..)| *at)
    }

    /// Whether these are the headings of a table of visits: it has a day, and a school.
    pub fn is_table(&self) -> bool {
        self.at(Role::Date).is_some() && (self.at(Role::School).is_some() || self.at(Role::AmSchool).is_some())
    }
}

/// `A`, `B`, … `Z`, `AA`: how a spreadsheet program names a column, counted from 0.
#[must_use]
pub fn letters(mut column: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(b'A' + u8::try_from(column % 26).unwrap_or(0));
        match column / 26 {
            0 => break,
            more => column = more - 1,
        }
    }
    name.reverse();
    String::from_utf8(name).unwrap_or_default()
}

/// The column that a spreadsheet program names so, counted from 0; none where the text is no such name.
pub(crate) fn column_of(letters: &str) -> Option<usize> {
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    Some(letters.bytes().fold(0, |sum, b| sum * 26 + usize::from(b - b'A') + 1) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_by_their_words() {
        for (heading, wanted) in [
            ("Date ", Some(Role::Date)),
            ("When", Some(Role::Date)),
            ("School\n(and town)", Some(Role::School)),
            ("School name", Some(Role::School)),
            ("AM school", Some(Role::AmSchool)),
            ("PM nos", Some(Role::PmPupils)),
            ("No. of chn", Some(Role::Pupils)),
            ("Pupils", Some(Role::Pupils)),
            ("Yr Grp", Some(Role::Years)),
            ("Year", Some(Role::Years)),
            ("Class", Some(Role::Years)),
            ("Age group", Some(Role::Years)),
            ("Notes / status", Some(Role::Notes)),
            ("Fee / notes", Some(Role::Notes)),
            ("Session", Some(Role::Topic)),
            ("Contact tel", None),
            ("Officer", None),
            ("Staff", None),
            ("Day", None),
            ("", None),
        ] {
            assert_eq!(role(heading), wanted, "{heading:?}");
        }
    }

    #[test]
    fn columns_have_a_spreadsheets_names() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), name);
            assert_eq!(column_of(name), Some(column));
        }
    }
}
