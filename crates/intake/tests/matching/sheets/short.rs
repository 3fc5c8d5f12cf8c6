//! How people shorten a school's name: abbreviations, saints' nicknames, words left out.

use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::part::{Part, Role, Slip, added};

/// What a word is written as by people in a hurry.
const SHORT: &[(&str, &[&str])] = &[
    ("primary", &["Prim", "Pri", "Prim.", "Pry", "P", "Prmy"]),
    ("school", &["Sch", "Sch.", "Schl", "S"]),
    ("infant", &["Inf", "Inf.", "Infs", "Infants"]),
    ("junior", &["Jnr", "Jun", "Jr", "Juniors", "Jun."]),
    ("nursery", &["Nurs", "Nsy", "Nur", "N"]),
    ("secondary", &["Sec", "Sec."]),
    ("academy", &["Acad", "Acad.", "Acdy", "Ac"]),
    ("college", &["Coll", "Col"]),
    ("community", &["Comm", "Com", "Comm.", "Cty"]),
    ("catholic", &["RC", "R.C.", "Cath", "R C", "Cath."]),
    ("cofe", &["CE", "C of E", "C.E.", "CofE", "C/E", "C.of E.", "COE"]),
    ("methodist", &["Meth", "Meth."]),
    ("grammar", &["Gram", "Grm"]),
    ("comprehensive", &["Comp"]),
    ("high", &["Hi", "H"]),
    ("special", &["Spec", "Sp"]),
    ("preparatory", &["Prep"]),
    ("centre", &["Ctr", "Cntr", "Cen"]),
    ("saint", &["St", "St."]),
    ("st", &["St.", "ST", "Saint", "St"]),
    ("and", &["&", "+", "n", "and"]),
    ("foundation", &["Fdn", "Found"]),
    ("voluntary", &["Vol", "V"]),
    ("aided", &["Aid", "A"]),
    ("controlled", &["Cont", "C"]),
    ("park", &["Pk"]),
    ("road", &["Rd"]),
    ("lane", &["Ln", "La"]),
    ("street", &["St"]),
    ("avenue", &["Ave"]),
    ("grove", &["Gr", "Grv"]),
    ("green", &["Grn", "Gn"]),
    ("great", &["Gt", "Gt."]),
    ("little", &["Lt", "Ltl"]),
    ("north", &["Nth", "N"]),
    ("south", &["Sth", "S"]),
    ("east", &["E"]),
    ("west", &["W"]),
    ("mount", &["Mt"]),
    ("upper", &["Upr", "Up"]),
    ("lower", &["Lwr", "Lr"]),
    ("valley", &["Vly"]),
    ("international", &["Intl", "Int"]),
    ("sixth", &["6th", "VI"]),
    ("alternative", &["Alt"]),
    ("provision", &["Prov"]),
    ("education", &["Ed", "Educ"]),
    ("learning", &["Lrng"]),
    ("boys", &["Boys'", "Boy's"]),
    ("girls", &["Girls'", "Girl's"]),
    ("bishop", &["Bp", "Bish"]),
    ("archbishop", &["Abp", "Archbp"]),
    ("cardinal", &["Card"]),
    ("blessed", &["Bl", "Bl."]),
    ("sacred", &["Sac", "Scd"]),
    ("immaculate", &["Immac"]),
    ("conception", &["Conc"]),
    ("assumption", &["Assmp"]),
    ("thomas", &["Thos", "Thos.", "Tom's"]),
    ("william", &["Wm"]),
    ("james", &["Jas", "Jas."]),
    ("john", &["Jn"]),
    ("georges", &["Geo's"]),
    ("charles", &["Chas"]),
    ("robert", &["Robt"]),
    ("bartholomews", &["Bart's", "Barts"]),
    ("augustines", &["Aug's", "Augs"]),
    ("margarets", &["Marg's", "Mgt's"]),
    ("elizabeth", &["Eliz"]),
    ("michaels", &["Mich's"]),
    ("wilfrids", &["Wilf's"]),
    ("cuthberts", &["Cuth's"]),
    ("patricks", &["Pat's"]),
    ("josephs", &["Joe's", "Joes", "Jo's"]),
    ("family", &["Fam"]),
    ("trinity", &["Trin"]),
];

/// Writes one word short, where people do.
fn shorten(part: &mut Part, rng: &mut ChaCha8Rng) -> bool {
    let Some((_, forms)) = SHORT.iter().find(|(word, _)| *word == part.meant) else { return false };
    let Some(form) = forms.choose(rng) else { return false };
    // "Lane" in full and "the Lane" cannot be told from a plural; a nickname that is a beginning may be another's too.
    if part.role == Role::Own && form.contains("'s") && part.meant.starts_with(&form.to_lowercase().replace("'s", "")) {
        part.slip = Slip::Cut;
        (*form).trim_end_matches("'s").clone_into(&mut part.typed);
    } else {
        (*form).clone_into(&mut part.typed);
    }
    true
}

/// Writes words short, each with this likelihood; whether any was.
pub fn abbreviate(parts: &mut [Part], likely: f64, rng: &mut ChaCha8Rng) -> bool {
    let mut any = false;
    for part in parts.iter_mut().filter(|p| p.slip == Slip::None) {
        let likely = if part.role == Role::Own { likely * 0.5 } else { likely };
        any |= rng.random_bool(likely) && shorten(part, rng);
    }
    any
}

