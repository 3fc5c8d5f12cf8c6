//! What would become of each row of a list: given, asked about, there already, left out.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::access::Role as Holds;
use domain::contact::EmailAddress;
use intake::contacts::{Line, Whose};
use uuid::Uuid;

use super::{Answer, GIVE, Gives, Gone, Row};
use crate::db::Conn;
use crate::error::Result;
use crate::histories::ground::Schools;
use crate::histories::seen::letters;
use crate::histories::{About, Choices, Found, Name, OUT, Standing};
use crate::imports::Problem;

/// A role that somebody holds, or held, at an authority's school or trust.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Held {
    person: Uuid,
    name: String,
    email: String,
    #[sqlx(try_from = "String")]
    role: Holds,
    setting_id: Option<Uuid>,
    trust_code: Option<String>,
    revoked_at: Option<DateTime<Utc>>,
}

/// Every role of schools' people in an authority, revoked ones too.
pub(super) async fn held(conn: &mut Conn, authority: &str) -> Result<Vec<Held>> {
    fetch_all!(
        conn,
        Held,
        "SELECT p.id AS person, p.name, p.email, g.role, g.setting_id, g.trust_code, g.revoked_at
         FROM access_grant g JOIN person p ON p.id = g.person_id
         WHERE g.role IN ('school', 'safeguarding')
           AND (g.setting_id IN (SELECT id FROM setting WHERE authority_code = $1)
                OR g.trust_code IN (SELECT trust_code FROM setting WHERE authority_code = $1))
         ORDER BY p.name, p.id, g.created_at, g.id",
        authority,
    )
}

/// What is known of who holds what where.
struct Ground<'a> {
    schools: &'a Schools,
    /// By address, role and school.
    at_school: HashMap<(&'a str, Holds, Uuid), &'a Held>,
    /// By address and trust.
    at_trust: HashSet<(&'a str, &'a str)>,
}

impl<'a> Ground<'a> {
    fn new(schools: &'a Schools, held: &'a [Held]) -> Self {
        let mut at_school: HashMap<_, &Held> = HashMap::new();
        for grant in held {
            if let Some(setting) = grant.setting_id {
                let known = at_school.entry((grant.email.as_str(), grant.role, setting)).or_insert(grant);
                // One that holds counts before those that were taken away, of these the latest.
                if known.revoked_at.is_some() {
                    *known = grant;
                }
            }
        }
        let trusts = held.iter().filter(|g| g.revoked_at.is_none());
        let at_trust = trusts.filter_map(|g| Some((g.email.as_str(), g.trust_code.as_deref()?))).collect();
        Self { schools, at_school, at_trust }
    }

    /// Whether what looks like an office's address is one by which somebody signs in for the school, or did.
    fn is_person(&self, row: &Row) -> bool {
        let (Gives::Address, Some(email), Some(school)) = (row.gives, &row.email, &row.school) else { return false };
        self.at_school.contains_key(&(email.as_str(), Holds::School, school.id))
    }

    /// What becomes of a role for an address at an open school.
    fn role(&self, email: &str, role: Holds, school: Uuid) -> (Standing, String) {
        let trust = self.schools.trust(school);
        if role == Holds::School && trust.is_some_and(|trust| self.at_trust.contains(&(email, trust))) {
            return (Standing::AlreadyThere, "acts for its trust".into());
        }
        match self.at_school.get(&(email, role, school)) {
            None => (Standing::Ready, String::new()),
            Some(Held { revoked_at: None, .. }) => (Standing::AlreadyThere, String::new()),
            Some(Held { revoked_at: Some(at), .. }) => (
                Standing::LeftOut,
                format!(
                    "The role was taken away on {}: give it again under People if that is right",
                    at.format("%-d %B %Y")
                ),
            ),
        }
    }

