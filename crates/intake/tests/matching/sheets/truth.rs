//! What a typed name means, told from the words that were kept and what stands beside them, and from nothing else.

use std::collections::{BTreeSet, HashMap};

use domain::setting::Urn;
use intake::matching::Link;
use intake::school_list::{SchoolList, SchoolRow};

use super::part::{Part, Role, Slip, parse, plain};

/// What stands beside a name and may be relied on.
#[derive(Debug, Default, Clone)]
pub struct Clue {
    /// A whole postcode or its outward half, without spaces.
    pub postcode: Option<String>,
    pub town: Option<String>,
}

struct Entry {
    school: usize,
    words: Vec<(String, Role)>,
    old: bool,
}

/// How a school fits: own words and words of kind that its name has and the text has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    own: usize,
    kind: usize,
    filler: usize,
    /// Words that tell nothing by themselves and that the text has and its name has not: "Community", "Academy".
    extra: usize,
    old: bool,
}

impl Fit {
    /// Whether the name, as it is now, was typed whole, and nothing else.
    fn whole(self) -> bool {
        self.own + self.kind + self.filler + self.extra == 0 && !self.old
    }
}

/// What a name may be said to mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Sure,
    /// It means the school, and another fits too.
    Likely,
    /// Several fit equally.
    Ambiguous,
}

/// The schools of a list by their words.
pub struct Truth<'a> {
    list: &'a SchoolList,
    entries: Vec<Entry>,
    by_word: HashMap<String, Vec<usize>>,
    by_length: Vec<Vec<String>>,
    districts_of_town: HashMap<String, BTreeSet<String>>,
    /// Names that led to exactly one open school, by that school.
    pub old_names: Vec<(usize, String)>,
}

impl<'a> Truth<'a> {
    pub fn new(list: &'a SchoolList, country: &SchoolList, links: &[Link]) -> Self {
        let mut entries: Vec<Entry> =
            list.rows.iter().enumerate().map(|(at, row)| entry(at, &row.name, false)).collect();
        let mut old_names = Vec::new();
        for (name, schools) in old_names_of(list, links) {
            entries.extend(schools.iter().map(|school| entry(*school, &name, true)));
            if let [school] = schools.iter().copied().collect::<Vec<_>>()[..] {
                old_names.push((school, name));
            }
        }
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            for word in entry.words.iter().map(|(w, _)| w).collect::<BTreeSet<_>>() {
                by_word.entry(word.clone()).or_default().push(at);
            }
        }
        let mut by_length: Vec<Vec<String>> = vec![Vec::new(); 40];
        for word in by_word.keys() {
            by_length[word.len().min(39)].push(word.clone());
        }
        for words in &mut by_length {
            words.sort();
        }
        let mut districts_of_town: HashMap<String, BTreeSet<String>> = HashMap::new();
        for row in &country.rows {
            if let (Some(town), Some(postcode)) = (&row.town, &row.postcode) {
                districts_of_town.entry(plain(town)).or_default().insert(outward(postcode).to_owned());
            }
        }
        Self { list, entries, by_word, by_length, districts_of_town, old_names }
    }

    /// What the words mean, which were made of `school`'s name.
    pub fn judge(&self, school: usize, parts: &[Part], clue: &Clue) -> Verdict {
        let fits = self.fits(parts, Some(school), clue);
        let Some(own) = fits.get(&school).copied() else { return Verdict::Likely };
        let bare = !parts.iter().any(|p| p.role != Role::Own && p.meant != "st");
        let mut verdict = Verdict::Sure;
        for rival in fits.iter().filter(|(at, _)| **at != school).map(|(_, fit)| *fit) {
            // Who writes all that tells a school by the name it has now does not mean one that had it.
            let had_it = rival.old && !own.old && own.own + own.kind == 0;
            let fits_as_well = !had_it && ((rival.own, rival.kind) <= (own.own, own.kind) || (bare && own.own > 0));
            verdict = match (own.whole(), rival.whole()) {
                (true, true) => return Verdict::Ambiguous,
                (true, false) if bare => Verdict::Likely,
                (true, false) => verdict,
                // The words are another school's whole name.
                (false, true) => return Verdict::Likely,
                (false, false) if fits_as_well => Verdict::Ambiguous,
                (false, false) if verdict == Verdict::Ambiguous => verdict,
                (false, false) if own.own + own.kind > 0 || bare || rival.own == own.own => Verdict::Likely,
                (false, false) => verdict,
            };
        }
        verdict
    }

    /// Whether any school's name has all these words.
    pub fn any_fits(&self, parts: &[Part], clue: &Clue) -> bool {
        !self.fits(parts, None, clue).is_empty()
    }

    /// Schools whose present or former name has all the words, with the best fit of each.
    fn fits(&self, parts: &[Part], meant: Option<usize>, clue: &Clue) -> HashMap<usize, Fit> {
        let telling: Vec<&Part> = parts.iter().filter(|p| p.role != Role::Filler && !p.meant.is_empty()).collect();
        let telling_and_filler: Vec<&Part> = parts.iter().filter(|p| !p.meant.is_empty()).collect();
        let alike: Vec<Vec<&str>> = telling.iter().map(|p| self.alike(p)).collect();
        let count = |words: &Vec<&str>| words.iter().map(|w| self.by_word.get(*w).map_or(0, Vec::len)).sum::<usize>();
        let rarest = (0..telling.len()).filter(|at| !telling[*at].added).min_by_key(|at| count(&alike[*at]));
        let at: Vec<usize> = match rarest {
            Some(rarest) => alike[rarest].iter().filter_map(|w| self.by_word.get(*w)).flatten().copied().collect(),
            None => (0..self.entries.len()).collect(),
        };
        let mut fits: HashMap<usize, Fit> = HashMap::new();
        for entry in at.into_iter().collect::<BTreeSet<_>>().into_iter().map(|at| &self.entries[at]) {
            let is_meant = meant == Some(entry.school);
            let has_all = telling.iter().zip(&alike).all(|(part, alike)| {
                (part.added && is_meant) || entry.words.iter().any(|(w, _)| alike.contains(&w.as_str()))
            });
            if !has_all || (!is_meant && !self.may_stand_there(&self.list.rows[entry.school], clue)) {
                continue;
            }
            let left = |role: Role| {
                let kept = |w: &str| alike.iter().any(|alike| alike.contains(&w));
                entry.words.iter().filter(|(w, r)| *r == role && !kept(w)).count()
            };
            let added = telling_and_filler.iter().filter(|p| p.added && p.role == Role::Filler).count();
            let kept = |w: &str| telling_and_filler.iter().any(|p| p.meant == w);
            let unsaid = entry.words.iter().filter(|(w, r)| *r == Role::Filler && !joins(w) && !kept(w)).count();
            // A word that was added is the name's of a rival, and none of the school's that is meant.
            let filler = unsaid + if is_meant { added } else { 0 };
            let has = |word: &str| entry.words.iter().any(|(w, _)| w == word);
            let fillers = telling_and_filler.iter().filter(|p| p.role == Role::Filler && !joins(&p.meant));
            let extra = if is_meant { 0 } else { fillers.filter(|p| !has(&p.meant)).count() };
            let fit = Fit { own: left(Role::Own), kind: left(Role::Kind), filler, extra, old: entry.old };
            let best = fits.entry(entry.school).or_insert(fit);
            *best = fit.min(*best);
        }
        fits
    }

    /// The register's words that what was typed stands for at least as well as for the word that was meant.
    fn alike<'b>(&'b self, part: &'b Part) -> Vec<&'b str> {
        let typed = plain(&part.typed);
        let all = || self.by_length.iter().flatten().map(String::as_str);
        let mut alike: Vec<&str> = match part.slip {
            Slip::None => Vec::new(),
            Slip::Cut => all().filter(|w| w.starts_with(&typed)).collect(),
            Slip::Letters => {
                let most = strsim::osa_distance(&typed, &part.meant);
                let lengths = typed.len().saturating_sub(most)..=(typed.len() + most).min(39);
                let near = lengths.flat_map(|l| self.by_length[l.min(39)].iter()).map(String::as_str);
                near.filter(|w| strsim::osa_distance(&typed, w) <= most).collect()
            }
        };
        if !alike.contains(&part.meant.as_str()) {
            alike.push(&part.meant);
        }
        alike
    }

    fn may_stand_there(&self, row: &SchoolRow, clue: &Clue) -> bool {
        let here = row.postcode.as_deref().unwrap_or_default();
        if let Some(postcode) = &clue.postcode
            && *postcode != here.replace(' ', "")
            && postcode != outward(here)
        {
            return false;
        }
        clue.town.as_ref().is_none_or(|town| {
            let authority = self.list.authorities.get(&row.authority).and_then(Option::as_deref).unwrap_or_default();
            plain(authority) == *town
                || row.town.as_deref().map(plain).as_ref() == Some(town)
                || (row.town.is_none()
                    && self.districts_of_town.get(town).is_some_and(|districts| districts.contains(outward(here))))
        })
    }
}

