//! The words of census files' headings, in small letters with single spaces.

pub(super) const URN: [&str; 3] = ["urn", "school urn", "unique reference number"];
pub(super) const LAESTAB: [&str; 14] = [
    "laestab",
    "la estab",
    "laestab number",
    "school laestab",
    "school la estab",
    "la est",
    "la establishment number",
    "dfe number",
    "dfe no",
    "dfe",
    "dfes number",
    "dfes no",
    "dcsf number",
    "dcsf no",
];
pub(super) const LA: [&str; 10] = [
    "la code",
    "old la code",
    "local authority code",
    "la number",
    "la no",
    "la",
    "lea code",
    "lea number",
    "lea no",
    "lea",
];
pub(super) const ESTAB: [&str; 8] = [
    "establishment number",
    "establishmentnumber",
    "establishment no",
    "estab number",
    "estab no",
    "estab",
    "school number",
    "school no",
];
pub(super) const NAME: [&str; 6] =
    ["school name", "establishment name", "establishmentname", "name of school", "school", "name"];
/// Where a school lies: beside a school these say nothing of a total.
pub(super) const PLACES: [&str; 18] = [
    "country code",
    "country name",
    "country",
    "region code",
    "region name",
    "region",
    "gor",
    "gor name",
    "la name",
    "new la code",
    "old la code",
    "la code",
    "local authority",
    "local authority name",
    "local authority code",
    "authority",
    "lea name",
    "district",
];
pub(super) const PERIOD: [&str; 4] = ["time period", "academic year", "census year", "year"];
pub(super) const LEVEL: [&str; 2] = ["geographic level", "level"];
pub(super) const PUPILS: [&str; 9] = [
    "headcount of pupils",
    "number of pupils headcount",
    "number of pupils",
    "total pupils",
    "total number of pupils",
    "pupils",
    "headcount",
    "numberofpupils",
    "number on roll",
];
pub(super) const EHC_PLANS: [&str; 8] = [
    "ehc plan",
    "ehc plans",
    "ehcp",
    "pupils with ehc plans",
    "pupils with an ehc plan",
    "number of pupils with ehc plans",
    "number of pupils with an ehc plan",
    "senstat",
];
pub(super) const SEN_SUPPORT: [&str; 5] = [
    "sen support",
    "pupils with sen support",
    "pupils on sen support",
    "number of pupils with sen support",
    "sennostat",
];
/// Words of a plan, and of support.
pub(super) const OF_PLAN: [&str; 12] =
    ["ehc", "ehcp", "ehcps", "education", "health", "care", "plan", "plans", "statement", "statements", "sen", "e"];
pub(super) const OF_SUPPORT: [&str; 7] = ["sen", "send", "support", "special", "educational", "needs", "k"];
/// Words beside them that say nothing else.
pub(super) const BESIDE_SEND: [&str; 9] = ["with", "an", "a", "or", "and", "who", "have", "has", "having"];
/// Words of figures that are no headcounts, and of pupils who belong to another school's roll.
pub(super) const NO_HEADCOUNT: [&str; 9] =
    ["percentage", "percent", "%", "fte", "average", "aged", "dual", "subsidiary", "proportion"];
/// Words beside a year group that say which part of it a column counts.
pub(super) const BOYS: [&str; 3] = ["boys", "male", "males"];
pub(super) const GIRLS: [&str; 3] = ["girls", "female", "females"];
/// Words that say nothing of the part.
pub(super) const PLAIN: [&str; 20] = [
    "number",
    "numbers",
    "no",
    "nor",
    "on",
    "count",
    "children",
    "of",
    "pupils",
    "pupil",
    "in",
    "year",
    "group",
    "headcount",
    "total",
    "all",
    "sole",
    "registrations",
    "nc",
    "roll",
];

/// Words that mean Reception.
pub(super) const RECEPTION: [&str; 6] = ["reception", "rec", "recep", "yrr", "fs2", "r"];
/// Years in words, from one.
pub(super) const NUMBERS: [&str; 14] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen",
];

/// Words of groups of columns that say nothing of the part either: stages, phases, and when it was counted.
pub(super) const OF_NO_PART: [&str; 31] = [
    "key",
    "stage",
    "stages",
    "ks1",
    "ks2",
    "ks3",
    "ks4",
    "ks5",
    "eyfs",
    "early",
    "years",
    "groups",
    "primary",
    "secondary",
    "phase",
    "infant",
    "infants",
    "junior",
    "juniors",
    "sixth",
    "form",
    "post",
    "school",
    "schools",
    "census",
    "spring",
    "summer",
    "autumn",
    "january",
    "may",
    "october",
];
