//! What a school that only said yes is taken to ask for.

use domain::YearGroups;
use domain::programme::Audience;
use domain::request::{self, MOST_SESSIONS, PartOfDay, Wish};
use domain::session::{Group, MOST_EXPECTED};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::{Error, Result};
use crate::rolls;
use crate::tours::Tour;

/// A class, where nothing is known of a school's roll.
const ONE_CLASS: i64 = 30;

/// The wish of a school that said yes without saying for whom: its year groups in the audience, with their numbers on
/// roll, in as many sessions as they need. Marked as estimated until the school states its own.
pub(crate) async fn estimate(conn: &mut Conn, tour: &Tour, setting: Uuid) -> Result<Wish> {
    let roll = rolls::of_setting(conn, setting, tour.academic_year).await?;
    let largest =
        fetch_scalar!(conn, Option<i64>, "SELECT largest_group FROM programme WHERE id = $1", tour.programme_id)?;
    let taught = fetch_scalar!(conn, Option<i64>, "SELECT year_groups FROM setting WHERE id = $1", setting)?;
    let taught = taught.map(YearGroups::try_from).transpose().map_err(Error::unavailable)?;
    Ok(of_roll(&tour.audience(), taught, |year| roll.of(year).map(|n| n.pupils), largest))
}

/// As [`estimate`], for a roll, year groups and largest group that are known.
pub(crate) fn of_roll(
    audience: &Audience,
    taught: Option<YearGroups>,
    on_roll: impl Fn(domain::YearGroup) -> Option<i64>,
    largest: Option<i64>,
) -> Wish {
    let year_groups = audience.year_groups_in(taught.filter(|years| !years.is_empty()));
    // Where the school does not state or follow year groups, neither does the group; its number is still the best guess.
    let stated = taught.is_some_and(|years| !years.is_empty());
    let mut groups: Vec<Group> = year_groups
        .iter()
        .filter_map(|year| Some((year, on_roll(year).filter(|n| *n > 0)?)))
        .map(|(year, pupils)| Group {
            year_groups: if stated { YearGroups::from(year) } else { YearGroups::NONE },
            label: String::new(),
            expected: pupils.min(MOST_EXPECTED),
            expected_send: None,
        })
        .collect();
    if groups.len() > request::MOST_GROUPS {
        // More year groups than a request names: all of them in one line.
        let year_groups = groups.iter().fold(YearGroups::NONE, |all, group| all.union(group.year_groups));
        let expected = groups.iter().map(|g| g.expected).sum::<i64>().min(MOST_EXPECTED);
        groups = vec![Group { year_groups, label: String::new(), expected, expected_send: None }];
    }
    if groups.is_empty() {
        let year_groups = if stated { year_groups } else { YearGroups::NONE };
        groups.push(Group { year_groups, label: String::new(), expected: ONE_CLASS, expected_send: None });
    }
    let fits = |n: i64| {
        request::deal(&groups, n).iter().all(|s| largest.is_none_or(|l| s.iter().map(|g| g.expected).sum::<i64>() <= l))
    };
    let sessions = (1..=MOST_SESSIONS).find(|n| fits(*n)).unwrap_or(MOST_SESSIONS);
    Wish {
        groups,
        sessions,
        may_split: true,
        room_for_others: false,
        part_of_day: PartOfDay::Any,
        impossible: Vec::new(),
        preferred: Vec::new(),
        access_needs: String::new(),
        note: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use domain::YearGroup;
    use domain::setting::SettingType;

    use super::*;

    fn years(low: i64, high: i64) -> YearGroups {
        YearGroups::range(YearGroup::new(low).unwrap(), YearGroup::new(high).unwrap())
    }

    #[test]
    fn the_roll_stands_in_until_the_school_says_more() {
        let audience =
            |years| Audience::Children { setting_types: [SettingType::Mainstream].into(), year_groups: years };
        let shown =
            |w: &Wish| (w.sessions, w.groups.iter().map(|g| (g.year_groups.len(), g.expected)).collect::<Vec<_>>());
        let primary = of_roll(&audience(years(6, 6)), Some(years(0, 6)), |_| Some(58), Some(90));
        assert_eq!(shown(&primary), (1, vec![(1, 58)]));
        let secondary = of_roll(&audience(years(7, 7)), Some(years(7, 11)), |_| Some(210), Some(90));
        assert_eq!(shown(&secondary), (3, vec![(1, 210)]), "as many sessions as it needs");
        let special = of_roll(&audience(years(6, 6)), None, |_| Some(8), Some(90));
        assert_eq!(shown(&special), (1, vec![(0, 8)]), "no year group is claimed that nobody stated");
        let unknown = of_roll(&audience(years(6, 6)), Some(years(0, 6)), |_| None, Some(90));
        assert_eq!(shown(&unknown), (1, vec![(1, ONE_CLASS)]));
    }
}
