//! What a list says against giving somebody a role: that they left, that an address is not to be used, that they are
//! governors, pupils, parents or of another body, that they do not hold the post, or not yet. Nobody is told a school's business on such a row before a person has looked at it.

use super::{post, staff};
use crate::history::words::{plain, words};

/// Why a row is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// The person is there no more, or never was.
    Left,
    /// The address is not to be used, whoever's it is.
    Address,
    /// The person is away for long: somebody else may stand in.
    Away,
    /// A governor: not staff, and not one who books.
    Governor,
    /// A pupil, a parent, somebody of another body.
    Outsider,
    /// It is not said for certain that they hold the post today.
    Open,
}

impl Doubt {
    /// What a person is asked about a text that says so.
    pub fn question(self, text: &str) -> String {
        match self {
            Self::Left => format!(
                "“{text}”: has this person left? Take the row out if so. If not, take these words out, or say on the site that they are still there."
            ),
            Self::Address => format!(
                "“{text}”: is this address not to be used? Type the one that is, or take the row out. If it may be used, say so on the site."
            ),
            Self::Away => format!(
                "“{text}”: is this person away? Type who stands in for them, or take the row out. If it is right all the same, say so on the site."
            ),
            Self::Governor => format!(
                "“{text}”: governors are not staff. Take the row out, or say on the site that this person is to get a role."
            ),
            Self::Outsider => format!(
                "“{text}”: pupils, parents and people of other bodies are not the school’s staff. Take the row out, or say on the site that this person is to get a role."
            ),
            Self::Open => format!(
                "“{text}”: does this person hold this post today? If so, type the post alone, or say on the site that it is theirs. If not, type what they are now, or take the row out."
            ),
        }
    }
}

/// Whether a text names nobody: a post without a holder, or one whose holder is named elsewhere.
pub(super) fn is_nobody(text: &str) -> bool {
    let plain = plain(text);
    let said = words(&plain);
    is_open(text)
        || plain == "\""
        || matches!(said.as_slice(), ["ditto" | "same"] | ["n", "a"] | ["as" | "see" | "same", "above"])
        || matches!(said.as_slice(), ["same", "as", ..] | ["see", "head" | "headteacher" | "office"])
}

/// Whether a text says that what stands there is not known yet.
pub(super) fn is_open(text: &str) -> bool {
    let plain = plain(text);
    matches!(
        words(&plain).as_slice(),
        ["tbc" | "tba" | "tbd" | "unknown"]
            | ["to", "be", "confirmed" | "advised" | "appointed"]
            | ["not", "known" | "yet", ..]
    ) || is_vacant(text)
}

/// Whether a post is said to have no holder.
fn is_vacant(text: &str) -> bool {
    words(&plain(text)).first().is_some_and(|word| matches!(*word, "vacant" | "vacancy"))
}

/// What a job or a note says against a role.
pub(super) fn of_text(text: &str) -> Option<Doubt> {
    let plain = plain(text);
    let said = words(&plain);
    let has = |phrase: &[&str]| said.windows(phrase.len()).any(|part| part == phrase);
    let address: [&[&str]; 23] = [
        &["do", "not", "contact"],
        &["don", "t", "contact"],
        &["dont", "contact"],
        &["not", "to", "be", "contacted"],
        &["do", "not", "email"],
        &["don", "t", "email"],
        &["dont", "email"],
        &["do", "not", "mail"],
        &["do", "not", "write"],
        &["no", "contact"],
        &["unsubscribed"],
        &["opted", "out"],
        &["do", "not", "use"],
        &["don", "t", "use"],
        &["dont", "use"],
        &["not", "in", "use"],
        &["no", "longer", "in", "use"],
        &["wrong", "address"],
        &["wrong", "email"],
        &["old", "address"],
        &["old", "email"],
        &["bounced"],
        &["bounces"],
    ];
    let left: [&[&str]; 25] = [
        &["retires"],
        &["retiring"],
        &["retirement"],
        &["resigning"],
        &["resigns"],
        &["gone"],
        &["departed"],
        &["finishes"],
        &["finishing"],
        &["last", "day"],
        &["outgoing"],
        &["previous"],
        &["deceased"],
        &["leaver"],
        &["leavers"],
        &["leaving"],
        &["leaves"],
        &["former"],
        &["ex"],
        &["retired"],
        &["resigned"],
        &["inactive"],
        &["no", "longer"],
        &["moved", "on"],
        &["replaced", "by"],
    ];
    let away: [&[&str]; 13] = [
        &["maternity"],
        &["paternity"],
        &["mat", "leave"],
        &["adoption", "leave"],
        &["parental", "leave"],
        &["on", "leave"],
        &["sick"],
        &["long", "term", "absence"],
        &["absent"],
        &["seconded"],
        &["secondment"],
        &["sabbatical"],
        &["career", "break"],
    ];
    // “Left a message” is no leaving.
    let has_left = said.iter().enumerate().any(|(at, word)| {
        let next = said.get(at + 1).copied().unwrap_or_default();
        *word == "left" && !matches!(next, "a" | "message" | "messages" | "msg" | "voicemail" | "vm" | "hand")
    });
    if address.iter().any(|phrase| has(phrase)) {
        Some(Doubt::Address)
    } else if has_left || left.iter().any(|phrase| has(phrase)) || is_vacant(text) {
        Some(Doubt::Left)
    } else if away.iter().any(|phrase| has(phrase)) || said.contains(&"suspended") {
        Some(Doubt::Away)
    } else {
        None
    }
}

