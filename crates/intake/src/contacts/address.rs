//! Addresses as people type them into cells, and whose they are.

use domain::contact::EmailAddress;

use super::Whose;
use super::doubt::behind;
use crate::history::words::{plain, words};

/// Words that make an address one that several share, wherever they stand before the @.
const OFFICES: [&str; 16] = [
    "office",
    "officeadmin",
    "schooloffice",
    "mainoffice",
    "admin",
    "administration",
    "administrator",
    "adminoffice",
    "schooladmin",
    "info",
    "information",
    "enquiries",
    "enquiry",
    "inquiries",
    "inquiry",
    "reception",
];
/// Words that do so where nothing else stands before the @: they are surnames too.
const MAILBOXES: [&str; 10] =
    ["contact", "contactus", "mail", "mailbox", "post", "postbox", "secretary", "general", "hello", "attendance"];
/// Words of posts: such an address is its holder's where one is named.
const POSTS: [&str; 14] = [
    "head",
    "headteacher",
    "headmaster",
    "headmistress",
    "principal",
    "ht",
    "dsl",
    "safeguarding",
    "senco",
    "send",
    "pshe",
    "bursar",
    "pa",
    "sbm",
];

/// The addresses in a cell: one as a rule, several with signs between them.
///
/// # Errors
/// What is wrong with it and how to mend it.
pub(super) fn read(text: &str) -> Result<Vec<EmailAddress>, String> {
    let typed = text.trim();
    let lower = typed.to_lowercase().replace("mailto:", " ");
    // “Jo Lee <jo.lee@school.example>”: the name beside it is a program's.
    let inside: Vec<&str> = lower.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect();
    let list = if inside.is_empty() { lower.clone() } else { inside.join(" ") };
    let parts = list.split(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '/' | '|' | '&'));
    let parts = parts.map(|part| part.trim_matches(['.', ':', '(', ')', '"', '\'', '[', ']']));
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty() && !matches!(*part, "and" | "or")).collect();
    let wrong = || format!("“{typed}” is not an email address. Type it like name@school.example, and nothing else.");
    let mut found: Vec<EmailAddress> = Vec::new();
    for part in parts {
        let address = part.parse::<EmailAddress>().map_err(|_| wrong())?;
        if !found.contains(&address) {
            found.push(address);
        }
    }
    if found.is_empty() { Err(wrong()) } else { Ok(found) }
}

/// Whose an address is. A post's address is the person's where one is named.
pub(super) fn whose(address: &EmailAddress, name: &str, job: &str) -> Whose {
    let local = address.as_str().split('@').next().unwrap_or_default();
    let parts = || {
        let parts = local.split(|c: char| !c.is_ascii_alphanumeric());
        parts.map(|part| part.trim_matches(|c: char| c.is_ascii_digit())).filter(|part| !part.is_empty())
    };
    let alone = parts().next().filter(|_| parts().count() == 1);
    let is_office = parts().any(|part| OFFICES.contains(&part)) || alone.is_some_and(|part| MAILBOXES.contains(&part));
    let is_post = alone.is_some_and(|part| POSTS.contains(&part));
    if is_office || (is_post && name.is_empty()) {
        return Whose::School;
    }
    let (is_lead, is_more) = duties(job);
    // “Liz Fox (deputy)” under a heading for the lead is none.
    let is_lead = is_lead && behind(name).is_none_or(|behind| duties(&format!("{job} {behind}")).0);
    Whose::Person { is_lead, is_more: is_more || !is_lead }
}

