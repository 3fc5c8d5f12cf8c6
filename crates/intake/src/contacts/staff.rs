//! Whether words speak of somebody who is not of a school's staff: a pupil, a parent, somebody of another body.

use crate::history::words::{plain, words};

/// Pupils, and those at home.
const FAMILY: [&str; 26] = [
    "pupil",
    "pupils",
    "student",
    "students",
    "learner",
    "learners",
    "prefect",
    "prefects",
    "parent",
    "parents",
    "parental",
    "carer",
    "carers",
    "guardian",
    "guardians",
    "mum",
    "mums",
    "mother",
    "mothers",
    "dad",
    "dads",
    "father",
    "fathers",
    "grandparent",
    "grandparents",
    "nan",
];
/// Words by which a job that is about pupils or parents is one of the staff: “pupil premium lead”.
const WORK: [&str; 45] = [
    "officer",
    "manager",
    "coordinator",
    "ordinator",
    "teacher",
    "headteacher",
    "teaching",
    "director",
    "assistant",
    "support",
    "mentor",
    "premium",
    "welfare",
    "wellbeing",
    "being",
    "services",
    "service",
    "worker",
    "counsellor",
    "adviser",
    "advisor",
    "liaison",
    "referral",
    "staff",
    "voice",
    "engagement",
    "progress",
    "pastoral",
    "behaviour",
    "safeguarding",
    "dsl",
    "administrator",
    "admin",
    "secretary",
    "office",
    "partnership",
    "partnerships",
    "development",
    "achievement",
    "outcomes",
    "inclusion",
    "data",
    "link",
    "tutor",
    "experience",
];
/// The same, unless they stand beside a pupil: “head pupil”, “student leader”.
const LEADS: [&str; 5] = ["lead", "leads", "leader", "head", "principal"];
/// Words of other bodies.
const BODIES: [&str; 21] = [
    "pta",
    "ptfa",
    "ptsa",
    "police",
    "pcso",
    "la",
    "lea",
    "councillor",
    "cllr",
    "ofsted",
    "nhs",
    "camhs",
    "diocese",
    "diocesan",
    "consultant",
    "supplier",
    "contractor",
    "trustee",
    "trustees",
    "journalist",
    "charity",
];
/// Those of them that are no kind of school.
const SURE_BODIES: [&str; 11] =
    ["pta", "ptfa", "ptsa", "police", "pcso", "councillor", "councillors", "cllr", "ofsted", "trustee", "trustees"];
/// What else a heading of pupils' or parents' names says.
const BESIDE: [&str; 22] = [
    "name",
    "names",
    "first",
    "last",
    "full",
    "forename",
    "surname",
    "firstname",
    "lastname",
    "contact",
    "contacts",
    "s",
    "of",
    "the",
    "and",
    "or",
    "child",
    "family",
    "1",
    "2",
    "is",
    "a",
];
/// What else the name of a sheet with nobody else on it says.
const ON_SHEETS: [&str; 16] = [
    "list",
    "lists",
    "email",
    "emails",
    "mail",
    "addresses",
    "details",
    "school",
    "schools",
    "council",
    "chair",
    "chairs",
    "reps",
    "year",
    "local",
    "authority",
];

/// Whether words speak of a pupil or a parent.
fn is_family(said: &[&str]) -> bool {
    let is_pupil = |word: &str| FAMILY.contains(&word);
    let beside = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| said.get(before));
        before.into_iter().chain(said.get(at + 1)).any(|word| is_pupil(word))
    };
    let works = said.iter().enumerate().any(|(at, w)| WORK.contains(w) || (LEADS.contains(w) && !beside(at)));
    let heads = said.windows(2).any(|pair| pair[0] == "head" && matches!(pair[1], "boy" | "girl" | "boys" | "girls"));
    let council = said.windows(2).any(|pair| {
        (matches!(pair[0], "school" | "eco") || is_pupil(pair[0])) && matches!(pair[1], "council" | "councillor")
    });
    let helps = said.iter().any(|word| matches!(*word, "volunteer" | "volunteers" | "visitor"));
    heads
        || matches!(said, ["child" | "kid" | "son" | "daughter" | "family"])
        || ((council || helps || said.iter().any(|word| is_pupil(word))) && !works)
}

