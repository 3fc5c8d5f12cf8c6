//! Who may do what: roles, scopes, operations, and the one table between them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::setting::LaCode;
use crate::term::terms;

terms! {
    /// What a person is to Callboard, under one of their grants.
    pub enum Role {
        School = "school", "School";
        Provider = "provider", "Provider";
        Commissioner = "commissioner", "Commissioner";
        Evaluator = "evaluator", "Evaluator";
        Safeguarding = "safeguarding", "Safeguarding";
        Administrator = "administrator", "Administrator";
        /// The command line. Never granted to a person.
        System = "system", "System";
    }
}

impl Role {
    /// Whether the role sees a whole authority or changes who may: such people may add an authenticator app.
    #[must_use]
    pub const fn is_privileged(self) -> bool {
        matches!(self, Self::Commissioner | Self::Evaluator | Self::Safeguarding | Self::Administrator)
    }
}

/// What a grant reaches. Everything outside it is "not found".
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One authority and what belongs to it.
    Authority(LaCode),
    /// One provider: its tours and teams, in every authority it serves.
    Provider(Uuid),
    /// One setting: its own bookings and what is offered to it.
    Setting(Uuid),
    /// Every school of one trust, by the trust's code in the school list.
    Trust(String),
    /// Everything: the command line.
    Everything,
}

impl Scope {
    /// Whether somebody with `role` can have this scope.
    #[must_use]
    pub const fn fits(&self, role: Role) -> bool {
        match role {
            Role::School => matches!(self, Self::Setting(_) | Self::Trust(_)),
            Role::Provider => matches!(self, Self::Provider(_)),
            Role::Commissioner | Role::Evaluator | Role::Administrator => matches!(self, Self::Authority(_)),
            // An authority's officer, or a school's designated safeguarding lead.
            Role::Safeguarding => matches!(self, Self::Authority(_) | Self::Setting(_)),
            Role::System => false,
        }
    }
}

/// Who acts, and under which grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person; none for the command line.
    pub person: Option<Uuid>,
    /// The grant; none for the command line.
    pub grant: Option<Uuid>,
    /// The grant's role.
    pub role: Role,
    /// The grant's scope.
    pub scope: Scope,
}

impl Actor {
    /// The command line.
    pub const SYSTEM: Self = Self { person: None, grant: None, role: Role::System, scope: Scope::Everything };

    /// The authority this actor is confined to, when the scope is one.
    #[must_use]
    pub const fn authority(&self) -> Option<&LaCode> {
        match &self.scope {
            Scope::Authority(code) => Some(code),
            _ => None,
        }
    }
}

terms! {
    /// Everything that can be done. The stored word names it in the audit trail.
    pub enum Operation {
        SeeHome = "see_home", "See what waits for them";
        SeeOwnSignIns = "see_own_sign_ins", "See and end their own sign-ins";
        EditOwnAccount = "edit_own_account", "Change their own name and authenticator app";
        SeeSettings = "see_settings", "See the school list";
        EditSetting = "edit_setting", "Correct a school’s year groups, setting type and contacts";
        ImportSchools = "import_schools", "Import the school list";
        FollowSchools = "follow_schools", "Say which school carries on another’s history, and carry over what is to come";
        EditAuthority = "edit_authority", "Change the authority’s name, colour and term dates";
        SeePeople = "see_people", "See people and their grants";
        EditPeople = "edit_people", "Add people, give and revoke grants";
        SeeAudit = "see_audit", "Read the audit trail";
        SeeProviders = "see_providers", "See providers and teams";
        EditProvider = "edit_provider", "Add and change providers and teams";
        SeeProgrammes = "see_programmes", "See programmes and their visit packs";
        EditProgramme = "edit_programme", "Write a programme and its visit pack";
        SeeTours = "see_tours", "See tours and openings";
        EditTour = "edit_tour", "Open and change a tour";
        EditOpenings = "edit_openings", "Make and withdraw openings";
        InviteSchools = "invite_schools", "Invite schools";
        PlanTours = "plan_tours", "Plan tours";
        SeeRequests = "see_requests", "See who asks for a tour to come";
        AskForTour = "ask_for_tour", "Ask for a tour to come";
        EditWeights = "edit_weights", "Say what a request is worth";
        SeeSessions = "see_sessions", "See sessions and visits";
        BookSession = "book_session", "Book a session";
        MoveSession = "move_session", "Move a session";
        OfferSession = "offer_session", "Offer a session to a school";
        AnswerOffer = "answer_offer", "Accept or decline an offered session";
        WaitForSlot = "wait_for_slot", "Wait for a slot, and leave the waiting list";
        CancelSession = "cancel_session", "Cancel a session";
        MarkMissed = "mark_missed", "Mark a session missed";
        AssignPeople = "assign_people", "Say who comes";
        SeeRunSheets = "see_run_sheets", "See a team’s run sheet";
        RecordAttendance = "record_attendance", "Record attendance";
        SeeSchoolYear = "see_school_year", "See a school’s year";
        SeeFeedback = "see_feedback", "See what pupils and staff answered, without names";
        OpenFeedback = "open_feedback", "See a session’s feedback code";
        EnterPaperFeedback = "enter_paper_feedback", "Take in feedback given on paper";
        SeeCoverage = "see_coverage", "See coverage";
        EditFeeds = "edit_feeds", "See and revoke calendar feed addresses";
        SeeCalendar = "see_calendar", "See calendars: closed days, sessions, leave";
        EditCalendar = "edit_calendar", "Say when a school takes no visits";
        SeeImports = "see_imports", "See imports and their changes";
        MindMail = "mind_mail", "See mails that did not arrive, and send them again";
        ImportHistory = "import_history", "Import older records of sessions, and undo it";
        TakeBackImport = "take_back_import", "Take back a file that was taken in";
    }
}