/// Whether a job is the designated safeguarding lead's, and whether it is anything else. A deputy is no lead.
fn duties(job: &str) -> (bool, bool) {
    // Whoever holds the post for a time holds it.
    const OF_LEADS: [&str; 16] = [
        "dsl",
        "designated",
        "safeguarding",
        "lead",
        "child",
        "protection",
        "officer",
        "and",
        "the",
        "for",
        "acting",
        "interim",
        "temporary",
        "temp",
        "new",
        "senior",
    ];
    let job = plain(job);
    let said = words(&job);
    let has = |word: &str| said.contains(&word);
    let guards = has("safeguarding") || (has("child") && has("protection"));
    let leads = has("lead") || has("officer");
    // “Deputy head and DSL” is the lead: who is deputy of what is told by the word that follows, of each of them.
    let is_head = |at: usize| said.get(at).is_some_and(|w| matches!(*w, "head" | "headteacher" | "principal" | "ht"));
    let is_deputy = said.iter().enumerate().any(|(at, word)| match *word {
        "deputy" | "assistant" | "dep" => !is_head(at + 1),
        "ddsl" | "trainee" => true,
        _ => false,
    });
    let is_lead = (has("dsl") || (guards && leads)) && !is_deputy;
    let is_more = !is_lead || said.iter().any(|w| !OF_LEADS.contains(w));
    (is_lead, is_more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        let shown =
            |text: &str| read(text).map(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
        for (text, wanted) in [
            (" Jo.Lee@Beck.example ", "jo.lee@beck.example"),
            ("mailto:jo@beck.example", "jo@beck.example"),
            ("Jo Lee <jo@beck.example>;", "jo@beck.example"),
            ("jo@beck.example.", "jo@beck.example"),
            ("office@beck.example; jo@beck.example", "office@beck.example jo@beck.example"),
            ("a@b.example / a@b.example", "a@b.example"),
            ("a@b.example and c@b.example", "a@b.example c@b.example"),
        ] {
            assert_eq!(shown(text).as_deref(), Ok(wanted), "{text}");
        }
        for text in
            ["jo lee@beck.example", "jo.lee", "jo@beck", "ring first", "jo(at)beck.example", "@", "jo@@b.example"]
        {
            assert!(shown(text).is_err(), "{text}: {:?}", shown(text));
        }
    }

    #[test]
    fn an_office_is_told_from_a_person() {
        let of = |address: &str, name: &str, job: &str| whose(&address.parse().unwrap(), name, job);
        let person = |is_lead, is_more| Whose::Person { is_lead, is_more };
        for (address, name, job, wanted) in [
            ("office@beck.example", "Jo Lee", "", Whose::School),
            ("admin2034@beck.example", "", "", Whose::School),
            ("office.beck@trust.example", "", "", Whose::School),
            ("head@beck.example", "", "Head", Whose::School),
            ("head@beck.example", "Ann Kaur", "Head", person(false, true)),
            ("jo.lee@beck.example", "", "", person(false, true)),
            ("jo.lee@beck.example", "Jo Lee", "DSL", person(true, false)),
            ("jo.lee@beck.example", "Jo Lee", "Designated Safeguarding Lead", person(true, false)),
            ("jo.lee@beck.example", "Jo Lee", "Child Protection Officer", person(true, false)),
            ("jo.lee@beck.example", "Jo Lee", "Designated Safeguarding Lead (acting)", person(true, false)),
            ("jo.lee@beck.example", "Jo Lee", "Interim DSL", person(true, false)),
            ("jo.lee@beck.example", "Jo Lee", "Acting head and DSL", person(true, true)),
            ("jo.lee@beck.example", "Jo Lee", "Headteacher / DSL", person(true, true)),
            ("jo.lee@beck.example", "Jo Lee", "Deputy Head & DSL", person(true, true)),
            ("jo.lee@beck.example", "Jo Lee", "Deputy DSL", person(false, true)),
            ("jo.lee@beck.example", "Jo Lee", "Deputy Head / Deputy DSL", person(false, true)),
            ("jo.lee@beck.example", "Jo Lee", "Assistant Head, Deputy Safeguarding Lead", person(false, true)),
            ("jo.lee@beck.example", "Jo Lee", "DDSL", person(false, true)),
            ("jo.lee@beck.example", "Jo Lee", "Deputy safeguarding lead", person(false, true)),
            ("jo.lee@beck.example", "Jo Lee", "PSHE lead", person(false, true)),
            ("jo.lee@beck.example", "Jo Lee (deputy)", "dsl", person(false, true)),
            ("jo.lee@beck.example", "Jo Lee - DDSL", "dsl", person(false, true)),
            ("jo.lee@beck.example", "Jo Lee (Deputy Head)", "dsl", person(true, false)),
            ("jo.lee@beck.example", "Jo Lee (Mrs)", "dsl", person(true, false)),
            ("mailer@beck.example", "", "", person(false, true)),
            ("post@beck.example", "Jo Lee", "", Whose::School),
            ("m.post@beck.example", "Mia Post", "", person(false, true)),
        ] {
            assert_eq!(of(address, name, job), wanted, "{address} {name} {job}");
        }
    }
}
