//! Official names of other authorities' schools, looked for in one authority's list: what somebody's record has of the
//! children who go to school across the border. None of them is a school of the list.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use intake::matching::{Decision, Finding, Links, Register, Typed, tells_no_school, text_key};
use intake::school_list::{SchoolList, SchoolRow};
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

/// How many names of the rest of England are looked for.
const FROM_AFAR: usize = 1_000;

/// What came of other authorities' names.
#[derive(Debug, Default, Clone)]
pub struct Others {
    /// How many names, each once.
    pub names: usize,
    /// How many were taken that share the whole bare name, but for "Primary", "Academy" and the like, with a school here, or
    /// all of it but the place behind it.
    pub same: usize,
    /// How many were taken that share it with a name that a school here had.
    pub had: usize,
    /// How many others were taken.
    pub taken: usize,
    /// How many are asked about.
    pub asked: usize,
}

impl Others {
    /// Looks for the names of the authorities that share a postcode district with this one, and of some schools of the
    /// rest of England, each told of as it is taken.
    pub fn of(
        country: &SchoolList,
        district: &SchoolList,
        links: &Links,
        seed: u64,
        mut each: impl FnMut(&SchoolRow, &Finding),
    ) -> Self {
        let register = Register::of_list(district, links, &[]);
        // Who leaves ", Swanage" out of the name of the one here types what another elsewhere is called.
        let here: HashSet<String> =
            district.rows.iter().flat_map(|row| [bare(&row.name), without_place(&row.name)]).collect();
        let urns: HashSet<_> = district.rows.iter().map(|row| row.urn).collect();
        let linked = links.rows().iter().filter(|link| urns.contains(&link.urn) || urns.contains(&link.other));
        let before: HashSet<String> = linked.map(|link| bare(&link.other_name)).collect();
        let mut others = Self::default();
        for row in elsewhere(country, district, seed) {
            let finding = register.find(&Typed { name: &row.name, ..Typed::default() });
            others.names += 1;
            match finding.decision {
                Decision::Matched(_) if here.contains(&bare(&row.name)) => others.same += 1,
                Decision::Matched(_) if before.contains(&bare(&row.name)) => others.had += 1,
                Decision::Matched(_) => {
                    others.taken += 1;
                    each(row, &finding);
                }
                Decision::Review => others.asked += 1,
                Decision::None => {}
            }
        }
        others
    }

    /// Adds another authority's figures.
    pub fn pool(&mut self, other: &Self) {
        self.names += other.names;
        self.same += other.same;
        self.had += other.had;
        self.taken += other.taken;
        self.asked += other.asked;
    }

    /// Names of other schools that were taken, per name.
    #[allow(clippy::cast_precision_loss)]
    pub fn taken_share(&self) -> f64 {
        self.taken as f64 / self.names.max(1) as f64
    }
}

/// Schools of the neighbouring authorities, and some of the rest, each name once.
fn elsewhere<'a>(country: &'a SchoolList, district: &SchoolList, seed: u64) -> Vec<&'a SchoolRow> {
    let outward = |row: &SchoolRow| row.postcode.as_ref().and_then(|p| p.split(' ').next().map(str::to_owned));
    let outwards: HashSet<String> = district.rows.iter().filter_map(outward).collect();
    let is_here = |row: &SchoolRow| district.authorities.contains_key(&row.authority);
    let near: BTreeSet<_> = country
        .rows
        .iter()
        .filter(|row| outward(row).is_some_and(|outward| outwards.contains(&outward)))
        .map(|row| row.authority.clone())
        .collect();
    let (mut these, rest): (Vec<_>, Vec<_>) =
        country.rows.iter().filter(|row| !is_here(row)).partition(|row| near.contains(&row.authority));
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    these.extend(rest.choose_multiple(&mut rng, FROM_AFAR));
    let mut seen = HashSet::new();
    these.retain(|row| seen.insert(row.name.clone()));
    these
}

/// The same, without what stands behind a comma.
fn without_place(name: &str) -> String {
    bare(name.rsplit_once(',').map_or(name, |(before, _)| before))
}

/// The words of a name that tell which school it is.
fn bare(name: &str) -> String {
    let words: BTreeSet<String> =
        text_key(name).split(' ').filter(|word| !tells_no_school(word)).map(str::to_owned).collect();
    words.into_iter().collect::<Vec<_>>().join(" ")
}

impl fmt::Display for Others {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} names of other authorities: {} taken that are called as a school here, {} as one was, {} others ({:.2}%), {} asked",
            self.names,
            self.same,
            self.had,
            self.taken,
            100.0 * self.taken_share(),
            self.asked
        )
    }
}