fn joins(word: &str) -> bool {
    matches!(word, "the" | "and" | "of")
}

fn entry(school: usize, name: &str, old: bool) -> Entry {
    Entry { school, words: parse(name).into_iter().map(|p| (p.meant, p.role)).collect(), old }
}

/// The first half of a postcode.
pub fn outward(postcode: &str) -> &str {
    postcode.split_whitespace().next().unwrap_or_default()
}

/// Former names with the open schools they lead to, up to four steps on.
fn old_names_of(list: &SchoolList, links: &[Link]) -> Vec<(String, BTreeSet<usize>)> {
    let open: HashMap<Urn, usize> = list.rows.iter().enumerate().map(|(at, row)| (row.urn, at)).collect();
    let mut after: HashMap<Urn, BTreeSet<Urn>> = HashMap::new();
    let mut named: HashMap<Urn, &str> = HashMap::new();
    for link in links {
        let kind = format!("{:?}", link.kind).to_lowercase();
        named.insert(link.other, &link.other_name);
        if kind.contains("predecessor") {
            after.entry(link.other).or_default().insert(link.urn);
        } else if kind.contains("successor") || kind.contains("amalgam") {
            after.entry(link.urn).or_default().insert(link.other);
        }
    }
    let mut names: Vec<(String, BTreeSet<usize>)> = Vec::new();
    for (old, name) in named {
        if parse(name).iter().all(|p| p.role != Role::Own) {
            continue;
        }
        // Some links call an open school by a name it has no longer.
        if let Some(school) = open.get(&old) {
            if plain(&list.rows[*school].name) != plain(name) {
                names.push((name.to_owned(), BTreeSet::from([*school])));
            }
            continue;
        }
        let (mut found, mut edge) = (BTreeSet::new(), BTreeSet::from([old]));
        for _ in 0..4 {
            edge = edge.iter().filter_map(|urn| after.get(urn)).flatten().copied().collect();
            found.extend(edge.iter().filter_map(|urn| open.get(urn)).copied());
            edge.retain(|urn| !open.contains_key(urn));
        }
        if !found.is_empty() {
            names.push((name.to_owned(), found));
        }
    }
    names.sort();
    names
}
