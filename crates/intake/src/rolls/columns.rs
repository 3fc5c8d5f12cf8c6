//! The headings of census files.

use std::collections::{BTreeMap, BTreeSet};

use domain::YearGroup;

use super::heads::{Part, may_be_year_group, plain, year_group};
use super::words::{
    BESIDE_SEND, EHC_PLANS, ESTAB, LA, LAESTAB, LEVEL, NAME, OF_NO_PART, OF_PLAN, OF_SUPPORT, PERIOD, PLACES, PLAIN,
    PUPILS, SEN_SUPPORT, URN,
};
use crate::grid::Row;
use crate::history::letters;
use crate::text::tidy;

/// A figure of a whole school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Pupils,
    EhcPlans,
    SenSupport,
}

/// Where the columns are, from 0.
pub(super) struct Columns {
    pub(super) urn: Option<usize>,
    /// LA code and establishment number in one.
    pub(super) laestab: Option<usize>,
    pub(super) la: Option<usize>,
    pub(super) estab: Option<usize>,
    pub(super) name: Option<usize>,
    /// Columns of the places that schools lie in.
    pub(super) places: Vec<usize>,
    pub(super) period: Option<usize>,
    pub(super) level: Option<usize>,
    /// The columns that together count a year group.
    pub(super) years: BTreeMap<YearGroup, Vec<usize>>,
    singles: Vec<(What, usize)>,
    /// Columns of figures that are headed as one before them is.
    pub(super) twice: Vec<usize>,
    /// Columns that may be of a year group and are not read.
    pub(super) unread: Vec<usize>,
    headings: Vec<String>,
    /// Columns that their heading alone does not tell from others.
    grouped: BTreeSet<usize>,
}

impl Columns {
    /// The columns that a row names, if it names a URN or LAESTAB and a figure. `above` is the row above it, which may group them:
    /// “Boys” over several year groups.
    pub(super) fn read(row: &dyn Row, above: &[String]) -> Option<Self> {
        let headings: Vec<String> = (0..row.width().min(1_000)).map(|c| tidy(&row.cell(c)).into_owned()).collect();
        let own: Vec<String> = headings.iter().map(|h| plain(h)).collect();
        let find =
            |plain: &[String], words: &[&str]| words.iter().find_map(|word| plain.iter().position(|head| head == word));
        let (urn, laestab, estab) = (find(&own, &URN), find(&own, &LAESTAB), find(&own, &ESTAB));
        urn.or(laestab).or(estab)?;
        let (la, name) = (find(&own, &LA), find(&own, &NAME));
        let places = (0..own.len()).filter(|at| PLACES.contains(&own[*at].as_str()) || Some(*at) == la).collect();
        let (period, level) = (find(&own, &PERIOD), find(&own, &LEVEL));
        let (mut whole_heads, mut grouped) = (own.clone(), BTreeSet::new());
        for (at, group) in groups(&own, above).into_iter().enumerate() {
            if let Some(group) = group.filter(|group| !says_nothing(group)) {
                whole_heads[at] = format!("{group} {}", own[at]).trim().to_owned();
                grouped.insert(at);
            }
        }
        let bare = bare_years(&own, above);
        let mut parts: BTreeMap<YearGroup, Vec<(Part, usize)>> = BTreeMap::new();
        let mut twice = Vec::new();
        for (at, head) in whole_heads.iter().enumerate() {
            if let Some((year_group, part)) = year_group(head).or_else(|| Some((bare[at]?, Part::WHOLE))) {
                let others = parts.entry(year_group).or_default();
                if others.iter().any(|(other, _)| *other == part) {
                    twice.push(at);
                }
                others.push((part, at));
            }
        }
        // Boys beside all pupils are counted with them; boys alone are no year group.
        let mut taken: BTreeSet<usize> = [urn, laestab, estab, la, name, period, level].into_iter().flatten().collect();
        let mut years = BTreeMap::new();
        for (year, parts) in parts {
            if let Some(columns) = whole(&parts) {
                taken.extend(parts.iter().map(|(_, at)| *at));
                years.insert(year, columns);
            }
        }
        let mut singles = Vec::new();
        for (what, words) in
            [(What::Pupils, &PUPILS[..]), (What::EhcPlans, &EHC_PLANS[..]), (What::SenSupport, &SEN_SUPPORT[..])]
        {
            let named = || whole_heads.iter().position(|head| of_send(head) == Some(what));
            let Some(at) = find(&whole_heads, words).or_else(named) else { continue };
            let again = (at + 1..whole_heads.len()).filter(|other| whole_heads[*other] == whole_heads[at]);
            twice.extend(again);
            singles.push((what, at));
        }
        let counts = !years.is_empty() || singles.iter().any(|(what, _)| *what != What::Pupils);
        grouped.extend(&twice);
        taken.extend(singles.iter().map(|(_, at)| *at));
        let is_unread =
            |at: &usize| !taken.contains(at) && (may_be_year_group(&own[*at]) || of_send(&whole_heads[*at]).is_some());
        let unread = (0..own.len()).filter(is_unread).collect();
        counts.then_some(Self {
            urn,
            laestab,
            la,
            estab,
            name,
            places,
            period,
            level,
            years,
            singles,
            twice,
            unread,
            headings,
            grouped,
        })
    }

