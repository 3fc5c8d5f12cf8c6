//! The field's words: how school names are abbreviated, which of their words tell schools apart and which do not, what
//! is written beside a name, and what is no school.

mod beside;
mod england;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

pub(super) use beside::{is_brand, is_county, is_doing, is_kind, is_month, is_no_school, is_note, is_trust, is_when};
pub(super) use england::{is_of_place, names_with};

/// What a word does in a school's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Joins words: "the", "of".
    Filler,
    /// "Saint", before the name that matters.
    Saint,
    /// Says only that it is a school.
    School,
    /// Says in what form it is run, or what it would like to be known for.
    Status,
    /// Says of which faith it is; many schools of a district share it.
    Faith,
    /// Says whom it teaches.
    Phase(Level),
    /// Says which school it is.
    Own,
}

/// Whom a school teaches, by the word in its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Nursery,
    Infant,
    Junior,
    Primary,
    Middle,
    Secondary,
    SixthForm,
    Special,
}

/// The class of a word in its full form (see [`full_form`]).
pub(super) fn class(word: &str) -> Class {
    match word {
        "the" | "of" | "and" | "for" | "a" | "at" | "in" | "on" | "with" | "by" | "an" | "to" | "de" => Class::Filler,
        "st" => Class::Saint,
        "school" | "academy" | "college" => Class::School,
        "community" | "foundation" | "voluntary" | "va" | "vc" | "aided" | "controlled" | "trust" | "free"
        | "specialist" | "maintained" | "endowed" | "parochial" | "federation" | "federated" | "independent"
        | "mixed" | "earlyyears" | "ltd" | "limited" | "leadership" | "unit" | "centre" | "campus" | "learning"
        | "education" | "technology" | "science" | "arts" | "sports" | "campuses" | "provision" | "day" | "church"
        | "families" | "children" | "childrens" | "combined" | "incorporating" | "assisted" | "partnership"
        | "educational" | "language" | "enterprise" | "business" | "performing" | "multi" | "teaching" => Class::Status,
        "cofe" | "catholic" | "methodist" => Class::Faith,
        "nursery" | "preschool" | "kindergarten" => Class::Phase(Level::Nursery),
        "infant" => Class::Phase(Level::Infant),
        "junior" => Class::Phase(Level::Junior),
        "primary" | "first" | "preparatory" => Class::Phase(Level::Primary),
        "middle" => Class::Phase(Level::Middle),
        "secondary" | "high" | "comprehensive" => Class::Phase(Level::Secondary),
        "sixth" | "form" => Class::Phase(Level::SixthForm),
        "special" | "pru" | "sen" => Class::Phase(Level::Special),
        _ => Class::Own,
    }
}

/// Abbreviations that can mean only one thing in a school's name, and what they stand for, one word or several.
pub(super) fn full_form(word: &str) -> Option<&'static [&'static str]> {
    Some(match word {
        "saint" | "stt" | "sst" => &["st"],
        "sch" | "shool" | "schol" | "scool" | "schl" | "schs" | "schools" | "skl" | "scl" => &["school"],
        "acad" | "acdemy" | "acadamy" | "acedemy" | "acdy" | "acdmy" | "acad'y" | "academies" | "acady" => &["academy"],
        "coll" | "clg" => &["college"],
        "pri" | "prim" | "prm" | "prmy" | "prmry" | "pry" => &["primary"],
        "jnr" | "jun" | "jr" | "juniors" | "jnrs" => &["junior"],
        "inf" | "infs" | "infants" | "inft" => &["infant"],
        "nurs" | "nsy" | "nur" | "nsry" | "nurseries" | "nry" => &["nursery"],
        "sec" | "secy" | "secd" => &["secondary"],
        "gram" | "grmr" | "grm" | "gramm" => &["grammar"],
        "prep" => &["preparatory"],
        "spec" | "spl" => &["special"],
        "comm" | "cmty" | "commun" | "commty" | "cmnty" => &["community"],
        "vol" => &["voluntary"],
        "contr" | "controled" | "cont" => &["controlled"],
        "rc" | "cath" | "cathol" | "catholics" | "rcc" => &["catholic"],
        "ce" | "coe" | "cofee" | "cofs" | "cofeng" => &["cofe"],
        "meth" => &["methodist"],
        "ap" => &["alternative", "provision"],
        "ps" => &["primary", "school"],
        "pa" => &["primary", "academy"],
        "hs" => &["high", "school"],
        "gs" => &["grammar", "school"],
        "js" => &["junior", "school"],
        "ns" => &["nursery", "school"],
        "cp" => &["community", "primary"],
        "cps" => &["community", "primary", "school"],
        "rcps" => &["catholic", "primary", "school"],
        "ceps" => &["cofe", "primary", "school"],
        "jmi" | "ji" | "jandi" => &["junior", "infant"],
        "jin" => &["junior", "infant", "nursery"],
        "jsc" => &["junior", "school"],
        "ceva" => &["cofe", "va"],
        "cevc" => &["cofe", "vc"],
        "rcva" => &["catholic", "va"],
        "fdn" | "fndn" | "found" => &["foundation"],
        "center" | "ctr" | "cntr" => &["centre"],
        "6th" => &["sixth"],
        _ => return None,
    })
}

