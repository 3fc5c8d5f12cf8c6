//! What a cell means, told from the words that were kept and from nothing else.

use std::collections::{BTreeSet, HashMap};

use domain::setting::Urn;
use intake::matching::Link;
use intake::school_list::SchoolList;

use super::super::made::Made;

/// What was kept of a name.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The words that tell a school, as a name has them.
    words: BTreeSet<String>,
    /// Whether every word of the name was kept.
    whole: bool,
    /// The name that it once had, which stands beside it.
    once: Option<String>,
    /// Whether letters were changed so that it may be another's, or a kind was said that the name has not.
    pub doubtful: bool,
}

impl Said {
    /// Every word of the name.
    pub fn whole(name: &str) -> Self {
        Self { words: telling(name), whole: true, once: None, doubtful: false }
    }

    /// The words of a part of it.
    pub fn part(text: &str) -> Self {
        Self { words: telling(text), whole: false, once: None, doubtful: false }
    }

    /// The same, with the name that the school once had beside it.
    pub fn once_called(mut self, old: &str) -> Self {
        self.once = Some(plain(old));
        self
    }

    /// The same, doubtful.
    pub fn doubted(mut self) -> Self {
        self.doubtful = true;
        self
    }
}

/// How many other schools may be meant.
#[derive(Debug, Clone, Copy, Default)]
pub struct Many {
    /// Their names have all the words that were kept.
    pub others: usize,
    /// They fit no worse than the one that is meant.
    pub as_well: usize,
}

/// The names of a list, present and former.
pub struct Meaning {
    /// Schools with names they once had.
    once: Vec<(usize, String)>,
    names: Vec<(usize, BTreeSet<String>, bool)>,
    by_word: HashMap<String, Vec<usize>>,
}

impl Meaning {
    pub fn new(list: &SchoolList, old: &[(usize, String)]) -> Self {
        let now = list.rows.iter().enumerate().map(|(at, row)| (at, telling(&row.name), false));
        let names: Vec<_> = now.chain(old.iter().map(|(at, name)| (*at, telling(name), true))).collect();
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, (_, words, _)) in names.iter().enumerate() {
            for word in words {
                by_word.entry(word.clone()).or_default().push(at);
            }
        }
        let once = old.iter().map(|(at, name)| (*at, plain(name))).collect();
        Self { once, names, by_word }
    }

    /// How many others have these words, where postcode and town leave them possible.
    pub fn how_many(&self, list: &SchoolList, school: usize, said: &Said, made: &Made) -> Many {
        let row = |at: usize| &list.rows[at];
        let possible = |at: usize| {
            let there = |text: &str, its: &Option<String>| text.is_empty() || its.as_deref() == Some(text);
            there(&made.postcode, &row(at).postcode) && there(&made.town, &row(at).town)
        };
        let rarest =
            said.words.iter().map(|w| self.by_word.get(w).map_or(&[][..], Vec::as_slice)).min_by_key(|l| l.len());
        let mine = telling(&row(school).name);
        let (mut others, mut as_well) = (BTreeSet::new(), BTreeSet::new());
        for at in rarest.unwrap_or_default() {
            let (other, words, old) = &self.names[*at];
            if *other == school || !said.words.is_subset(words) || !possible(*other) {
                continue;
            }
            // Of two with the same name it is the one that once had the other.
            if said.once.as_ref().is_some_and(|once| !self.once.iter().any(|(at, name)| at == other && name == once)) {
                continue;
            }
            others.insert(*other);
            let left = |words: &BTreeSet<String>| words.difference(&said.words).count();
            let same_words = !old && plain(&row(*other).name) == plain(&row(school).name);
            // A name typed whole is the school's that has it, unless another has the very same.
            if (said.whole && same_words) || (!said.whole && (left(&mine) > 0 || left(words) == 0)) {
                as_well.insert(*other);
            }
        }
        if said.whole {
            others.retain(|other| as_well.contains(other));
        }
        if said.words.is_empty() {
            others.insert(school);
        }
        Many { others: others.len(), as_well: as_well.len() }
    }
}

/// Names that a link gives to one open school, next to the one it has.
pub fn old_names(list: &SchoolList, links: &[Link]) -> Vec<(usize, String)> {
    let open: HashMap<Urn, usize> = list.rows.iter().enumerate().map(|(at, row)| (row.urn, at)).collect();
    let mut names: Vec<(usize, String)> = Vec::new();
    for link in links {
        let predecessor = format!("{:?}", link.kind).to_lowercase().contains("predecessor");
        if let (true, Some(at), None) = (predecessor, open.get(&link.urn), open.get(&link.other))
            && plain(&list.rows[*at].name) != plain(&link.other_name)
        {
            names.push((*at, link.other_name.clone()));
        }
    }
    names.sort();
    names.dedup();
    names
}

fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| *c != '\'' && *c != '\u{2019}').flat_map(char::to_lowercase);
    let spaced: String = kept.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words that tell a school from others, or its kind.
pub fn telling(name: &str) -> BTreeSet<String> {
    const NOTHING: &str = " the of and for a in at on with school schools academy st saint community voluntary aided controlled \
        va vc trust foundation centre endowed parochial church england c e ce cofe roman rc catholic ";
    let faith = |name: &str| {
        let name = format!(" {name} ");
        let cofe = ["church of england", " ce ", " cofe ", "c of e", " c e "].iter().any(|f| name.contains(f));
        let catholic = name.contains("catholic") || name.contains(" rc ");
        [(cofe, "*cofe"), (catholic, "*catholic")]
    };
    let name = plain(name);
    let faiths = faith(&name).into_iter().filter(|(is, _)| *is).map(|(_, faith)| faith.to_owned());
    let words = name.split(' ').filter(|w| !w.is_empty() && !NOTHING.contains(&format!(" {w} ")));
    let one = |word: &str| match word {
        "infants" => "infant".to_owned(),
        "juniors" => "junior".to_owned(),
        word => word.to_owned(),
    };
    words.map(one).chain(faiths).collect()
}