    pub(super) fn single(&self, what: What) -> Option<usize> {
        self.singles.iter().find(|(w, _)| *w == what).map(|(_, at)| *at)
    }

    /// Every column with a figure.
    pub(super) fn figures(&self) -> impl Iterator<Item = usize> {
        self.years.values().flatten().copied().chain(self.singles.iter().map(|(_, at)| *at))
    }

    /// Where a column is, as a problem names it: by its heading, or by its letters where others are headed so too.
    pub(super) fn place(&self, at: usize) -> String {
        if self.grouped.contains(&at) { letters(at) } else { self.heading(at) }
    }

    pub(super) fn heading(&self, at: usize) -> String {
        self.headings.get(at).cloned().unwrap_or_default()
    }
}

/// Whether a heading says that its column counts pupils with a plan, or with support: “No. of pupils with an EHC plan”,
/// “SEN Support (K)”.
fn of_send(head: &str) -> Option<What> {
    let is_beside = |word: &&str| !PLAIN.contains(word) && !BESIDE_SEND.contains(word);
    let said: Vec<&str> = head.split(' ').filter(is_beside).collect();
    let has = |any: &[&str]| said.iter().any(|word| any.contains(word));
    if !said.iter().all(|word| OF_PLAN.contains(word) || OF_SUPPORT.contains(word)) {
        None
    } else if has(&["ehc", "ehcp", "ehcps"]) || (has(&["care"]) && has(&["plan", "plans"])) {
        (!has(&["support"])).then_some(What::EhcPlans)
    } else {
        (has(&["support"]) && has(&["sen", "send", "special"])).then_some(What::SenSupport)
    }
}

/// What stands above each column of figures and counts for it: the nearest to its left, as a merged cell has it. A title
/// stands at the left of them all and groups nothing.
fn groups(own: &[String], above: &[String]) -> Vec<Option<String>> {
    let Some(first) = own.iter().position(|head| year_group(head).is_some()) else { return vec![None; own.len()] };
    let mut group = None;
    let mut groups = Vec::with_capacity(own.len());
    for at in 0..own.len() {
        if at >= first {
            group = above.get(at).map(|text| plain(text)).filter(|text| !text.is_empty()).or(group);
        }
        groups.push(group.clone());
    }
    groups
}

/// The year groups of columns that are headed with a number alone, which is one where it goes on from the column before
/// (“R”, “1”, “2”), or where the row above speaks of years.
fn bare_years(own: &[String], above: &[String]) -> Vec<Option<YearGroup>> {
    let mut years: Vec<Option<YearGroup>> = Vec::with_capacity(own.len());
    let mut says_year = false;
    for (at, head) in own.iter().enumerate() {
        if let Some(text) = above.get(at).map(|text| plain(text)).filter(|text| !text.is_empty()) {
            let words = || text.split(' ');
            says_year = words().any(|word| word.starts_with("year"))
                && words().all(|word| PLAIN.contains(&word) || word == "groups" || word == "years");
        }
        let before = at.checked_sub(1).and_then(|at| year_group(&own[at]).map(|(year, _)| year).or(years[at]));
        let is_bare = !head.is_empty() && head.len() < 3 && head.bytes().all(|b| b.is_ascii_digit());
        let year = head.parse::<YearGroup>().ok().filter(|_| is_bare);
        years.push(year.filter(|year| says_year || before.is_some_and(|b| b.number() + 1 == year.number())));
    }
    years
}

/// Whether a group of columns tells nothing of what they count: “Number of pupils”, “Key stage 2”, “Spring 2025”.
fn says_nothing(group: &str) -> bool {
    group.split(' ').all(|word| {
        PLAIN.contains(&word) || OF_NO_PART.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The columns that together count a year group: the whole where there is a column for it, else its parts; none where
/// parts are missing. Part-time columns alone say nothing of the whole.
fn whole(parts: &[(Part, usize)]) -> Option<Vec<usize>> {
    let at = |girls, part_time| parts.iter().find(|(part, _)| *part == Part { girls, part_time }).map(|(_, at)| *at);
    if let Some(all) = at(None, None) {
        return Some(vec![all]);
    }
    if let (Some(boys), Some(girls)) = (at(Some(false), None), at(Some(true), None)) {
        return Some(vec![boys, girls]);
    }
    let full = match (at(None, Some(false)), at(Some(false), Some(false)), at(Some(true), Some(false))) {
        (Some(full), ..) => vec![full],
        (None, Some(boys), Some(girls)) => vec![boys, girls],
        _ => return None,
    };
    let part = match (at(None, Some(true)), at(Some(false), Some(true)), at(Some(true), Some(true))) {
        (Some(part), ..) => vec![part],
        (None, Some(boys), Some(girls)) => vec![boys, girls],
        // The official file counts part-time pupils of the compulsory ages nowhere: there are next to none.
        _ => Vec::new(),
    };
    Some([full, part].concat())
}