/// Several words that stand for others, the longest first.
pub(super) const PHRASES: &[(&[&str], &[&str])] = &[
    (&["pupil", "referral", "unit"], &["pru"]),
    (&["church", "of", "england"], &["cofe"]),
    (&["of", "england"], &["cofe"]),
    (&["all", "ss"], &["all", "saints"]),
    (&["ch", "of", "england"], &["cofe"]),
    (&["ch", "of", "eng"], &["cofe"]),
    (&["church", "of", "eng"], &["cofe"]),
    (&["c", "of", "e"], &["cofe"]),
    (&["cof", "e"], &["cofe"]),
    (&["c", "ofe"], &["cofe"]),
    (&["church", "england"], &["cofe"]),
    (&["c", "e"], &["cofe"]),
    (&["roman", "catholic"], &["catholic"]),
    (&["roman", "r", "c"], &["catholic"]),
    (&["roman", "rc"], &["catholic"]),
    (&["roman", "cath"], &["catholic"]),
    (&["roman", "rcps"], &["catholic", "primary", "school"]),
    (&["r", "catholic"], &["catholic"]),
    (&["rom", "cath"], &["catholic"]),
    (&["r", "c"], &["catholic"]),
    (&["voluntary", "aided"], &["va"]),
    (&["voluntary", "controlled"], &["vc"]),
    (&["vol", "aided"], &["va"]),
    (&["v", "a"], &["va"]),
    (&["v", "c"], &["vc"]),
    (&["e", "act"], &["eact"]),
    (&["co", "op"], &["coop"]),
    (&["co", "operative"], &["coop"]),
    (&["cooperative"], &["coop"]),
    (&["pre", "school"], &["preschool"]),
    (&["early", "years"], &["earlyyears"]),
    (&["town", "hall"], &["townhall"]),
    (&["village", "hall"], &["villagehall"]),
    (&["city", "hall"], &["townhall"]),
    (&["college", "of", "fe"], &["fecollege"]),
    (&["college", "of", "art"], &["fecollege"]),
    (&["fe", "college"], &["fecollege"]),
    (&["princes", "trust"], &["princestrust"]),
    (&["no", "school", "place"], &["none"]),
    (&["no", "school"], &["none"]),
    (&["no", "place"], &["none"]),
    (&["not", "on", "roll"], &["none"]),
    (&["left", "area"], &["none"]),
    (&["out", "of", "area"], &["none"]),
    (&["out", "of", "county"], &["none"]),
    (&["church", "of", "e"], &["cofe"]),
    (&["county", "primary"], &["community", "primary"]),
    (&["c", "p", "s"], &["community", "primary", "school"]),
    (&["c", "p"], &["community", "primary"]),
    (&["p", "s"], &["primary", "school"]),
    (&["h", "s"], &["high", "school"]),
    (&["g", "s"], &["grammar", "school"]),
    (&["j", "i"], &["junior", "infant"]),
    (&["j", "and", "i"], &["junior", "infant"]),
    (&["mc", "millan"], &["mcmillan"]),
];

/// Words that are often mistyped and never matter which: a word that nothing else explains is read as one of these.
pub(super) const RESPELT: &[&str] = &[
    "school",
    "primary",
    "academy",
    "catholic",
    "church",
    "england",
    "infant",
    "infants",
    "junior",
    "nursery",
    "college",
    "community",
    "secondary",
    "grammar",
    "voluntary",
    "special",
    "methodist",
    "preparatory",
    "controlled",
    "foundation",
    "leadership",
    "first",
    "middle",
    "independent",
    "technology",
    "business",
    "enterprise",
    "federation",
    "children",
    "childrens",
    "centre",
    "sixth",
    "high",
    "aided",
    "cofe",
    "saint",
    "roman",
    "form",
    "endowed",
    "education",
    "educational",
    "learning",
    "provision",
    "alternative",
    "partnership",
    "comprehensive",
    "parochial",
    "specialist",
    "language",
    "science",
    "prim",
    "acad",
];

