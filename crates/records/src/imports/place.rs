//! Where a school lies, when its own row of the list does not say: where the school lay that it follows.
//!
//! A list has no ward, constituency or grid position of schools that opened lately. A school that follows another on the
//! same site, which the postcode tells, lies where that one lay; so does one that follows another as a whole, as long as
//! no two postcodes say otherwise. What a row says itself always counts.

use std::collections::{BTreeSet, HashMap};

use domain::lineage::{Fate, Way};
use domain::setting::Urn;

use super::compare::{self, School};
use super::plan::Plan;
use crate::lineage::Fates;

/// Fills in what the list's schools do not say of where they lie; gives back of how many. `rest` are the schools on record
/// that the list does not have, `unchanged` those that are as it has them.
pub(super) fn fill(
    plan: &mut Plan,
    unchanged: &mut HashMap<i64, School>,
    fates: &Fates<'_>,
    gone: &BTreeSet<Urn>,
    rest: &HashMap<i64, School>,
) -> usize {
    let mut before: HashMap<i64, Vec<(&School, Way)>> = HashMap::new();
    for (school, fate) in fates.all(gone) {
        let Some(from) = rest.get(&school.urn.number()) else { continue };
        let (carriers, way) = match &fate {
            Fate::CarriedBy(carrier, way) => (std::slice::from_ref(carrier), *way),
            Fate::Split { among, .. } => (among.as_slice(), Way::Split),
            Fate::Ended | Fate::Outside(_) | Fate::Nobody => continue,
        };
        for carrier in carriers {
            before.entry(carrier.number()).or_default().push((from, way));
        }
    }
    let mut filled = 0;
    for school in &mut plan.added {
        if let Some(from) = before.remove(&school.urn) {
            filled += usize::from(take(school, &from));
        }
    }
    for (school, fields) in &mut plan.changed {
        let Some(from) = before.remove(&school.urn) else { continue };
        let was = school.clone();
        if take(school, &from) {
            fields.extend(compare::differences(&was, school));
            filled += 1;
        }
    }
    let others = plan.changed.len();
    for (urn, from) in before {
        let Some(was) = unchanged.remove(&urn) else { continue };
        let mut school = was.clone();
        if take(&mut school, &from) {
            let fields = compare::differences(&was, &school);
            plan.changed.push((school, fields));
            plan.unchanged -= 1;
            filled += 1;
        }
    }
    // Those that were as the list has them come in no order.
    plan.changed[others..].sort_by_key(|(school, _)| school.urn);
    filled
}

/// Takes what a school does not say of where it lies from those that it follows; whether there was anything.
fn take(school: &mut School, before: &[(&School, Way)]) -> bool {
    let postcode = |school: &School| {
        let compact: String = school.postcode.iter().flat_map(|p| p.chars()).filter(|c| !c.is_whitespace()).collect();
        (!compact.is_empty()).then(|| compact.to_uppercase())
    };
    let own = postcode(school);
    let on_site = before.iter().filter(|(from, _)| own.is_some() && postcode(from) == own);
    let on_site: Vec<&School> = on_site.map(|(from, _)| *from).collect();
    let from = match (on_site.is_empty(), before) {
        (false, _) => on_site,
        (true, [(from, Way::Whole)]) if own.is_none() || postcode(from).is_none() => vec![*from],
        _ => return false,
    };
    let was = school.clone();
    text(&mut school.ward, from.iter().map(|f| &f.ward));
    text(&mut school.constituency, from.iter().map(|f| &f.constituency));
    text(&mut school.lsoa, from.iter().map(|f| &f.lsoa));
    if school.easting.is_none() && school.northing.is_none() {
        let mut points = from.iter().filter_map(|f| f.easting.zip(f.northing));
        if let Some(point) = points.next().filter(|first| points.all(|point| point == *first)) {
            (school.easting, school.northing) = (Some(point.0), Some(point.1));
        }
    }
    *school != was
}

/// Fills a blank with what all who say anything agree on.
fn text<'a>(blank: &mut Option<String>, mut said: impl Iterator<Item = &'a Option<String>>) {
    if blank.is_none() {
        let mut said = said.by_ref().flatten();
        *blank = said.next().filter(|first| said.all(|other| other == *first)).cloned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn school(postcode: &str, ward: &str, grid: Option<(i64, i64)>) -> School {
        let header = "URN,LA (code),EstablishmentName,TypeOfEstablishment (name),PhaseOfEducation (name),\
                      StatutoryLowAge,StatutoryHighAge,Postcode,AdministrativeWard (name)";
        let text = format!("{header}\n107253,380,A,Community school,Primary,4,11,{postcode},{ward}\n");
        let row = intake::school_list::read(text.as_bytes(), "list.csv", None).unwrap().rows.remove(0);
        School { easting: grid.map(|g| g.0), northing: grid.map(|g| g.1), ..compare::new(row) }
    }

    #[test]
    fn a_school_lies_where_the_one_that_it_follows_lay() {
        for (own, before, ward) in [
            (("BD9 4BQ", ""), &[("bd94bq", "Heaton", Way::Whole)][..], Some("Heaton")),
            (("BD9 4BQ", "Toller"), &[("BD9 4BQ", "Heaton", Way::Whole)], Some("Toller")),
            (("BD9 4BQ", ""), &[("BD1 1AA", "City", Way::Whole)], None),
            (("", ""), &[("BD1 1AA", "City", Way::Whole)], Some("City")),
            (("", ""), &[("BD1 1AA", "City", Way::Merged)], None),
            (("", ""), &[("BD1 1AA", "City", Way::Whole), ("BD9 4BQ", "Heaton", Way::Whole)], None),
            (("BD9 4BQ", ""), &[("BD1 1AA", "City", Way::Merged), ("BD9 4BQ", "Heaton", Way::Merged)], Some("Heaton")),
            (("BD9 4BQ", ""), &[("BD9 4BQ", "City", Way::Merged), ("BD9 4BQ", "Heaton", Way::Merged)], None),
            (("BD9 4BQ", ""), &[("BD9 4BQ", "", Way::Split), ("BD9 4BQ", "Heaton", Way::Split)], Some("Heaton")),
        ] {
            let mut new = school(own.0, own.1, None);
            let before: Vec<_> =
                before.iter().map(|(p, w, way)| (school(p, w, Some((414_095, 434_000))), *way)).collect();
            let took = take(&mut new, &before.iter().map(|(from, way)| (from, *way)).collect::<Vec<_>>());
            assert_eq!(new.ward.as_deref(), ward, "{own:?}");
            assert_eq!(took, new.easting.is_some(), "{own:?}");
        }
        let mut known = school("BD9 4BQ", "", Some((1, 2)));
        take(&mut known, &[(&school("BD9 4BQ", "", Some((3, 4))), Way::Whole)]);
        assert_eq!((known.easting, known.northing), (Some(1), Some(2)), "what a row says itself counts");
    }
}
