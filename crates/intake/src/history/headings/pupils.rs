//! Headings of headcounts: what is counted, and whether it is those who came.

use super::Rank;

/// Words for those who came.
pub(super) const PUPILS: [&str; 16] = [
    "pupils",
    "pupil",
    "chn",
    "children",
    "students",
    "student",
    "kids",
    "yp",
    "learners",
    "headcount",
    "attendees",
    "participants",
    "audience",
    "turnout",
    "cyp",
    "yps",
];
/// What these are called for short, where a number of them is spoken of: “No. ch”.
const NUMBERED: [&str; 6] = ["child", "ch", "pup", "pups", "stud", "studs"];
/// Who is not among the pupils.
pub(super) const ADULTS: [&str; 13] = [
    "staff",
    "adults",
    "adult",
    "teachers",
    "teacher",
    "parents",
    "parent",
    "carers",
    "helpers",
    "governors",
    "volunteers",
    "tas",
    "ta",
];
/// What is counted or numbered besides pupils and adults.
const OTHERS: [&str; 34] = [
    "sessions",
    "visits",
    "classes",
    "groups",
    "schools",
    "workshops",
    "performances",
    "shows",
    "lessons",
    "days",
    "hours",
    "weeks",
    "week",
    "miles",
    "invoice",
    "inv",
    "ref",
    "reference",
    "order",
    "po",
    "job",
    "booking",
    "room",
    "id",
    "crime",
    "log",
    "contract",
    "line",
    "row",
    "reg",
    "invitations",
    "letters",
    "minutes",
    "mins",
];
/// Pupils who are not those who came, or only some of them.
const OTHER_PUPILS: [&str; 13] =
    ["absent", "absentees", "missing", "not", "sen", "send", "fsm", "eal", "pp", "premium", "roll", "nor", "lac"];
/// What is said of pupils that is no count of them.
const NO_COUNT: [&str; 18] = [
    "cost",
    "price",
    "fee",
    "fees",
    "charge",
    "income",
    "paid",
    "feedback",
    "voice",
    "survey",
    "evaluation",
    "score",
    "rating",
    "names",
    "name",
    "percent",
    "percentage",
    "rate",
];
/// How many were to come.
const EXPECTED: [&str; 14] = [
    "booked",
    "booking",
    "expected",
    "planned",
    "capacity",
    "max",
    "maximum",
    "estimated",
    "est",
    "forecast",
    "invited",
    "registered",
    "target",
    "places",
];
/// How many did.
const CAME: [&str; 10] =
    ["attended", "attending", "attendance", "actual", "actuals", "seen", "present", "reached", "delivered", "came"];
/// What those did who came, or some of them.
const DID: [&str; 5] = ["engaged", "watching", "vaccinated", "immunised", "screened"];
const NUMBERS: [&str; 5] = ["no", "nos", "number", "numbers", "count"];
/// What stands beside “numbers” where it is pupils who are numbered.
const OF_PUPILS: [&str; 28] = [
    "with",
    "of",
    "in",
    "at",
    "on",
    "for",
    "from",
    "the",
    "total",
    "school",
    "approx",
    "people",
    "persons",
    "young",
    "taking",
    "part",
    "participating",
    "there",
    "here",
    "who",
    "day",
    "each",
    "am",
    "pm",
    "morning",
    "afternoon",
    "visited",
    "taught",
];
/// Of which some are: “No. in session”, not “Session no.”.
const WHERE: [&str; 7] = ["session", "visit", "workshop", "class", "group", "performance", "lesson"];

/// What a heading says of a headcount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// Nothing.
    Nothing,
    /// That something else is numbered or counted, or that only some pupils are.
    Other,
    /// How many came, or were to.
    Pupils(Rank),
}

fn has(said: &[&str], any: &[&str]) -> bool {
    said.iter().any(|word| any.contains(word))
}