/// Abbreviations that can mean more than one thing: each is one reading among others.
pub(super) fn may_stand_for(word: &str) -> &'static [&'static str] {
    match word {
        "st" => &["street"],
        "ss" => &["saints"],
        "rd" => &["road"],
        "ln" | "la" => &["lane"],
        "pk" => &["park"],
        "ave" | "av" | "aven" => &["avenue"],
        "hse" | "ho" => &["house"],
        "gdns" | "gdn" => &["gardens", "garden"],
        "grn" | "gn" => &["green"],
        "gr" => &["grove", "green"],
        "gv" | "gve" | "grv" => &["grove"],
        "cl" => &["close"],
        "ct" => &["court"],
        "cres" => &["crescent"],
        "dr" => &["drive"],
        "fm" => &["farm"],
        "hl" => &["hill"],
        "ht" | "hth" => &["heath"],
        "mt" => &["mount"],
        "nth" => &["north"],
        "n" => &["north", "and", "nursery"],
        "sth" => &["south"],
        "s" => &["south", "st", "school"],
        "w" | "wst" => &["west"],
        "e" | "est" => &["east"],
        "gt" => &["great"],
        "lt" | "ltl" => &["little"],
        "upr" | "up" => &["upper"],
        "lwr" | "lr" => &["lower"],
        "vill" | "vlge" => &["village"],
        "vly" | "vall" => &["valley"],
        "br" | "brdg" => &["bridge"],
        "ch" => &["church", "christ"],
        "com" | "cty" => &["community"],
        "col" => &["college"],
        "ac" | "acd" => &["academy"],
        "int" | "intl" => &["international"],
        "tech" => &["technology", "technical"],
        "ind" => &["independent"],
        "prov" => &["provision"],
        "alt" => &["alternative"],
        "thos" | "toms" => &["thomas"],
        "barts" | "bart" => &["bartholomews", "bartholomew"],
        "augs" => &["augustines"],
        "pats" => &["patricks"],
        "joes" => &["josephs"],
        "jn" | "jno" => &["john"],
        "robt" => &["robert"],
        "imm" | "immac" => &["immaculate"],
        "conc" => &["conception"],
        "fam" => &["family"],
        "trin" => &["trinity"],
        "card" => &["cardinal"],
        "bl" => &["blessed"],
        "sac" | "scd" => &["sacred"],
        "comp" => &["comprehensive"],
        "hi" | "h" => &["high"],
        "p" => &["primary"],
        "ed" | "educ" => &["education"],
        "lrng" => &["learning"],
        "cen" => &["centre"],
        "wm" => &["william"],
        "chas" => &["charles"],
        "geo" => &["george"],
        "jas" => &["james"],
        "jos" => &["joseph", "josephs", "johns"],
        "eliz" => &["elizabeth"],
        "edw" => &["edward"],
        "margt" => &["margaret"],
        "bp" | "bish" => &["bishop"],
        "abp" | "archbp" => &["archbishop"],
        "bros" => &["brothers"],
        "hosp" => &["hospital"],
        "bvm" => &["virgin"],
        "snr" => &["senior"],
        _ => &[],
    }
}

/// Words before or between those of a name that make it another place's, never a trust's or a note's.
pub(super) fn sets_apart(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| APART.split_whitespace().collect());
    WORDS.contains(word)
}

const APART: &str = "upper lower north south east west great little old new nether over high st park hill lane road green grove \
    hall house wood manor farm valley grange moor heath mount bank field fields bridge girls boys holy all saints \
    our lady christ kings queens royal oak mill end street avenue view lodge castle abbey priory court town \
    village";

