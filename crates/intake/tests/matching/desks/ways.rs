//! How a name is typed at a desk, and what becomes of it on its way into a cell.

use domain::setting::Phase;
use intake::school_list::SchoolRow;
use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::super::made::Kind;
use super::meaning::Said;

const SHORT: &[(&str, &[&str])] = &[
    ("Community Primary School", &["CP School", "C.P. School", "CPS", "County Primary", "CP"]),
    ("Church of England Primary School", &["CE Primary", "C of E Prim", "CEPS", "C.E. (P)", "CofE Pri Sch"]),
    ("CofE Primary School", &["CE Primary", "C of E Prim", "C/E Primary"]),
    ("Catholic Primary School", &["RC Primary", "RCPS", "R.C. Prim", "Cath Pri", "RC Prm"]),
    ("Junior and Infant School", &["J&I", "JI School", "Jun & Inf", "J & I School"]),
    ("Infant and Nursery School", &["Inf & Nurs", "I & N", "Infant/Nursery"]),
    ("Primary School", &["Primary", "Prim", "PS", "Pri Sch", "P.S.", "Prim. School", "Primary Sch", "prmry"]),
    ("Junior School", &["Juniors", "Jnrs", "Jun", "Junior Sch", "JS"]),
    ("Infant School", &["Infants", "Inf", "Infant Sch"]),
    ("Infants' School", &["Infants", "Infts", "Infants Sch"]),
    ("Nursery School", &["Nursery", "Nurs", "NS", "Nursery Sch"]),
    ("High School", &["High", "HS", "High Sch", "H.S."]),
    ("Grammar School", &["Grammar", "GS", "Gramm", "Grammar Sch"]),
    ("Special School", &["Special", "Spec Sch", "Sp. School"]),
    ("Primary Academy", &["Primary", "Prim Acad", "PA", "Primary School", "Pri Academy"]),
    ("Academy", &["Acad", "Acad.", "Academy", "Acdmy"]),
    ("School", &["Sch", "School", "Schl", "Sch."]),
];

/// The words by which people call a school: what stands before its kind.
pub fn own(name: &str) -> String {
    const KINDS: &str = " primary infant infants junior juniors nursery school academy high college church cofe catholic c.e. ce \
        rc roman community special grammar first middle secondary cofe methodist voluntary ";
    let before: Vec<&str> = name
        .split(' ')
        .take_while(|w| !KINDS.contains(&format!(" {} ", w.to_lowercase().replace(['\'', ',', '\u{2019}'], ""))))
        .collect();
    if before.is_empty() { name.to_owned() } else { before.join(" ") }
}

/// A name with its kind left out or short.
pub fn short(name: &str) -> String {
    let own = own(name);
    let kind = ["Primary", "Infant", "Junior", "High", "Nursery"].iter().find(|k| name.contains(**k));
    kind.map_or(own.clone(), |kind| format!("{own} {kind}"))
}

/// A name as somebody types it, what was kept of it, and what was done.
pub fn typed(name: &str, row: &SchoolRow, rng: &mut ChaCha8Rng) -> (String, Said, Kind) {
    let whole = Said::whole(name);
    match rng.random_range(0..100) {
        0..=19 => (name.to_owned(), whole, Kind::Exact),
        20..=54 => {
            let fit: Vec<_> = SHORT.iter().filter(|(long, _)| name.contains(long)).collect();
            let Some((long, forms)) = fit.first() else { return (name.to_lowercase(), whole, Kind::Case) };
            let form = forms.choose(rng).copied().unwrap_or(long);
            // Of the kind something may be lost: "Primary" for "Primary Academy" is a part, "Prim Acad" is not. A faith's
            // short form stands for several long ones.
            let kept = ["CP School", "C.P. School", "CPS", "CP", "Prim Acad", "PA", "Pri Academy"].contains(&form)
                || *long == "Academy";
            let lost = (long.starts_with("C") || long.contains("Academy")) && !kept;
            let said = if lost { Said::part(name) } else { whole };
            (name.replacen(long, form, 1), said, Kind::Abbrev)
        }
        55..=66 => (short(name), Said::part(&short(name)), Kind::Dropped),
        67..=70 => (own(name), Said::part(&own(name)), Kind::Dropped),
        71..=74 => saints(name, rng),
        75..=78 => {
            let cased = if rng.random_bool(0.5) { name.to_uppercase() } else { name.to_lowercase() };
            (cased, whole, Kind::Case)
        }
        79..=81 => {
            let between = ["_", "-", "."].choose(rng).copied().unwrap_or("_");
            let words: Vec<String> = name
                .split(' ')
                .map(|w| w.replace(['\'', ',', '(', ')', '&', '.'], ""))
                .filter(|w| !w.is_empty())
                .collect();
            (words.join(between), whole, Kind::Space)
        }
        82..=83 => {
            let words: Vec<&str> = name.split(' ').collect();
            (words.concat(), whole.doubted(), Kind::Space)
        }
        84..=86 => {
            let own = own(name);
            let rest = name.strip_prefix(own.as_str()).unwrap_or_default().trim();
            if rest.is_empty() {
                (name.to_owned(), whole, Kind::Exact)
            } else {
                (format!("{rest}: {own}"), whole, Kind::Order)
            }
        }
        87..=89 => other_kind(name, row, rng),
        90..=93 => (dictated(name, rng), whole.doubted(), Kind::Typo),
        94..=96 => (doubled(name, rng), whole, Kind::Space),
        _ => (format!("\"{name}\",,"), whole, Kind::Punct),
    }
}