    /// What becomes of an office's address at an open school.
    fn address(&self, email: &str, school: Uuid) -> (Standing, String) {
        match self.schools.email(school) {
            None => (Standing::Ready, String::new()),
            Some(known) if known.eq_ignore_ascii_case(email) => (Standing::AlreadyThere, String::new()),
            Some(known) => {
                (Standing::LeftOut, format!("The school’s address for visits is {known}: change it on its page"))
            }
        }
    }
}

/// The rows, in the order of the file, and who is gone from the schools it names.
pub(super) fn rows(
    lines: &[Line],
    name_of: &[Option<usize>],
    names: &[Name],
    schools: &Schools,
    held: &[Held],
    choices: &Choices,
) -> (Vec<Row>, Vec<Gone>) {
    let ground = Ground::new(schools, held);
    let mut rows: Vec<Row> = lines
        .iter()
        .zip(name_of)
        .flat_map(|(line, name)| {
            gives(line).into_iter().map(move |gives| row(line, gives, name.map(|at| (at, &names[at]))))
        })
        .collect();
    for row in &mut rows {
        row.answer = match choices.get(About::Row, &row.place()) {
            Some(GIVE) => Some(Answer::Give),
            Some(OUT) => Some(Answer::LeaveOut),
            _ => None,
        };
    }
    doubt_addresses(&mut rows, held);
    // Of what a file says twice, the first counts.
    let (mut given, mut offices) =
        (HashMap::<(EmailAddress, Gives, Uuid), String>::new(), HashMap::<Uuid, String>::new());
    for row in &mut rows {
        if ground.is_person(row) {
            row.gives = Gives::Role(Holds::School);
        }
        let (standing, why) = judge(row, names, &ground);
        (row.standing, row.why) = (standing, why);
        let (Some(school), Some(email), Standing::Ready) = (&row.school, &row.email, standing) else { continue };
        let here = row.where_is();
        let twice = match row.gives {
            Gives::Role(_) => {
                given.get(&(email.clone(), row.gives, school.id)).map(|place| (Standing::AlreadyThere, place))
            }
            Gives::Address => offices.get(&school.id).map(|place| (Standing::LeftOut, place)),
        };
        match twice {
            Some((standing, place)) => {
                (row.standing, row.why) = (standing, format!("as {place} says"));
            }
            None => {
                given.insert((email.clone(), row.gives, school.id), here.clone());
                if row.gives == Gives::Address {
                    offices.insert(school.id, here);
                }
            }
        }
    }
    let gone = gone(&rows, schools, held);
    (rows, gone)
}

/// Asks about an address that is another person's, on record or in a row above, at another school: whoever reads its mail
/// would get a role there that was meant for somebody else.
fn doubt_addresses(rows: &mut [Row], held: &[Held]) {
    let mut known = HashMap::<String, Vec<(String, Option<Uuid>)>>::new();
    for grant in held.iter().filter(|grant| grant.revoked_at.is_none()) {
        known.entry(grant.email.clone()).or_default().push((grant.name.clone(), grant.setting_id));
    }
    for row in rows {
        let (Gives::Role(_), Some(email), Some(school)) = (row.gives, &row.email, &row.school) else { continue };
        let of_address = known.entry(email.as_str().to_owned()).or_default();
        let is_own = of_address.iter().any(|(name, at)| *at == Some(school.id) || is_alike(name, &row.person));
        if let (Some((name, _)), false, None) = (of_address.first(), is_own, &row.doubt) {
            row.doubt = Some(Problem {
                sheet: Some(row.sheet.clone()).filter(|sheet| !sheet.is_empty()),
                row: Some(row.row),
                column: Some(row.cell.clone()),
                message: format!(
                    "“{email}”: this address is that of {name}, at another school. Type this person’s own, or take the row out. If it is one person, say on the site that they are to get the role."
                ),
            });
        }
        // What is asked about says nothing of whose it is.
        if row.doubt.is_none() {
            of_address.push((row.person.clone(), Some(school.id)));
        }
    }
}