/// What is said of a post: whoever covers for somebody on leave holds it meanwhile, whoever holds it until a day is about
/// to go.
fn of_post(text: &str) -> Option<Doubt> {
    let mut said = plain(text);
    for cover in ["maternity cover", "maternity leave cover", "mat leave cover", "paternity cover", "sick cover"] {
        // “Maternity, cover: Flo” names somebody else.
        if let Some((before, behind)) = said.split_once(cover)
            && !behind.trim_start().starts_with([':', '-', '='])
        {
            said = format!("{before} {behind}");
        }
    }
    let until = || words(&said).contains(&"until").then_some(Doubt::Left);
    let open = || (post::is_open(&said) && !is_open(text)).then_some(Doubt::Open);
    of_text(&said).or_else(until).or_else(open)
}

/// Whether somebody is not of the school's staff.
fn of_others(text: &str) -> Option<Doubt> {
    governs(text).then_some(Doubt::Governor).or_else(|| staff::is_outsider(text).then_some(Doubt::Outsider))
}

/// Whether a text says that somebody is a governor.
fn governs(text: &str) -> bool {
    words(&plain(text)).iter().any(|word| matches!(*word, "governor" | "governors" | "governing"))
}

/// What stands behind a name, a second part of it or what somebody says of them.
pub(super) fn behind(name: &str) -> Option<&str> {
    name.split_once(['(', '[', '-', '–', '—', ',', ':', ';', '*', '/']).map(|(_, behind)| behind)
}

/// What is said behind a name: “Jo Lee (left July 2026)”. A name itself may be Leaver.
pub(super) fn of_name(name: &str) -> Option<Doubt> {
    if is_vacant(name) {
        return Some(Doubt::Left);
    }
    let governor = || governs(name).then_some(Doubt::Governor);
    let outsider =
        || (behind(name).is_some_and(staff::is_outsider) || staff::is_outsiders_name(name)).then_some(Doubt::Outsider);
    let open = || (name.contains('?') && name.chars().any(char::is_alphanumeric)).then_some(Doubt::Open);
    behind(name).and_then(of_post).or_else(governor).or_else(outsider).or_else(open)
}

/// What a job says against a role.
pub(super) fn of_job(job: &str) -> Option<Doubt> {
    of_post(job).or_else(|| of_others(job))
}

/// What the heading of a name or an address says against a role. That it ends in a question mark says nothing.
pub(super) fn of_heading(heading: &str) -> Option<Doubt> {
    of_job(heading).filter(|doubt| *doubt != Doubt::Open).or_else(|| of_others(heading))
}

/// What the name of a sheet says against a role for those on it.
pub(super) fn of_sheet(name: &str) -> Option<Doubt> {
    let left = of_text(name).filter(|doubt| *doubt == Doubt::Left);
    let governor = || governs(name).then_some(Doubt::Governor);
    left.or_else(governor).or_else(|| staff::is_outsiders_sheet(name).then_some(Doubt::Outsider))
}

/// Words by which a heading is that of notes.
const NOTES: [&str; 18] = [
    "note",
    "notes",
    "comment",
    "comments",
    "remark",
    "remarks",
    "status",
    "active",
    "current",
    "info",
    "information",
    "other",
    "details",
    "update",
    "updates",
    "availability",
    "absence",
    "message",
];

/// Words by which a heading is that of what kind of person somebody is.
const KINDS: [&str; 5] = ["type", "category", "relationship", "relation", "kind"];

