//! What gives asks their value, in the words that reasons use: “never reached”, “special school”.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use domain::AcademicYear;
use domain::need::points;
use uuid::Uuid;

use super::ground::Ground;
use crate::db::Conn;
use crate::error::Result;
use crate::{Desk, need};

/// The words of each ask that is to be placed, the weightiest first. Its value itself was set when the plan was made.
pub(super) async fn words(conn: &mut Conn, desk: &Desk, ground: &Ground) -> Result<BTreeMap<Uuid, Vec<String>>> {
    let settings: Vec<Uuid> = ground.asks.iter().map(|a| a.setting).collect::<BTreeSet<_>>().into_iter().collect();
    let (weights, _) = need::weights_of(conn, &ground.plan.authority_code).await?;
    let mut of_school: BTreeMap<(Uuid, Uuid), Vec<String>> = BTreeMap::new();
    // A few statements for each of a handful of tours.
    for tour in ground.tours.values() {
        let year = AcademicYear::containing(tour.starts);
        let needs = need::of_schools(conn, desk.today(), tour.programme, year, &settings).await?;
        for (setting, need) in needs {
            let mut points = points(&need, &weights);
            points.sort_by_key(|p| Reverse(p.points));
            of_school.insert((tour.id, setting), points.into_iter().map(|p| p.why).collect());
        }
    }
    let asks = ground.asks.iter().filter_map(|a| Some((a.id, of_school.get(&(a.tour, a.setting))?.clone())));
    Ok(asks.collect())
}