/// Whether words speak of somebody of another body.
fn is_elsewhere(said: &[&str]) -> bool {
    let pair = |a: &str, b: &[&str]| said.windows(2).any(|pair| pair[0] == a && b.contains(&pair[1]));
    let council = said.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).map_or("", |before| said[before]);
        *word == "council" && !matches!(before, "school" | "eco" | "student" | "pupil" | "students" | "pupils")
    });
    council
        || said.iter().any(|word| BODIES.contains(word))
        || pair("local", &["authority"])
        || pair("social", &["worker"])
        || pair("improvement", &["partner", "adviser", "advisor"])
        || pair("friends", &["of"])
}

/// Whether a job, or what is said behind a name, is that of somebody who is not of the school's staff.
pub(super) fn is_outsider(text: &str) -> bool {
    let plain = plain(text);
    let said = words(&plain);
    is_family(&said) || is_elsewhere(&said)
}

/// Whether what stands as a name is a pupil's or parent's place: “Parent of Jo”.
pub(super) fn is_outsiders_name(name: &str) -> bool {
    let plain = plain(name);
    let said = words(&plain);
    said.first().is_some_and(|word| FAMILY.contains(word) || matches!(*word, "pta" | "ptfa")) && is_family(&said)
}

/// Whether words speak of somebody of another body, and cannot be of the school itself: “LA maintained” is a school.
fn is_surely_elsewhere(said: &[&str]) -> bool {
    let people = ["adviser", "advisor", "officer", "rep", "representative", "link", "lead", "contact"];
    let bodies = ["la", "lea", "council", "authority", "diocese", "diocesan"];
    said.iter().any(|word| SURE_BODIES.contains(word))
        || said.windows(2).any(|pair| bodies.contains(&pair[0]) && people.contains(&pair[1]))
}

/// Whether a column that says what kind of person somebody is, which may be what kind of school it is, says so.
pub(super) fn is_outsiders_kind(text: &str) -> bool {
    let plain = plain(text);
    let said = words(&plain);
    is_family(&said) || is_surely_elsewhere(&said)
}

/// Whether a note says of somebody that they are such, and nothing else: “PTA chair”, not “60 pupils, parents invited”.
pub(super) fn is_outsiders_note(text: &str) -> bool {
    let plain = plain(text);
    let said = words(&plain);
    let is_many = |word: &&str| matches!(*word, "pupils" | "students" | "parents" | "learners" | "parental");
    said.len() <= 3 && !said.iter().any(is_many) && (is_family(&said) || is_surely_elsewhere(&said))
}

/// Whether a heading is over the names of pupils or parents, or says of a line that it is of one.
pub(super) fn is_over_family(heading: &str) -> bool {
    let plain = plain(heading);
    let said = words(&plain);
    is_family(&said) && said.iter().all(|word| FAMILY.contains(word) || BESIDE.contains(word))
}

/// Whether the heading of an address is over those of pupils or parents.
pub(super) fn is_familys_address(heading: &str) -> bool {
    let plain = plain(heading);
    let said = words(&plain);
    let is_home = said.iter().any(|word| matches!(*word, "family" | "families" | "child"));
    is_family(&said) || (is_home && !said.iter().any(|word| WORK.contains(word) || *word == "protection"))
}

/// Whether a sheet is named after such people, and nobody else.
pub(super) fn is_outsiders_sheet(name: &str) -> bool {
    let plain = plain(name);
    let said = words(&plain);
    let is_known = |word: &&str| {
        let known = [&FAMILY[..], &SURE_BODIES, &BESIDE, &ON_SHEETS].iter().any(|words| words.contains(word));
        known || word.chars().any(|c| c.is_ascii_digit())
    };
    let is_theirs = is_family(&said) || said.iter().any(|word| SURE_BODIES.contains(word));
    is_theirs && said.iter().all(is_known)
}

