//! What waits for a person on their home page: one query a block.

mod administrator;
mod commissioner;
mod files;
mod offers;
mod sessions;

use domain::access::{Actor, Operation, Role};
use domain::request::RequestState;

pub use administrator::{Administrator, LastImport, MOST_NEVER_SIGNED_IN, NeverSignedIn};
pub use commissioner::{ClosedSchools, Commissioner, OverdueProvider, TourProgress, Waiting};
pub use files::{MOST_FILES, WaitingFile};
pub use offers::{Invited, Offer};
pub use sessions::{CalledOff, OpenFeedback, SessionLine, Sessions, TourFeedback};

pub use crate::sessions::Open as OpenOffer;
pub use crate::waiting::Line as OnList;

use crate::Desk;
use crate::error::Result;
use crate::requests::{self, Request};
use crate::within::Within;

/// A home page, by role.
#[derive(Debug, Clone)]
pub enum Home {
    /// A school's, or a trust's.
    School(School),
    /// A provider's.
    Provider(Sessions),
    /// A commissioner's.
    Commissioner(Commissioner),
    /// An evaluator's: the tours that were answered about lately.
    Evaluator(Vec<TourFeedback>),
    /// A safeguarding person's: nothing waits yet.
    Safeguarding,
    /// An administrator's.
    Administrator(Administrator),
    /// The command line has no home.
    System,
}

/// What waits at a school.
#[derive(Debug, Clone)]
pub struct School {
    /// Coming visits, and those nobody has counted.
    pub sessions: Sessions,
    /// Offered sessions that wait for an answer.
    pub to_answer: Vec<OpenOffer>,
    /// Visits that were called off and have no new date.
    pub called_off: Vec<CalledOff>,
    /// Slots the school waits for.
    pub waiting: Vec<OnList>,
    /// Invitations that wait for an answer.
    pub invited: Vec<Invited>,
    /// What it asks for and has no date of, the first asked first.
    pub requests: Vec<Request>,
    /// What it can book and has not.
    pub offers: Vec<Offer>,
    /// Sessions whose questionnaires are open.
    pub feedback: Vec<OpenFeedback>,
}

/// What waits for the actor.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn home(desk: &Desk, actor: &Actor) -> Result<Home> {
    desk.authorise(actor, Operation::SeeHome)?;
    let within = Within::of(actor);
    let waiting = if actor.role == Role::School { crate::waiting::of_actor(desk, actor).await? } else { Vec::new() };
    let mut conn = desk.read().await?;
    let asked = requests::Filter { state: Some(RequestState::Asked), ..requests::Filter::default() };
    Ok(match actor.role {
        Role::School => Home::School(School {
            sessions: sessions::of(&mut conn, desk, &within).await?,
            to_answer: crate::sessions::open_offers(&mut conn, desk, &within).await?,
            called_off: sessions::called_off(&mut conn, desk, &within).await?,
            waiting,
            invited: offers::invited(&mut conn, desk, &within).await?,
            requests: requests::select(&mut conn, actor, asked).await?,
            offers: offers::offers(&mut conn, desk, actor, &within).await?,
            feedback: sessions::open_feedback(&mut conn, desk, &within).await?,
        }),
        Role::Provider => Home::Provider(sessions::of(&mut conn, desk, &within).await?),
        Role::Commissioner => Home::Commissioner(commissioner::of(&mut conn, desk, actor, &within).await?),
        Role::Evaluator => Home::Evaluator(sessions::feedback_by_tour(&mut conn, &within).await?),
        Role::Safeguarding => Home::Safeguarding,
        Role::Administrator => Home::Administrator(administrator::of(&mut conn, actor, &within).await?),
        Role::System => Home::System,
    })
}
