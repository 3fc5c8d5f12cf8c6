//! Year groups as people type them: “Y7”, “Yr 7/8”, “KS3”, “whole school”, the name of a class.

use domain::year_group::{YearGroup, YearGroups};

use super::words::{is_nothing, plain, words};

/// What a cell says of who attended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Years {
    /// These year groups.
    Groups(YearGroups),
    /// Every year group of the school.
    Whole,
    /// Several together, without saying which.
    Mixed,
    /// Nothing.
    NotGiven,
    /// A class or group by a name of its own, which tells no year.
    Named,
}

/// The key stages of the National Curriculum (Education Act 2002, section 82), the early years before and the sixth form
/// after them: first and last year group.
fn stage(word: &str) -> Option<(i64, i64)> {
    Some(match word {
        "eyfs" | "foundation" => (-2, 0),
        "ks1" => (1, 2),
        "ks2" => (3, 6),
        "ks3" => (7, 9),
        "ks4" => (10, 11),
        "ks5" => (12, 13),
        _ => return None,
    })
}

impl Years {
    /// Reads a cell.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = plain(text);
        if text.is_empty() || is_nothing(&text) || matches!(text.as_str(), "?" | "tbc") {
            return Self::NotGiven;
        }
        if matches!(
            words(&text).as_slice(),
            ["whole", "sch" | "school" | "nursery" | "academy"] | ["all"] | ["all", "school" | "years"] | ["ws"]
        ) {
            return Self::Whole;
        }
        if matches!(words(&text).as_slice(), ["mixed"] | ["mixed", _] | ["various"] | ["vertical", _]) {
            return Self::Mixed;
        }
        groups(&text).map_or(Self::Named, Self::Groups)
    }
}

/// The year groups a text names; none where any part of it names something else.
fn groups(text: &str) -> Option<YearGroups> {
    if text.contains("sixth form") || text.contains("6th form") || words(text).starts_with(&["post", "16"]) {
        return Some(range(12, 13));
    }
    if text.contains("early years") {
        return Some(range(-2, 0));
    }
    if let Some(ages) = ages(text) {
        return Some(ages);
    }
    let joined = joined(text);
    let (mut found, mut last, mut dash) = (Vec::<YearGroup>::new(), None::<YearGroup>, false);
    let mut said_year = false;
    for token in joined.split(' ').filter(|t| !t.is_empty()) {
        match token {
            "-" | "to" => dash = last.is_some(),
            "/" | "&" | "+" | "," | "and" => dash = false,
            "year" | "years" | "yr" | "yrs" | "y" => said_year = true,
            "class" | "classes" | "pupils" | "group" | "groups" => {}
            "n" | "nursery" | "nurs" | "preschool" => found.extend([year(-2)?, year(-1)?]),
            "r" | "rec" | "reception" | "yr-r" => {
                found.push(YearGroup::RECEPTION);
                last = Some(YearGroup::RECEPTION);
            }
            _ => {
                if let Some((low, high)) = stage(token) {
                    found.extend(span(low, high));
                    continue;
                }
                let (number, marked) = numbered(token)?;
                said_year |= marked;
                let here = year(number)?;
                match last.filter(|_| dash) {
                    Some(from) if from < here => found.extend(span(from.number().into(), number)),
                    Some(_) => return None,
                    None => found.push(here),
                }
                (last, dash) = (Some(here), false);
            }
        }
    }
    // A bare number is a year only where it stands alone: “Class 3” and “Explorers 2” say nothing of years.
    let bare = joined.split(' ').filter(|t| !t.is_empty()).count() == 1;
    let class_of_a_number = words(text).contains(&"class") && !said_year && found.iter().any(|y| y.number() > 0);
    let staged = words(&joined).iter().any(|w| stage(w).is_some());
    if found.is_empty() || (class_of_a_number && !staged) || (!said_year && !bare && only_numbers(&joined)) {
        return None;
    }
    Some(found.into_iter().collect())
}