/// What a heading, in small letters and as its words, says of a headcount. A number is one of pupils only where nothing
/// else is named: anything may have a number.
pub(super) fn counts(heading: &str, said: &[&str]) -> Counts {
    if heading == "#" || matches!(said, ["how", "many"] | ["how", "many", "came" | "there" | "attended"]) {
        return Counts::Pupils(Rank::Bare);
    }
    let of_numbers = has(said, &NUMBERS);
    let of_pupils = is_of_pupils(said) || (of_numbers && has(said, &NUMBERED));
    // “Class total”.
    let is_size = has(said, &["size"]) || (has(said, &["total"]) && has(said, &["class", "group"]));
    let is_number = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    // “Number” alone may be that of a house.
    let is_bare = of_numbers
        && said != ["number"]
        && said.iter().all(|word| {
            NUMBERS.contains(word)
                || OF_PUPILS.contains(word)
                || EXPECTED.contains(word)
                || CAME.contains(word)
                || DID.contains(word)
                || WHERE.contains(word)
                || is_number(word)
        });
    let is_which = has(said, &WHERE)
        && has(said, &["no", "number"])
        && !has(said, &["of", "in", "at", "nos", "numbers"])
        && !has(said, &CAME)
        && !has(said, &DID);
    let of_group = is_size
        && said.iter().all(|w| WHERE.contains(w) || matches!(*w, "size" | "total" | "of" | "audience" | "cohort"));
    let is_count = of_pupils || has(said, &["attended", "attendance"]) || (is_bare && !is_which) || of_group;
    if !is_count {
        return if of_numbers || is_size { Counts::Other } else { Counts::Nothing };
    }
    if is_of_some(heading, said) {
        return Counts::Other;
    }
    Counts::Pupils(if has(said, &EXPECTED) || is_of_both(heading, said) {
        Rank::Low
    } else if has(said, &CAME) {
        Rank::High
    } else if !of_pupils && said.iter().all(|word| NUMBERS.contains(word)) {
        Rank::Bare
    } else {
        Rank::Plain
    })
}

/// Whether a heading names pupils: also as “young people”, or with the two words of “headcount” apart.
pub(super) fn is_of_pupils(said: &[&str]) -> bool {
    has(said, &PUPILS) || said.windows(2).any(|pair| matches!(pair, ["young", "people"] | ["head", "count"]))
}

/// Whether it is of pupils and of something else: “pupils and staff”, “pupils/classes”. A number by itself may be either.
pub(super) fn is_of_both(heading: &str, said: &[&str]) -> bool {
    has(said, &PUPILS)
        && (has(said, &ADULTS) || has(said, &["classes", "sessions", "groups", "schools", "visits", "workshops"]))
        && (heading.contains(['/', '&', '+']) || has(said, &["and", "inc", "incl", "including", "with", "plus"]))
}

/// Whether it is of some pupils only, of those who did not come, or of what is no count of them.
fn is_of_some(heading: &str, said: &[&str]) -> bool {
    has(said, &OTHER_PUPILS) || has(said, &NO_COUNT) || heading.contains('%')
}

/// Whether a number below it is surely none of those who came.
pub(super) fn is_other_number(heading: &str, said: &[&str]) -> bool {
    const MORE: [&str; 18] = [
        "cost", "costs", "amount", "vat", "mileage", "mile", "time", "duration", "length", "year", "years", "age",
        "ages", "class", "form", "postcode", "urn", "slot",
    ];
    numbers_others(said) || is_of_some(heading, said) || has(said, &MORE) || heading.contains(['£', '€', '$'])
}

/// Whether it numbers or counts something besides pupils.
pub(super) fn numbers_others(said: &[&str]) -> bool {
    has(said, &OTHERS) || has(said, &ADULTS)
}

/// Whether a heading of boys or of a year group counts others than those of them who came: “Y6 staff”, “Boys absent”.
pub(super) fn is_no_part(heading: &str, said: &[&str]) -> bool {
    numbers_others(said) || is_of_some(heading, said) || has(said, &EXPECTED)
}

/// Whether a heading says nothing but how many came, or were to: “Actual”, “Booked”.
pub(super) fn alone(said: &[&str]) -> Option<Rank> {
    match said {
        [] => None,
        _ if said.iter().all(|word| EXPECTED.contains(word)) => Some(Rank::Low),
        _ if said.iter().all(|word| CAME.contains(word)) => Some(Rank::High),
        _ if said.iter().all(|word| CAME.contains(word) || DID.contains(word)) => Some(Rank::Plain),
        _ => None,
    }
}
