//! The people who can sign in: one or more for each role, and somebody at every school.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::access::{Role, Scope};
use domain::setting::LaCode;
use uuid::Uuid;

use crate::draw::{Draw, Stream};
use crate::rows::{Person, School};

/// Who the district's schools are, for grants and for the history they have.
pub(crate) struct Cast {
    /// A primary school with a booking in the coming weeks.
    pub primary: usize,
    /// A trust with several schools.
    pub trust: Option<(&'static str, &'static str)>,
}

/// Those who act in the history, by their part in it.
pub(crate) struct People {
    pub all: Vec<Person>,
    pub commissioner: Uuid,
    pub theatre: Uuid,
    pub police: Uuid,
    /// Each school's PSHE lead.
    leads: HashMap<Uuid, Uuid>,
}

/// Everybody.
pub(crate) fn people(
    schools: &[School],
    cast: &Cast,
    authority: &LaCode,
    theatre: Uuid,
    police: Uuid,
    at: DateTime<Utc>,
) -> People {
    let draw = &mut Draw::new(Stream::People);
    let mut all = Vec::new();
    let mut add = |name: &str, host: &str, grants: Vec<(Role, Scope)>| {
        let id = draw.key(at);
        let email = format!("{}@{host}.example", crate::names::mailbox(name));
        let grants = grants.into_iter().map(|(role, scope)| (draw.key(at), role, scope)).collect();
        all.push(Person { id, name: name.to_owned(), email, grants });
        id
    };
    let here = || Scope::Authority(authority.clone());
    let council = "hallowdale";
    let host = |school: &School| format!("{}.hallowdale", domain::setting::search_name(&school.name).replace(' ', "-"));
    let commissioner = add("Helen Ackroyd", council, vec![(Role::Commissioner, here())]);
    add("Imran Sutcliffe", council, vec![(Role::Administrator, here())]);
    add("Ruth Appleyard", "evaluation.hallowdale", vec![(Role::Evaluator, here())]);
    add("Naomi Firth", council, vec![(Role::Safeguarding, here())]);
    let company = add("Callum Thackray", "woolloft", vec![(Role::Provider, Scope::Provider(theatre))]);
    let unit = add("Shabana Naylor", "police.hallowdale", vec![(Role::Provider, Scope::Provider(police))]);
    let own = |school: &School| Scope::Setting(school.id);
    let leads = schools.iter().map(|s| (s.id, add(&s.contact.name, &host(s), vec![(Role::School, own(s))]))).collect();
    let primary = &schools[cast.primary];
    add("Dawn Feather", &host(primary), vec![(Role::School, own(primary))]);
    add("Razia Holdsworth", &host(primary), vec![(Role::Safeguarding, own(primary)), (Role::School, own(primary))]);
    if let Some((code, _)) = cast.trust {
        add("Philip Barraclough", "trust.hallowdale", vec![(Role::School, Scope::Trust(code.to_owned()))]);
    }
    People { all, commissioner, theatre: company, police: unit, leads }
}

impl People {
    /// Who books for a school.
    pub(crate) fn lead_of(&self, school: Uuid) -> Option<Uuid> {
        self.leads.get(&school).copied()
    }
}