/// Whether an address is one that a school gives its pupils, or its parents' association has.
pub(super) fn is_outsiders_address(text: &str) -> bool {
    let text = text.to_lowercase();
    let Some((local, domain)) = text.split_once('@') else { return false };
    let of_pupils = domain.split('.').any(|part| matches!(part, "pupil" | "pupils" | "student" | "students"));
    of_pupils || matches!(local.trim(), "pta" | "ptfa" | "parents" | "governors" | "governor" | "chairofgovernors")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_of_the_staff_is_told() {
        for text in [
            "Pupil",
            "Year 6 pupil",
            "Head Boy",
            "Head Girl",
            "Deputy head girl",
            "Head pupil",
            "Student leader",
            "School council rep",
            "Parent",
            "Parent/carer",
            "Mum",
            "PTA chair",
            "LA adviser",
            "Local authority officer",
            "Council officer",
            "Police liaison",
            "Police Liaison Officer",
            "Social worker",
            "Cllr",
            "Diocesan adviser",
            "Trustee",
            "Parent volunteer",
            "School improvement partner",
            "Friends of Beck",
        ] {
            assert!(is_outsider(text), "{text}");
        }
        for text in [
            "Headteacher",
            "Head of Year 6",
            "Head of girls' PE",
            "Pupil premium lead",
            "Pupil and family support worker",
            "Parent support adviser",
            "Parental engagement lead",
            "Student services",
            "Student teacher",
            "Head of student voice",
            "School council lead",
            "Pupil Referral Unit",
            "Volunteer coordinator",
            "Child protection officer",
            "Careers adviser",
            "Trust lead",
            "Office",
            "",
        ] {
            assert!(!is_outsider(text), "{text}");
        }
    }

    #[test]
    fn headings_sheets_notes_and_addresses_of_theirs_are_told() {
        for heading in ["Pupil", "Pupil name", "Student’s first name", "Parent/carer", "Parent 1 name"] {
            assert!(is_over_family(heading), "{heading}");
        }
        for heading in ["Pupils on roll", "Parents informed", "Pupil premium", "Student numbers", "Name", "School"] {
            assert!(!is_over_family(heading), "{heading}");
        }
        for heading in ["Parent email", "Pupil e-mail", "Student Email", "Family email", "Parent/carer email address"] {
            assert!(is_familys_address(heading), "{heading}");
        }
        for heading in
            ["Email", "DSL email", "Parent support adviser email", "Family worker email", "Child protection email"]
        {
            assert!(!is_familys_address(heading), "{heading}");
        }
        for sheet in ["Pupils", "Parents", "PTA", "Parent contacts 2026", "Police"] {
            assert!(is_outsiders_sheet(sheet), "{sheet}");
        }
        for sheet in [
            "Sheet1",
            "LA",
            "LA schools",
            "Diocesan schools",
            "School contacts",
            "Pupil workshops",
            "Student services",
            "Parent sessions",
            "Year 6",
        ] {
            assert!(!is_outsiders_sheet(sheet), "{sheet}");
        }
        for note in ["pupil", "PTA chair", "LA adviser", "head girl"] {
            assert!(is_outsiders_note(note), "{note}");
        }
        for note in
            ["60 pupils", "parents invited", "likes to meet the police and the parent forum", "prefers Tuesdays"]
        {
            assert!(!is_outsiders_note(note), "{note}");
        }
        for address in ["kid@pupils.beck.example", "pta@beck.example", "jo@student.beck.example"] {
            assert!(is_outsiders_address(address), "{address}");
        }
        for address in ["jo.parent@beck.example", "office@beck.example", "jo", "studentservices@beck.example"] {
            assert!(!is_outsiders_address(address), "{address}");
        }
        assert!(is_outsiders_name("Parent of Kit") && !is_outsiders_name("Ann Parent"));
    }
}