/// Whether two names may be one person's: they share a word, or one of them is not said.
fn is_alike(one: &str, other: &str) -> bool {
    let words = |name: &str| -> HashSet<String> {
        let lower = name.to_lowercase();
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1).map(str::to_owned).collect()
    };
    let (one, other) = (words(one), words(other));
    one.is_empty() || other.is_empty() || !one.is_disjoint(&other)
}

/// What a line would give: a head who is the DSL too is given both roles.
fn gives(line: &Line) -> Vec<Gives> {
    match line.whose {
        Whose::School => vec![Gives::Address],
        Whose::Person { is_lead, is_more } => {
            let more = (is_more || !is_lead).then_some(Gives::Role(Holds::School));
            more.into_iter().chain(is_lead.then_some(Gives::Role(Holds::Safeguarding))).collect()
        }
    }
}

fn row(line: &Line, gives: Gives, name: Option<(usize, &Name)>) -> Row {
    let typed = [&line.school, &line.urn, &line.dfe].into_iter().find(|text| !text.is_empty());
    Row {
        sheet: line.sheet.clone().unwrap_or_default(),
        row: line.row,
        cell: line.cell.clone(),
        typed: typed.cloned().unwrap_or_default(),
        name: name.map(|(at, _)| at),
        school: name.and_then(|(_, name)| name.found.school()).cloned(),
        person: line.name.clone(),
        job: line.job.clone(),
        email: line.email.clone(),
        gives,
        problems: line.problems.clone(),
        doubt: line.doubt.clone(),
        answer: None,
        standing: Standing::Asked,
        why: String::new(),
    }
}

fn judge(row: &Row, names: &[Name], ground: &Ground<'_>) -> (Standing, String) {
    if let Some(problem) = row.problems.first().or(row.open_doubt()) {
        return (Standing::Asked, problem.message.clone());
    }
    if let (Some(Answer::LeaveOut), Some(said)) = (row.answer, row.against()) {
        return (Standing::LeftOut, format!("You left it out: the list says {said}"));
    }
    let Some(email) = &row.email else {
        return (Standing::LeftOut, "There is no email address".into());
    };
    let school = match (&row.school, row.name.map(|at| &names[at].found)) {
        (Some(school), _) => school,
        (None, Some(Found::Out)) => return (Standing::LeftOut, "Its school was left out".into()),
        (None, _) => return (Standing::Asked, "Which school is this?".into()),
    };
    if !ground.schools.is_open(school.id) {
        return (Standing::LeftOut, "The school is closed, or no longer in the list".into());
    }
    match row.gives {
        Gives::Role(role) => ground.role(email.as_str(), role, school.id),
        Gives::Address => ground.address(email.as_str(), school.id),
    }
}

/// Who holds a role at a school of the file and is not in it. Whoever acts for a trust is not of one school.
fn gone(rows: &[Row], schools: &Schools, held: &[Held]) -> Vec<Gone> {
    let known = |row: &Row| Some((row.school.as_ref()?.id, row.email.as_ref()?.as_str().to_owned()));
    let listed: BTreeSet<(Uuid, String)> = rows.iter().filter_map(known).collect();
    let named: BTreeSet<Uuid> = listed.iter().map(|(school, _)| *school).collect();
    let mut gone: Vec<Gone> = held
        .iter()
        .filter(|grant| grant.revoked_at.is_none())
        .filter_map(|grant| Some((grant, grant.setting_id.filter(|id| named.contains(id))?)))
        .filter(|(grant, school)| !listed.contains(&(*school, grant.email.clone())))
        .map(|(grant, school)| Gone {
            person: grant.person,
            name: grant.name.clone(),
            email: grant.email.clone(),
            role: grant.role,
            school: schools.get(school).map(|s| s.name).unwrap_or_default(),
        })
        .collect();
    gone.sort_by(|a, b| (&a.school, &a.name, &a.email).cmp(&(&b.school, &b.name, &b.email)));
    gone
}

/// What would become of a row, in four letters.
pub(super) fn seen(row: &Row) -> String {
    letters(row.standing, (row.school.as_ref().map(|s| s.id), row.email.as_ref(), row.gives))
}