/// Whether people with `role` may do `operation` at all; where, is the scope's matter.
///
/// This is the whole permission table: what is not listed is denied.
#[must_use]
pub fn permitted(role: Role, operation: Operation) -> bool {
    use Operation as O;
    use Role::{Administrator as A, Commissioner as C, Evaluator as E, Provider as P, Safeguarding as G, School as S};
    let roles: &[Role] = match operation {
        O::SeeHome | O::SeeOwnSignIns | O::EditOwnAccount => &[S, P, C, E, G, A],
        O::SeeSettings => &[S, P, C, E, G, A],
        O::EditSetting => &[S, C, A],
        O::ImportSchools | O::SeeImports | O::FollowSchools | O::ImportHistory | O::MindMail => &[C, A],
        O::TakeBackImport => &[S, P, C, A],
        O::EditAuthority | O::SeePeople | O::EditPeople | O::SeeAudit => &[A],
        O::SeeProviders => &[P, C, A],
        O::EditProvider => &[P, C],
        O::SeeProgrammes => &[S, P, C, E, G, A],
        O::EditProgramme => &[C],
        O::SeeTours => &[S, P, C, E, A],
        O::EditTour => &[C],
        O::EditOpenings => &[P, C],
        O::PlanTours => &[P, C],
        O::InviteSchools | O::EditWeights => &[C],
        O::SeeRequests | O::AskForTour => &[S, P, C],
        O::SeeSessions => &[S, P, C, E, G, A],
        O::BookSession | O::MoveSession | O::CancelSession | O::MarkMissed | O::RecordAttendance => &[S, P, C],
        O::AnswerOffer | O::WaitForSlot => &[S, P, C],
        O::AssignPeople | O::OfferSession | O::SeeRunSheets => &[P, C],
        O::SeeSchoolYear => &[S, C, E, G],
        O::SeeFeedback => &[S, P, C, E],
        O::OpenFeedback | O::EnterPaperFeedback => &[S, P, C],
        O::SeeCoverage => &[C, E, G, A],
        O::EditFeeds => &[S, P, C],
        O::SeeCalendar => &[S, P, C, E, A],
        O::EditCalendar => &[S, C, A],
    };
    role == Role::System || roles.contains(&role)
}

/// “Firefox on Android”: what a browser's `User-Agent` says of it, enough to know one's own devices by.
#[must_use]
pub fn device(user_agent: &str) -> String {
    // Most browsers also name those they descend from: the most particular word counts.
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrom", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Macintosh", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_may_do_everything_and_nobody_nothing() {
        for &operation in Operation::ALL {
            assert!(permitted(Role::System, operation), "{operation:?}");
            assert!(
                Role::ALL.iter().any(|r| *r != Role::System && permitted(*r, operation)),
                "{operation:?} is nobody’s"
            );
        }
    }

    #[test]
    fn schools_and_evaluators_change_nothing_that_is_not_theirs() {
        for operation in
            [Operation::EditProgramme, Operation::EditTour, Operation::EditPeople, Operation::ImportSchools]
        {
            assert!(!permitted(Role::School, operation), "{operation:?}");
            assert!(!permitted(Role::Evaluator, operation), "{operation:?}");
        }
        assert!(!permitted(Role::Evaluator, Operation::BookSession));
        for operation in [Operation::EnterPaperFeedback, Operation::TakeBackImport] {
            assert!(permitted(Role::School, operation) && !permitted(Role::Evaluator, operation), "{operation:?}");
        }
    }

    #[test]
    fn devices_are_named_by_their_most_particular_words() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
        assert_eq!(device(chrome), "Chrome on Windows");
        assert_eq!(device(&format!("{chrome} Edg/131.0.0.0")), "Edge on Windows");
        assert_eq!(
            device("Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0"),
            "Firefox on Android"
        );
        assert_eq!(
            device(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
            ),
            "Safari on iPhone"
        );
        assert_eq!(device("curl/8"), "Unknown device");
    }
}
