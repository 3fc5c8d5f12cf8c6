//! The people who can sign in: one or more for each role.

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
    /// A special school whose year groups are not stated.
    pub special: usize,
    /// A secondary school.
    pub secondary: usize,
    /// A trust with several schools.
    pub trust: Option<(&'static str, &'static str)>,
}

/// Those who act in the history, by their part in it.
pub(crate) struct People {
    pub all: Vec<Person>,
    pub commissioner: Uuid,
    pub theatre: Uuid,
    pub police: Uuid,
    /// PSHE lead of the primary school, the special one and the secondary one.
    pub leads: [(Uuid, Uuid); 3],
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
    let primary = &schools[cast.primary];
    let special = &schools[cast.special];
    let secondary = &schools[cast.secondary];
    let own = |school: &School| Scope::Setting(school.id);
    let lead = add(&primary.contact.name, &host(primary), vec![(Role::School, own(primary))]);
    add("Dawn Feather", &host(primary), vec![(Role::School, own(primary))]);
    add("Razia Holdsworth", &host(primary), vec![(Role::Safeguarding, own(primary)), (Role::School, own(primary))]);
    let special_lead = add(&special.contact.name, &host(special), vec![(Role::School, own(special))]);
    let secondary_lead = add(&secondary.contact.name, &host(secondary), vec![(Role::School, own(secondary))]);
    if let Some((code, _)) = cast.trust {
        add("Philip Barraclough", "trust.hallowdale", vec![(Role::School, Scope::Trust(code.to_owned()))]);
    }
    People {
        all,
        commissioner,
        theatre: company,
        police: unit,
        leads: [(primary.id, lead), (special.id, special_lead), (secondary.id, secondary_lead)],
    }
}

impl People {
    /// The school's own person, where one can sign in.
    pub(crate) fn lead_of(&self, school: Uuid) -> Option<Uuid> {
        self.leads.iter().find(|(id, _)| *id == school).map(|(_, person)| *person)
    }
}