/// What a column says against a role of which nothing else is read: notes, a status, whether somebody left.
pub(super) fn of_column(heading: &str, text: &str) -> Option<Doubt> {
    let is_family = staff::is_over_family(heading);
    let (heading, said) = (plain(heading), plain(text));
    let headed = words(&heading);
    let has = |any: &[&str]| headed.iter().any(|word| any.contains(word));
    let no = matches!(said.as_str(), "no" | "n" | "false" | "0");
    if is_family {
        // A number under such a heading is how many they are.
        (said.chars().any(char::is_alphabetic) && !no && said != "n/a").then_some(Doubt::Outsider)
    } else if has(&["left", "leaver", "leavers", "leaving"]) {
        (said.chars().any(char::is_alphanumeric) && !no && said != "n/a").then_some(Doubt::Left)
    } else if has(&["active", "current"]) && no {
        Some(Doubt::Left)
    } else if has(&KINDS) && !has(&["school", "establishment", "setting", "email"]) {
        let outsider = || staff::is_outsiders_kind(text).then_some(Doubt::Outsider);
        of_text(text).or(governs(text).then_some(Doubt::Governor)).or_else(outsider)
    } else if has(&NOTES) {
        let outsider = || staff::is_outsiders_note(text).then_some(Doubt::Outsider);
        let open = || post::is_open_lead(text).then_some(Doubt::Open);
        of_text(text).or(governs(text).then_some(Doubt::Governor)).or_else(outsider).or_else(open)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leavers_wrong_addresses_and_governors_are_told() {
        use Doubt::{Address, Away, Governor, Left, Open, Outsider};
        for (job, wanted) in [
            ("DSL (left July 2026)", Some(Left)),
            ("Former head", Some(Left)),
            ("Leaver", Some(Left)),
            ("Ex-headteacher", Some(Left)),
            ("Head - no longer here", Some(Left)),
            ("DO NOT USE", Some(Address)),
            ("don’t use, wrong e-mail", Some(Address)),
            ("Head – wrong address", Some(Address)),
            ("Chair of Governors", Some(Governor)),
            ("Parent governor", Some(Governor)),
            ("Headteacher", None),
            ("PSHE lead", None),
            ("Exams officer", None),
            ("DSL until July 2026", Some(Left)),
            ("Head (retiring)", Some(Left)),
            ("PSHE lead (maternity leave)", Some(Away)),
            ("PSHE lead (maternity cover)", None),
            ("Acting head", None),
            ("Designated Safeguarding Lead (acting)", None),
            ("Left a message 3 May", None),
            ("Inclusion and transition lead", None),
            ("Parent", Some(Outsider)),
            ("not DSL", Some(Open)),
            ("TBC", None),
        ] {
            assert_eq!(of_job(job), wanted, "{job}");
        }
        for (name, wanted) in [
            ("Jo Lee (left July 2026)", Some(Left)),
            ("Jo Lee - leaver", Some(Left)),
            ("Vacant", Some(Left)),
            ("Jo Leaver", None),
            ("Ann Smith-Left", Some(Left)),
            ("Pat Row (Mrs)", None),
            ("Liz Fox - Chair of Governors", Some(Governor)),
            ("Liz Fox, parent governor", Some(Governor)),
            ("Chair of Governors: Liz Fox", Some(Governor)),
            ("Jo Lee (on maternity)", Some(Away)),
            ("Flo Kay (maternity cover)", None),
            ("Ann Gone", None),
            ("Kit Day (pupil)", Some(Outsider)),
            ("Jo Lee (DSL from Sept 2027)", Some(Open)),
            ("Jo Lee?", Some(Open)),
        ] {
            assert_eq!(of_name(name), wanted, "{name}");
        }
        for (heading, text, wanted) in [
            ("Status", "Left", Some(Left)),
            ("Status", "Active", None),
            ("Notes", "left July 2026", Some(Left)),
            ("Notes", "left voicemail", None),
            ("Comments", "Do not use", Some(Address)),
            ("Status", "DO NOT CONTACT", Some(Address)),
            ("Notes", "please don’t contact", Some(Address)),
            ("Notes", "retires Dec", Some(Left)),
            ("Notes", "retiring", Some(Left)),
            ("Notes", "on maternity until Easter, cover: Flo", Some(Away)),
            ("Notes", "Maternity cover: Flo", Some(Away)),
            ("Notes", "long-term sick", Some(Away)),
            ("Notes", "Seconded to the trust", Some(Away)),
            ("Other information", "Chair of governors", Some(Governor)),
            ("Notes", "acting until a head is found", None),
            ("Notes", "prefers Tuesdays", None),
            ("Date left", "July 2026", Some(Left)),
            ("Left?", "x", Some(Left)),
            ("Left?", "no", None),
            ("Left?", "-", None),
            ("Active?", "N", Some(Left)),
            ("Active?", "Y", None),
            ("Telephone", "left", None),
            ("Contact type", "Parent", Some(Outsider)),
            ("Type", "Pupil referral unit", None),
            ("Type", "LA maintained", None),
            ("Notes", "PTA chair", Some(Outsider)),
            ("Notes", "no longer DSL", Some(Left)),
            ("Notes", "not the DSL", Some(Open)),
            ("Pupil", "Kit", Some(Outsider)),
            ("Pupil", "No", None),
            ("Pupils", "210", None),
        ] {
            assert_eq!(of_column(heading, text), wanted, "{heading}: {text}");
        }
    }

    #[test]
    fn what_names_nobody_is_no_name() {
        for text in ["same as head", "As above", "n/a", "N.A.", "TBC", "tbc.", "Vacant", "Vacancy", "see above", "\""] {
            assert!(is_nobody(text), "{text}");
        }
        for text in ["Jo Lee", "Samir Asabove", "T. B. Clark", "See Ling Head", ""] {
            assert!(!is_nobody(text), "{text}");
        }
    }
}