/// How unlikely a word is in the name of a school somewhere in England, in nats, where it is far from rare; rounded from
/// the list of all schools. Words of set phrases ("Holy Trinity") share their cost.
pub(super) fn national_cost(word: &str) -> Option<f64> {
    static COSTS: LazyLock<HashMap<&str, f64>> = LazyLock::new(|| {
        let words =
            |(cost, words): &(f64, &'static str)| words.split_whitespace().map(|w| (w, *cost)).collect::<Vec<_>>();
        NATIONAL.iter().flat_map(words).collect()
    });
    COSTS.get(word).copied()
}

const NATIONAL: &[(f64, &str)] = &[
    (3.6, "park"),
    (4.1, "hill"),
    (4.0, "marys mary"),
    (4.4, "house green"),
    (4.6, "johns john hall josephs joseph"),
    (4.8, "girls boys"),
    (5.0, "grammar"),
    (1.6, "all our sacred trinity"),
    (3.6, "lady"),
    (4.0, "christ"),
    (3.2, "saints holy"),
    (3.0, "heart"),
    (2.6, "family"),
    (4.9, "lane west peters peter wood road manor grange thomas village"),
    (
        5.2,
        "pauls paul james kings king great south north new east valley heath grove view farm bridge \
      andrews andrew michaels michael",
    ),
    (
        5.8,
        "annes anne georges george castle oak vale bishop william cross tree lodge abbey end street \
      priory court brook lower leigh forest nicholas little old mount bank moor fields field mill \
      avenue meadow francis queen patricks patrick marks mark lukes luke margarets margaret city \
      woodlands upper orchard edward edwards",
    ),
    (
        6.6,
        "stephens stephen matthews matthew augustines augustine martins martin lawrence bedes bede \
      victoria ash riverside meadows cuthberts cuthbert wilfrids westfield cherry teresas highfield \
      oaks parkside newton mead robert royal long willow croft red beacon albans edmunds edmund giles \
      common springfield oswalds oakwood oakfield woodside hillside greenfield southfield northfield \
      eastfield holly white carlton clifton fairfield grangefield parkfield brookfield ashfield \
      woodland hollins greenway rise way town gate gardens hills langley norton preston stoke sutton \
      weston philips philip catherines helens clares clare anthonys columbas bernadettes vincent \
      aidans chads hildas oswald barnabas saviours corpus christi blessed sacrament immaculate dean \
      lea",
    ),
];

/// Counties and authorities of England as they are written for a town.
pub(super) const REGIONS: &str = "barking and dagenham, barnet, barnsley, bath and north east somerset, bedford, bedfordshire, berkshire, \
    bexley, birmingham, blackburn with darwen, blackpool, bolton, bournemouth christchurch and poole, bracknell \
    forest, bradford, brent, brighton and hove, bristol, bromley, buckinghamshire, bury, calderdale, \
    cambridgeshire, camden, central bedfordshire, cheshire, cheshire east, cheshire west and chester, cornwall, \
    coventry, croydon, cumberland, cumbria, darlington, derby, derbyshire, devon, doncaster, dorset, dudley, \
    durham, county durham, ealing, east riding of yorkshire, east sussex, enfield, essex, gateshead, \
    gloucestershire, greater manchester, greenwich, hackney, halton, hammersmith and fulham, hampshire, haringey, \
    harrow, hartlepool, havering, herefordshire, hertfordshire, hillingdon, hounslow, isle of wight, islington, \
    kent, kensington and chelsea, kingston upon hull, kingston upon thames, kirklees, knowsley, lambeth, \
    lancashire, leeds, leicester, leicestershire, lewisham, lincolnshire, liverpool, london, luton, manchester, \
    medway, merseyside, merton, middlesbrough, milton keynes, newcastle upon tyne, newham, norfolk, north east \
    lincolnshire, north lincolnshire, north northamptonshire, north somerset, north tyneside, north yorkshire, \
    northamptonshire, northumberland, nottingham, nottinghamshire, oldham, oxfordshire, peterborough, plymouth, \
    portsmouth, reading, redbridge, redcar and cleveland, richmond upon thames, rochdale, rotherham, rutland, \
    salford, sandwell, sefton, sheffield, shropshire, slough, solihull, somerset, south gloucestershire, south \
    tyneside, south yorkshire, southampton, southend on sea, southwark, st helens, staffordshire, stockport, \
    stockton on tees, stoke on trent, suffolk, sunderland, surrey, sutton, swindon, tameside, telford and wrekin, \
    thurrock, torbay, tower hamlets, trafford, tyne and wear, wakefield, walsall, waltham forest, wandsworth, \
    warrington, warwickshire, west berkshire, west midlands, west northamptonshire, west sussex, west yorkshire, \
    westminster, westmorland and furness, wigan, wiltshire, windsor and maidenhead, wirral, wokingham, \
    wolverhampton, worcestershire, york, wales, scotland";