/// "JMI", "J&I", "CEP", "RCP": the whole kind in a few capitals.
pub fn kind_in_capitals(parts: &mut [Part], rng: &mut ChaCha8Rng) -> bool {
    let at = |meant: &str| parts.iter().position(|p| p.meant == meant && p.slip == Slip::None);
    let (junior, infant, primary, school) = (at("junior"), at("infant"), at("primary"), at("school"));
    if let (Some(junior), Some(infant)) = (junior, infant) {
        let (first, last) = (junior.min(infant), junior.max(infant));
        if last - first <= 2 {
            let form = if junior < infant { ["J&I", "J & I", "JI", "J+I"] } else { ["I&J", "I & J", "IJ", "Inf/Jun"] };
            (*form.choose(rng).unwrap_or(&"J&I")).clone_into(&mut parts[first].typed);
            for part in &mut parts[first + 1..=last] {
                part.typed.clear();
            }
            return true;
        }
    }
    if let (Some(primary), Some(school)) = (primary, school)
        && school == primary + 1
    {
        let form = ["PS", "P.S.", "P S", "P/S"].choose(rng).unwrap_or(&"PS");
        (*form).clone_into(&mut parts[primary].typed);
        parts[school].typed.clear();
        return true;
    }
    if let Some(high) = at("high")
        && school == Some(high + 1)
    {
        parts[high].typed = ["HS", "H.S.", "H S"].choose(rng).map_or_else(String::new, |f| (*f).to_owned());
        parts[high + 1].typed.clear();
        return true;
    }
    false
}

/// Leaves out what people leave out, in this order of ease: the tail, fillers, the kind, own words. Whether anything was.
pub fn leave_out(parts: &mut Vec<Part>, terse: f64, rng: &mut ChaCha8Rng) -> bool {
    let before = parts.len();
    // ", A Voluntary Academy"
    if let Some(tail) =
        parts.windows(2).position(|w| w[0].meant == "a" && matches!(&*w[1].meant, "voluntary" | "catholic"))
        && tail > 1
        && rng.random_bool((terse * 1.5).min(0.95))
    {
        parts.truncate(tail);
    }
    let kept = |parts: &[Part]| parts.iter().filter(|p| p.role == Role::Own).count();
    let fillers = rng.random_bool(terse);
    let kinds = rng.random_bool(terse * 0.45);
    let religion = rng.random_bool(terse * 0.5);
    if kept(parts) > 0 {
        parts.retain(|p| {
            !(fillers
                && p.role == Role::Filler
                && !matches!(&*p.meant, "st" | "and" | "of" | "in" | "for" | "on" | "at"))
        });
        parts.retain(|p| !(religion && matches!(&*p.meant, "cofe" | "catholic" | "methodist")));
        parts.retain(|p| !(kinds && p.role == Role::Kind && !matches!(&*p.meant, "girls" | "boys")));
    }
    // "Our Lady and St Brendan's" becomes "St Brendan's" or "Our Lady".
    let own = kept(parts);
    if own >= 2 && rng.random_bool(terse * 0.12) {
        let split = parts.iter().position(|p| p.meant == "and" || p.meant == "st");
        match split {
            Some(at) if at > 1 && parts[..at].iter().any(|p| p.role == Role::Own) && rng.random_bool(0.6) => {
                let kind: Vec<Part> = parts.iter().skip(at).filter(|p| p.role == Role::Kind).cloned().collect();
                parts.truncate(at);
                parts.extend(kind);
            }
            _ => {
                let last = parts.iter().rposition(|p| p.role == Role::Own).unwrap_or_default();
                parts.remove(last);
            }
        }
    }
    while parts.last().is_some_and(|p| matches!(&*p.meant, "and" | "of" | "for" | "in" | "at" | "a" | "on" | "the")) {
        parts.pop();
    }
    if let Some(first) = parts.first_mut() {
        first.hyphen = false;
    }
    parts.len() < before
}

/// Adds what the register's name does not say and people do: VA, Primary, School.
pub fn add_kind(parts: &mut Vec<Part>, is_primary: bool, rng: &mut ChaCha8Rng) -> bool {
    let has = |meant: &str| parts.iter().any(|p| p.meant == meant);
    if has("cofe") && !has("va") && !has("voluntary") && rng.random_bool(0.5) {
        let form = *["VA", "(VA)", "VC", "(VC)", "V.A.", "(A)", "(C)"].choose(rng).unwrap_or(&"VA");
        let at = parts.iter().position(|p| p.meant == "cofe").map_or(parts.len(), |at| at + 1);
        parts.insert(at, added("va", form));
        return true;
    }
    if has("academy") && !has("school") && rng.random_bool(0.6) {
        let at = parts.iter().position(|p| p.meant == "academy").unwrap_or_default();
        parts[at] = added("school", "School");
        return true;
    }
    if is_primary && !["primary", "junior", "infant", "nursery", "first", "middle"].iter().any(|k| has(k)) {
        let at = parts.iter().position(|p| matches!(&*p.meant, "school" | "academy")).unwrap_or(parts.len());
        parts.insert(at, added("primary", "Primary"));
        return true;
    }
    if !has("school") && !has("academy") && !has("college") && !has("centre") {
        parts.push(added("school", "School"));
        return true;
    }
    false
}