/// "SS Peter & Paul", "S. Mary's", "St.Mary".
fn saints(name: &str, rng: &mut ChaCha8Rng) -> (String, Said, Kind) {
    let said = Said::whole(name);
    if !name.starts_with("St ") {
        return (name.replace(" and ", " & "), said, Kind::Abbrev);
    }
    let text = match rng.random_range(0..5) {
        0 => name.replacen("St ", "St.", 1),
        1 => name.replacen("St ", "Saint ", 1),
        2 => name.replacen("St ", "S. ", 1),
        3 if name.contains(" and St ") => name.replacen("St ", "SS ", 1).replacen(" and St ", " & ", 1),
        _ => name.replacen("St ", "St. ", 1).replace("'s", "s"),
    };
    (text, said, Kind::Abbrev)
}

/// What an older hand calls it, or a newer one: another kind than its name has.
fn other_kind(name: &str, row: &SchoolRow, rng: &mut ChaCha8Rng) -> (String, Said, Kind) {
    let own = own(name);
    let kinds: &[&str] = match row.phase {
        Some(Phase::Primary) => {
            &["County Primary", "JMI", "J.M.I. School", "CP", "Primary", "Junior Mixed", "First & Middle"]
        }
        Some(Phase::Secondary) => &["Comp", "High", "Upper", "Secondary", "Sec Mod", "Sixth Form", "Academy", "School"],
        _ => &["School", "Centre", "Sch"],
    };
    let kind = kinds.choose(rng).copied().unwrap_or_default();
    (format!("{own} {kind}"), Said::part(&own).doubted(), Kind::Affix)
}

/// Words as a telephone hears them.
fn dictated(name: &str, rng: &mut ChaCha8Rng) -> String {
    let heard = [
        ("Church of England", "church of england"),
        ("CofE", "see of e"),
        ("St ", "saint "),
        ("'s", "s"),
        ("ey", "y"),
        ("ough", "uff"),
        ("wich", "ich"),
        ("ham", "um"),
        ("burgh", "borough"),
        ("wood", "would"),
        ("field", "feild"),
        ("Green", "greene"),
        ("Mead", "meade"),
        ("High", "hi"),
        ("ton", "tun"),
        ("Park", "parc"),
    ];
    let fit: Vec<_> = heard.iter().filter(|(a, _)| name.contains(a)).collect();
    let text = fit.choose(rng).map_or_else(|| name.to_owned(), |(a, b)| name.replacen(a, b, 1));
    text.to_lowercase()
}

/// A letter, a space or a word twice.
fn doubled(name: &str, rng: &mut ChaCha8Rng) -> String {
    match rng.random_range(0..3) {
        0 => name.replace(' ', "  "),
        1 => format!("{name} {}", name.rsplit(' ').next().unwrap_or_default()),
        _ => format!("  {name}\t"),
    }
}

/// What scanners and encodings do to it; whether letters were changed.
pub fn carried(text: &str, rng: &mut ChaCha8Rng) -> (String, bool) {
    match rng.random_range(0..60) {
        0 | 1 => (text.replace('\'', "\u{e2}\u{20ac}\u{2122}"), false),
        2 => (text.replace('\'', "?"), false),
        3 => (text.replace('\'', "&#39;").replace('&', "&amp;"), false),
        4 => (text.replace('&', "&amp;"), false),
        5 => (text.replacen('o', "0", 1), true),
        6 => (text.replacen('l', "1", 1), true),
        7 => (text.replacen("rn", "m", 1), true),
        8 => (text.replacen('m', "rn", 1), true),
        9 => (text.replacen("cl", "d", 1), true),
        10 => (text.replace(' ', "\u{a0}"), false),
        11 => (text.chars().take(24).collect::<String>(), text.chars().count() > 24),
        _ => (text.to_owned(), false),
    }
}