/// “3-4 yr olds”: the year groups of children who turn so old in the year. Year 1 turns six.
fn ages(text: &str) -> Option<YearGroups> {
    let words = words(text);
    if !words.iter().any(|w| matches!(*w, "olds" | "old" | "aged" | "ages")) {
        return None;
    }
    let ages: Vec<i64> = words.iter().filter_map(|w| w.parse().ok()).collect();
    let (low, high) = match ages.as_slice() {
        [one] => (*one, *one),
        [low, high] if low <= high => (*low, *high),
        _ => return None,
    };
    // Children of three and four are in nursery; who is five in September begins Year 1.
    let of = |age: i64| if age < 5 { age - 5 } else { age - 4 };
    ((2..=18).contains(&low) && high <= 18).then(|| range(of(low).max(-2), of(high)))
}

/// `y7`, `yr7`, `year7`, `7`, `7b`: the number, and whether it was said to be a year (a class such as 7B is one).
fn numbered(token: &str) -> Option<(i64, bool)> {
    let tail = ["years", "year", "yrs", "yr", "y"].iter().find_map(|p| token.strip_prefix(p));
    let rest = tail.unwrap_or(token);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, letter) = rest.split_at(digits);
    let class = letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_alphabetic());
    if digits == 0 || digits > 2 || !(letter.is_empty() || class) {
        return None;
    }
    Some((number.parse().ok()?, tail.is_some() || class))
}

fn only_numbers(joined: &str) -> bool {
    joined.split(' ').all(|t| t.is_empty() || t.chars().all(|c| !c.is_alphabetic()) || matches!(t, "to" | "and"))
}

/// Signs stand alone: `yr 7/8` → `yr 7 / 8`.
fn joined(text: &str) -> String {
    let mut out = String::new();
    for c in text.trim_end_matches('.').chars() {
        match c {
            '/' | '&' | '+' | ',' | '-' => {
                out.push(' ');
                out.push(c);
                out.push(' ');
            }
            '.' => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}

fn year(number: i64) -> Option<YearGroup> {
    YearGroup::new(number).ok()
}

fn span(low: i64, high: i64) -> impl Iterator<Item = YearGroup> {
    (low..=high).filter_map(year)
}

fn range(low: i64, high: i64) -> YearGroups {
    span(low, high).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[i64]) -> Years {
        Years::Groups(numbers.iter().filter_map(|n| year(*n)).collect())
    }

    #[test]
    fn year_groups_are_read_as_people_type_them() {
        for (text, numbers) in [
            ("Y7", &[7][..]),
            ("Yr 7/8", &[7, 8]),
            ("Year 5/6", &[5, 6]),
            ("Yr 5 & 6", &[5, 6]),
            ("Y5 + Y6", &[5, 6]),
            ("Y3/4", &[3, 4]),
            ("Y3-Y6", &[3, 4, 5, 6]),
            ("yr7 - yr9", &[7, 8, 9]),
            ("Years 7 to 9", &[7, 8, 9]),
            ("5", &[5]),
            ("7B", &[7]),
            ("KS1", &[1, 2]),
            ("KS2", &[3, 4, 5, 6]),
            ("KS3 class", &[7, 8, 9]),
            ("EYFS/KS1", &[-2, -1, 0, 1, 2]),
            ("Reception", &[0]),
            ("Rec & Y1", &[0, 1]),
            ("Nursery", &[-2, -1]),
            ("3-4 yr olds", &[-2, -1]),
            ("Early Years class", &[-2, -1, 0]),
            ("sixth form", &[12, 13]),
            ("Post-16", &[12, 13]),
            ("Yr. 6", &[6]),
        ] {
            assert_eq!(Years::read(text), of(numbers), "{text}");
        }
        for text in ["whole school", "Whole Sch.", "whole nursery", "ALL"] {
            assert_eq!(Years::read(text), Years::Whole, "{text}");
        }
        assert_eq!(Years::read("mixed"), Years::Mixed);
        assert_eq!(Years::read(" "), Years::NotGiven);
    }

    #[test]
    fn a_class_by_name_tells_no_year() {
        for text in [
            "Butterfly class",
            "Puffins / Owls",
            "Mr T's class",
            "Class 3",
            "Explorers 2",
            "P2",
            "14-19 group",
            "Oak",
            "Y9-Y7",
            "7 4",
        ] {
            assert_eq!(Years::read(text), Years::Named, "{text}");
        }
    }
}
