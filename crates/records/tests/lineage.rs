//! New releases of the school list, on each database: history follows the links, and nothing is moved unasked.

use std::path::Path;
use std::sync::Arc;

use domain::access::{Actor, Role, Scope};
use domain::import::ImportKind as Kind;
use domain::lineage::LinkType;
use domain::number_on_roll::Basis;
use domain::session::State;
use domain::setting::SettingStatus;
use domain::{AcademicYear, YearGroup};
use records::coverage::{self, Covered};
use records::imports::{self, ChangeKind, File, Mode, Report, Sent};
use records::lineage::{self, Bringing};
use records::sessions::OnBehalf;
use records::testing::{Throwaway, Town, date};
use records::{
    Desk, Error, Page, attendance, both, census, need, requests, school_year, schools, sessions, taking_back, tours,
};
use uuid::Uuid;

const HEADER: &str = "URN,LA (code),LA (name),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),\
                      PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,NumberOfPupils\n";
const KELDER: &str = "900001,990,Kelderdale,Kelder Primary School,,Open,Primary,4,11,210\n";
const BECK: &str = "900002,990,Kelderdale,Beck Primary School,,Open,Primary,4,11,420\n";
const HIGH: &str = "900003,990,Kelderdale,Kelder High School,,Open,Secondary,11,16,1000\n";
const OAK: &str = "900004,990,Kelderdale,Oak Lodge School,,Open,Not applicable,,,100\n";
/// Kelder Primary after its conversion; the list has no pupils of it yet.
const ACADEMY: &str = "900011,990,Kelderdale,Kelder Primary Academy,Academy converter,Open,Primary,4,11,\n";
const NORTH: &str = "900012,990,Kelderdale,North Kelder School,,Open,Primary,4,11,100\n";
const LINKS: &str = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n";
const CONVERTED: &str = "900001,900011,Kelder Primary Academy,Successor,31-08-2026\n\
                         900011,900001,Kelder Primary School,Predecessor,01-09-2026\n";

const APPLY: Mode = Mode::Apply { close_missing: false };
const LOOK: Mode = Mode::DryRun { close_missing: false };

fn list(rows: &[&str]) -> File {
    File { name: "list.csv".into(), bytes: Arc::from(format!("{HEADER}{}", rows.concat()).into_bytes()) }
}

fn links(rows: &str) -> File {
    File { name: "links.csv".into(), bytes: Arc::from(format!("{LINKS}{rows}").into_bytes()) }
}

async fn release(desk: &Desk, actor: &Actor, rows: &[&str], linked: &str, mode: Mode) -> Report {
    let sent = Sent { list: Some(list(rows)), links: (!linked.is_empty()).then(|| links(linked)) };
    let report = imports::run_sent(desk, actor, &sent, None, mode).await.expect("an import");
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    report
}

fn figures(report: &Report) -> (usize, usize, usize, usize) {
    (report.added, report.changed, report.closed, report.unchanged)
}

fn urns(items: &[imports::Item]) -> Vec<i64> {
    items.iter().map(|item| item.urn).collect()
}

async fn setting(desk: &Desk, urn: i64) -> Uuid {
    for gone in [false, true] {
        let filter = schools::Filter { search: urn.to_string(), gone, ..schools::Filter::default() };
        if let Some(line) = schools::list(desk, &Actor::SYSTEM, &filter, Page::new(1)).await.expect("a list").0.pop() {
            return line.id;
        }
    }
    panic!("no school {urn}");
}

async fn covered(desk: &Desk, town: &Town, year: i64) -> Covered {
    let year = AcademicYear::new(year).expect("a year");
    coverage::of(desk, &town.commissioner(), town.programme, year).await.expect("coverage")
}

/// URN, sessions and pupils of every school that was reached, and the URNs of the gaps.
async fn reached(desk: &Desk, town: &Town, year: i64) -> (Vec<(i64, usize)>, Vec<i64>) {
    let coverage = covered(desk, town, year).await.coverage;
    let urn = |s: &domain::coverage::School| s.urn.expect("a URN").number();
    let schools = coverage.schools.iter().filter(|s| s.is_reached()).map(|s| (urn(&s.school), s.sessions.len()));
    let gaps = coverage.gaps.iter().map(|gap| urn(&coverage.schools[gap.school].school));
    (schools.collect(), gaps.collect())
}

both!(
    async fn a_converted_school_keeps_its_history(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        town.session(&desk, town.primary, date(2026, 11, 10), State::Delivered).await;
        town.session(&desk, town.primary, date(2025, 11, 11), State::Delivered).await;
        let ahead = town.session(&desk, town.primary, date(2026, 12, 8), State::Confirmed).await;

        let rows = [ACADEMY, BECK, HIGH, OAK];
        let seen = release(&desk, &commissioner, &rows, CONVERTED, LOOK).await;
        assert_eq!((seen.added, seen.closed), (1, 1));
        let r = &seen.release;
        assert_eq!((urns(&r.new), urns(&r.closed), urns(&r.converted)), (vec![], vec![], vec![900_001]));
        let item = &r.converted[0];
        assert_eq!((item.coming_sessions, item.people), (1, 1));
        let next = &item.successors[0];
        assert_eq!((next.urn, next.name.as_str(), next.open), (900_011, "Kelder Primary Academy", true));
        assert_eq!((next.link, next.since), (Some(LinkType::Predecessor), Some(date(2026, 9, 1))));
        assert_eq!(reached(&desk, &town, 2026).await.0, [(900_001, 1)]);

        // The links say that it has closed: nobody needs to confirm it.
        let done = release(&desk, &commissioner, &rows, CONVERTED, APPLY).await;
        assert_eq!((done.added, done.closed, done.marked), (1, 1, true));
        let academy = setting(&desk, 900_011).await;
        let old = schools::get(&desk, &commissioner, town.primary).await.unwrap();
        assert_eq!(old.school.status, SettingStatus::Closed);
        assert_eq!(old.kin.after.map(|k| k.1), Some(900_011));
        let new = schools::get(&desk, &commissioner, academy).await.unwrap();
        assert_eq!(new.kin.before.iter().map(|k| k.1).collect::<Vec<_>>(), [900_001]);

        // Once, and for the new URN: in this year and in the years before.
        for year in [2026, 2025] {
            let (schools, gaps) = reached(&desk, &town, year).await;
            assert_eq!(schools, [(900_011, 1)], "{year}");
            assert!(!gaps.contains(&900_011) && !gaps.contains(&900_001), "{year}: {gaps:?}");
        }
        // As many pupils as before: the list has none of the new URN yet.
        let coverage = covered(&desk, &town, 2026).await.coverage;
        let standing = coverage.schools.iter().find(|s| s.school.id == academy).unwrap();
        assert_eq!(standing.school.roll.pupils, Some(210));
        assert!(standing.school.reached_before.is_some());
        let counts = tours::get_counted(&desk, &commissioner, town.tour).await.unwrap().counts;
        assert_eq!((counts.schools_reached, counts.schools_booked), (1, 1));

        // Its year shows what was done and is booked, and its people see the sessions.
        let year = school_year::get(&desk, &commissioner, academy, None).await.unwrap();
        assert_eq!(year.totals.sessions, 1);
        let scope = Scope::Setting(academy);
        let school = Actor { person: None, grant: None, role: Role::School, scope };
        let session = sessions::get(&desk, &school, ahead).await.unwrap();
        assert_eq!(session.session.venue_id, town.primary, "nothing is moved unasked");

        // The same files again change nothing.
        let before = everything(&desk).await;
        let again = release(&desk, &commissioner, &rows, CONVERTED, APPLY).await;
        assert_eq!(figures(&again), (0, 0, 0, 4));
        assert!(again.release.is_quiet(), "{:?}", again.release);
        assert_eq!((again.release.links.kept, again.release.links.added, again.release.links.removed), (2, 0, 0));
        assert_eq!(everything(&desk).await, before);

        // The old list again, as somebody may choose it by mistake: the school is itself again.
        release(&desk, &commissioner, &[KELDER, BECK, HIGH, OAK], "", Mode::Apply { close_missing: true }).await;
        assert_eq!(reached(&desk, &town, 2026).await.0, [(900_001, 1)]);
    }
);

/// Numbers that would differ if anything had been written.
async fn everything(desk: &Desk) -> Vec<i64> {
    let mut all = Vec::new();
    for sql in [
        "SELECT COUNT(*) FROM setting",
        "SELECT CAST(SUM(version) AS BIGINT) FROM setting",
        "SELECT COUNT(*) FROM school_link",
        "SELECT COUNT(*) FROM lineage",
        "SELECT COUNT(*) FROM setting_year",
        "SELECT CAST(SUM(version) AS BIGINT) FROM session",
        "SELECT COUNT(*) FROM access_grant",
    ] {
        all.push(Throwaway::count(desk, sql).await);
    }
    all
}

both!(
    async fn need_and_requests_know_what_came_before(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        town.session(&desk, town.primary, date(2024, 11, 11), State::Delivered).await;
        release(&desk, &commissioner, &[ACADEMY, BECK, HIGH, OAK], CONVERTED, APPLY).await;
        let academy = setting(&desk, 900_011).await;
        let asking = |setting| requests::Asking {
            tour: town.tour,
            setting,
            wish: records::testing::wish(&[30], 1),
            is_estimated: false,
            contact_name: "Sam Reed".into(),
            contact_telephone: "01274 431000".into(),
            contact_email: "sam@school.example".into(),
            on_behalf: Some(OnBehalf { name: "Sam Reed".into(), how: domain::tour::AskedBy::Telephone }),
            outside_audience: false,
        };
        for setting in [academy, town.second_primary] {
            requests::ask(&desk, &commissioner, &asking(setting)).await.expect("a request");
        }
        let valued = need::valued(&desk, &commissioner, requests::Filter::default()).await.unwrap();
        let of = |setting| valued.iter().find(|v| v.request.setting_id == setting).unwrap().value();
        // Never reached weighs more than reached two years ago.
        assert!(of(academy) < of(town.second_primary), "{} {}", of(academy), of(town.second_primary));
    }
);

/// The pupils of Year 6 that are counted at a school, as its coverage, its year and its own page have them.
async fn counted(desk: &Desk, town: &Town, urn: i64) -> Vec<Option<i64>> {
    let id = setting(desk, urn).await;
    let six = YearGroup::new(6).unwrap();
    let coverage = covered(desk, town, 2026).await.coverage;
    let standing = coverage.schools.iter().find(|s| s.school.id == id);
    let year = school_year::get(desk, &town.commissioner(), id, None).await.unwrap();
    let row = year.rows.iter().find(|row| row.of == school_year::Of::YearGroup(six));
    let own = schools::get(desk, &town.commissioner(), id).await.unwrap();
    let of = [standing.and_then(|s| s.school.roll.of(six)), row.and_then(|row| row.on_roll), own.roll.of(six)];
    of.map(|n| n.filter(|n| n.basis == Basis::Counted).map(|n| n.pupils)).to_vec()
}

/// Takes over a census of this year with the pupils of Year 6.
async fn census_of(desk: &Desk, town: &Town, rows: &str) {
    let text = format!("URN,Year 6\n{rows}");
    let schools = census::read(text.as_bytes(), "census.csv", &[]).unwrap().schools;
    let rolls = census::Rolls { year: AcademicYear::new(2026).unwrap(), schools };
    let file = File { name: "census.csv".into(), bytes: Arc::from(text.as_bytes()) };
    census::take_over(desk, &town.commissioner(), None, &rolls, &file).await.unwrap();
}

both!(
    async fn rolls_that_are_counted_by_an_old_urn_are_those_of_the_school_that_carries_it_on(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let session = town.session(&desk, town.primary, date(2026, 11, 10), State::Delivered).await;
        release(&desk, &commissioner, &[ACADEMY, BECK, HIGH, OAK], CONVERTED, APPLY).await;
        assert_eq!(counted(&desk, &town, 900_011).await, [None; 3]);
        // The census still has the old number, and the list the new one already.
        census_of(&desk, &town, "900001,28\n").await;
        assert_eq!(counted(&desk, &town, 900_011).await, [Some(28); 3]);
        // A group of the new school is compared with it, too.
        let moved = "UPDATE attending_group SET setting_id = (SELECT id FROM setting WHERE urn = 900011)
            WHERE setting_id IN (SELECT id FROM setting WHERE urn = 900001)";
        Throwaway::execute(&desk, moved).await;
        let sheet = attendance::sheet(&desk, &commissioner, session).await.unwrap();
        assert_eq!(sheet.groups[0].roll.map(|roll| (roll.pupils, roll.basis)), Some((28, Basis::Counted)));
        // Where it is counted by its own number, that counts.
        census_of(&desk, &town, "900011,30\n").await;
        assert_eq!(counted(&desk, &town, 900_011).await, [Some(30); 3]);
    }
);

both!(
    async fn rolls_of_a_school_that_was_split_wait_for_a_word(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        census_of(&desk, &town, "900001,28\n900002,40\n").await;
        let split = "900001,900011,Kelder Primary Academy,Successor - Split School,31-08-2026\n\
                     900001,900012,North Kelder School,Successor - Split School,31-08-2026\n";
        release(&desk, &commissioner, &[ACADEMY, NORTH, BECK, HIGH, OAK], split, APPLY).await;
        for urn in [900_011, 900_012] {
            assert_eq!(counted(&desk, &town, urn).await, [None; 3], "{urn}: nobody has said whose they are");
        }
        lineage::decide(&desk, &commissioner, 900_001, Some(900_012)).await.unwrap();
        assert_eq!(counted(&desk, &town, 900_012).await, [Some(28); 3]);
        assert_eq!(counted(&desk, &town, 900_011).await, [None; 3]);
    }
);

both!(
    async fn rolls_of_schools_that_were_joined_add_up(desk: Desk) {
        let town = Town::build(&desk).await;
        census_of(&desk, &town, "900001,28\n900002,40\n").await;
        let joined = "900011,900001,Kelder Primary School,Predecessor - amalgamated,01-09-2026\n\
                      900011,900002,Beck Primary School,Predecessor - amalgamated,01-09-2026\n";
        release(&desk, &town.commissioner(), &[ACADEMY, HIGH, OAK], joined, APPLY).await;
        assert_eq!(counted(&desk, &town, 900_011).await, [Some(68); 3]);
    }
);

both!(
    async fn joined_schools_count_as_one(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        town.session(&desk, town.primary, date(2026, 11, 10), State::Delivered).await;
        town.session(&desk, town.second_primary, date(2026, 11, 11), State::Delivered).await;
        let joined = "900011,900001,Kelder Primary School,Predecessor - amalgamated,01-09-2026\n\
                      900011,900002,Beck Primary School,Predecessor - amalgamated,01-09-2026\n";
        let report = release(&desk, &commissioner, &[ACADEMY, HIGH, OAK], joined, APPLY).await;
        assert_eq!(urns(&report.release.merged), [900_001, 900_002]);
        assert!(report.release.converted.is_empty() && report.release.new.is_empty());
        let (schools, _) = reached(&desk, &town, 2026).await;
        assert_eq!(schools, [(900_011, 2)]);
        let coverage = covered(&desk, &town, 2026).await.coverage;
        let eligible = coverage.schools.iter().filter(|s| s.is_eligible()).count();
        assert_eq!(eligible, 2, "the joined school and Oak Lodge");
        // One that took another in and kept its URN.
        let absorbed = "900004,900003,Kelder High School,Predecessor - merged,01-10-2026\n";
        let report = release(&desk, &commissioner, &[ACADEMY, OAK], absorbed, APPLY).await;
        assert_eq!(urns(&report.release.merged), [900_003]);
        assert_eq!(report.release.merged[0].successors[0].urn, 900_004);
    }
);

both!(
    async fn a_split_is_asked_about(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        town.session(&desk, town.primary, date(2026, 11, 10), State::Delivered).await;
        let split = "900001,900011,Kelder Primary Academy,Successor - Split School,31-08-2026\n\
                     900001,900012,North Kelder School,Successor - Split School,31-08-2026\n";
        let rows = [ACADEMY, NORTH, BECK, HIGH, OAK];
        let report = release(&desk, &commissioner, &rows, split, APPLY).await;
        assert_eq!(urns(&report.release.split), [900_001]);
        assert_eq!(report.release.split[0].successors.len(), 2);
        // Until somebody says so it is neither's.
        assert_eq!(reached(&desk, &town, 2026).await.0, [(900_001, 1)]);
        let asked = lineage::list(&desk, &commissioner).await.unwrap();
        assert_eq!((asked[0].urn, asked[0].asked), (900_001, Some(900_001)));
        let question = lineage::split(&desk, &commissioner, 900_001).await.unwrap();
        assert_eq!((question.among.len(), question.delivered, question.decided.is_none()), (2, 1, true));

        let wrong = lineage::decide(&desk, &commissioner, 900_001, Some(900_002)).await;
        assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");
        lineage::decide(&desk, &commissioner, 900_001, Some(900_012)).await.unwrap();
        assert_eq!(reached(&desk, &town, 2026).await.0, [(900_012, 1)]);
        // Remembered over the next import, and shown.
        let again = release(&desk, &commissioner, &rows, split, APPLY).await;
        assert!(again.release.split.is_empty());
        assert_eq!(reached(&desk, &town, 2026).await.0, [(900_012, 1)]);
        let decided = lineage::split(&desk, &commissioner, 900_001).await.unwrap().decided.unwrap();
        assert_eq!((decided.carrier, decided.by.as_deref()), (Some(900_012), Some("commissioner")));

        lineage::decide(&desk, &commissioner, 900_001, None).await.unwrap();
        assert_eq!(reached(&desk, &town, 2026).await.0, [(900_001, 1)]);
        lineage::take_back(&desk, &commissioner, 900_001).await.unwrap();
        assert!(matches!(lineage::take_back(&desk, &commissioner, 900_001).await, Err(Error::NotFound)));
        assert_eq!(lineage::list(&desk, &commissioner).await.unwrap()[0].asked, Some(900_001));

        // Nobody else's.
        let stranger = town.commissioner_elsewhere();
        assert!(matches!(lineage::split(&desk, &stranger, 900_001).await, Err(Error::NotFound)));
        assert!(matches!(lineage::decide(&desk, &stranger, 900_001, None).await, Err(Error::NotFound)));
        assert!(matches!(lineage::take_back(&desk, &stranger, 900_001).await, Err(Error::NotFound)));
        let school = town.school(town.primary);
        assert!(matches!(lineage::list(&desk, &school).await, Err(Error::Forbidden(_))));
        let audit = Throwaway::count(&desk, "SELECT COUNT(*) FROM audit WHERE record_kind = 'split'").await;
        assert_eq!(audit, 3);
    }
);

both!(
    async fn what_is_to_come_is_carried_over_when_somebody_says_so(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let ahead = town.session(&desk, town.primary, date(2026, 12, 8), State::Confirmed).await;
        let held = town.session(&desk, town.primary, date(2026, 11, 10), State::Delivered).await;
        let school = town.school(town.primary);
        let asking = requests::Asking {
            tour: town.tour,
            setting: town.primary,
            wish: records::testing::wish(&[30], 1),
            is_estimated: false,
            contact_name: "Sam Reed".into(),
            contact_telephone: "01274 431000".into(),
            contact_email: "sam@school.example".into(),
            on_behalf: None,
            outside_audience: false,
        };
        let request = requests::ask(&desk, &school, &asking).await.expect("a request");
        Throwaway::execute(
            &desk,
            "UPDATE setting SET email = 'office@kelder.example', setting_type = 'special', setting_type_source = 'person'
             WHERE urn = 900001",
        )
        .await;
        assert!(
            matches!(lineage::carrying(&desk, &commissioner, town.primary).await, Err(Error::NotFound)),
            "it is open"
        );

        release(&desk, &commissioner, &[ACADEMY, BECK, HIGH, OAK], CONVERTED, APPLY).await;
        let academy = setting(&desk, 900_011).await;
        let there = lineage::list(&desk, &commissioner).await.unwrap();
        assert_eq!((there[0].id, there[0].coming.sessions, there[0].coming.requests), (town.primary, 1, 1));
        let carry = lineage::carrying(&desk, &commissioner, town.primary).await.unwrap();
        let kinds: Vec<Bringing> = carry.items.iter().map(|i| i.kind).collect();
        for kind in [Bringing::Session, Bringing::Request, Bringing::Person, Bringing::Correction] {
            assert!(kinds.contains(&kind), "{kind:?} of {kinds:?}");
        }
        assert!(matches!(
            lineage::carry_over(&desk, &town.commissioner_elsewhere(), town.primary).await,
            Err(Error::NotFound)
        ));
        assert!(matches!(lineage::carry_over(&desk, &school, town.primary).await, Err(Error::Forbidden(_))));

        let moved = lineage::carry_over(&desk, &commissioner, town.primary).await.unwrap();
        assert_eq!(moved, carry.moving());
        let session = sessions::get(&desk, &commissioner, ahead).await.unwrap();
        assert_eq!(session.session.venue_id, academy);
        assert_eq!(session.groups.iter().map(|g| g.setting_id).collect::<Vec<_>>(), [academy]);
        assert!(session.timeline.iter().any(|line| line.event == "carry"));
        // What took place took place where it did.
        assert_eq!(sessions::get(&desk, &commissioner, held).await.unwrap().session.venue_id, town.primary);
        assert_eq!(requests::get(&desk, &commissioner, request).await.unwrap().setting_id, academy);
        let roles = "SELECT COUNT(*) FROM access_grant a JOIN setting s ON s.id = a.setting_id
             WHERE a.revoked_at IS NULL AND s.urn = ";
        assert_eq!(Throwaway::count(&desk, &format!("{roles}900011")).await, 1);
        assert_eq!(Throwaway::count(&desk, &format!("{roles}900001")).await, 0);
        let new = schools::get(&desk, &commissioner, academy).await.unwrap().school;
        assert_eq!(new.email.as_deref(), Some("office@kelder.example"));
        assert_eq!((new.setting_type, new.setting_type_is_corrected()), (domain::setting::SettingType::Special, true));
        // Nothing is left to bring over, and a second time does nothing.
        let rest = lineage::carrying(&desk, &commissioner, town.primary).await.unwrap();
        assert_eq!(rest.items, []);
        assert_eq!(lineage::carry_over(&desk, &commissioner, town.primary).await.unwrap(), 0);
    }
);

both!(
    async fn without_links_nobody_can_say_who_follows(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        town.session(&desk, town.primary, date(2026, 12, 8), State::Confirmed).await;
        let rows = [ACADEMY, BECK, OAK];
        let report = release(&desk, &commissioner, &rows, "", APPLY).await;
        // Those with coming sessions first.
        assert_eq!((urns(&report.release.closed), report.release.has_links), (vec![900_001, 900_003], false));
        assert!(!report.marked);
        assert_eq!(setting(&desk, 900_001).await, town.primary);
        // The links by themselves, later; a school nobody has confirmed to be gone stands as it is.
        let sent = Sent { list: None, links: Some(links(CONVERTED)) };
        let report = imports::run_sent(&desk, &commissioner, &sent, None, APPLY).await.unwrap();
        assert_eq!((figures(&report), report.release.links.added), ((0, 0, 0, 0), 2));
        assert!(report.release.converted.is_empty());
        // The list again: what the links say is known now.
        let report = release(&desk, &commissioner, &rows, "", APPLY).await;
        assert_eq!((urns(&report.release.converted), urns(&report.release.closed)), (vec![900_001], vec![900_003]));
        let kept = taking_back::list(&desk, &commissioner, None, Page::new(1)).await.unwrap().0;
        assert_eq!(kept.iter().map(|i| i.kind).collect::<Vec<_>>(), [Kind::Schools, Kind::Links, Kind::Schools]);
        let release = imports::look(&desk, &commissioner, kept[0].id).await.unwrap().release().unwrap();
        assert_eq!(urns(&release.converted), [900_001]);
        let closed =
            imports::changes(&desk, &commissioner, kept[0].id, ChangeKind::Closed, Page::new(1)).await.unwrap();
        assert_eq!(closed.iter().map(|c| c.urn).collect::<Vec<_>>(), [900_001], "the other was not confirmed");
    }
);

both!(
    async fn one_councils_links_say_nothing_about_anothers_schools(desk: Desk) {
        let town = Town::build(&desk).await;
        // Another council's file claims that Kelder Primary became Vale Primary.
        let theirs = "900005,900001,Kelder Primary School,Predecessor,01-09-2026\n";
        let vale = "900005,991,Other Vale,Vale Primary School,,Open,Primary,4,11,200\n";
        release(&desk, &town.commissioner_elsewhere(), &[vale], theirs, APPLY).await;
        town.session(&desk, town.primary, date(2026, 11, 10), State::Delivered).await;
        let report =
            release(&desk, &town.commissioner(), &[BECK, HIGH, OAK], "", Mode::Apply { close_missing: true }).await;
        assert_eq!(urns(&report.release.closed), [900_001]);
        assert_eq!(reached(&desk, &town, 2026).await.0, [(900_001, 1)]);
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM lineage").await, 0);
        // A bad table is refused whole, with its place.
        let sent = Sent { list: Some(list(&[KELDER])), links: Some(links("9,900001,x,Successor,\n")) };
        let report = imports::run_sent(&desk, &town.commissioner(), &sent, None, APPLY).await.unwrap();
        assert_eq!((report.problems.len(), report.problems[0].row), (1, Some(2)));
        assert!(report.problems[0].message.starts_with("In the links table: "));
    }
);

fn shared(name: &str) -> Option<File> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/register").join(name);
    Some(File { name: name.to_owned(), bytes: std::fs::read(path).ok()?.into() })
}

both!(
    async fn bradford_2023_becomes_2024_25(desk: Desk) {
        let files =
            ["gias_layout_bradford_2023.csv", "gias_layout_bradford_2024-25.csv", "links_edubasealldata20250422.csv"];
        let [Some(old), Some(new), Some(table)] = files.map(shared) else {
            println!("skipped: no ../shared/data");
            return;
        };
        imports::run(&desk, &Actor::SYSTEM, &old, None, APPLY).await.unwrap();
        let plain = imports::run(&desk, &Actor::SYSTEM, &new, None, LOOK).await.unwrap();
        assert_eq!((plain.added, plain.closed, plain.release.closed.len()), (23, 13, 13));
        let sent = Sent { list: Some(new), links: Some(table) };
        let run = async |mode| imports::run_sent(&desk, &Actor::SYSTEM, &sent, None, mode).await.unwrap();
        let seen = run(LOOK).await;
        let r = &seen.release;
        assert_eq!((seen.added, seen.closed, r.links.read), (23, 13, 33_801));
        let converted = [107_212, 107_274, 107_277, 107_299, 132_217, 132_221, 135_229, 140_569, 146_435];
        assert_eq!(urns(&r.converted), converted);
        // What follows Park Aspire is not in the list; of the others nothing is said.
        assert_eq!(urns(&r.closed), [130_980, 133_410, 140_566, 143_689]);
        let next = &r.closed[1].successors[0];
        assert_eq!(
            (next.urn, next.name.as_str(), next.open),
            (150_425, "Park Aspire Alternative Provision Academy", false)
        );
        // Bradford Girls' Grammar School is open: Lady Royd is a part of it, and takes no history along unasked.
        assert_eq!((urns(&r.split), r.split[0].asked), (vec![140_204], false));
        assert_eq!(r.split[0].successors[0].urn, 150_969);
        assert_eq!((r.new.len(), r.merged.len()), (13, 0));
        assert_eq!((r.closed_before(), r.placed), (0, 9), "each lies where the school lay that it follows");
        assert_eq!(urns(&r.renamed).len(), 5);
        let special = r.converted.iter().find(|item| item.urn == 135_229).unwrap();
        assert_eq!(special.successors[0].urn, 150_011);

        let done = run(APPLY).await;
        assert_eq!((&done.release.converted, &done.release.split), (&r.converted, &r.split));
        assert!(!done.marked, "four are left to confirm");
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM lineage").await, 9);
        let of_academy = "SELECT COUNT(*) FROM setting WHERE urn = 148520 AND constituency = 'Bradford West'";
        assert_eq!(Throwaway::count(&desk, of_academy).await, 1);
        let again = run(APPLY).await;
        assert_eq!((again.added, again.changed, again.closed), (0, 0, 4));
        assert!(again.release.converted.is_empty() && again.release.split.is_empty() && again.release.links.added == 0);
    }
);

both!(
    async fn bradford_2023_after_2024_25_is_asked_about_as_an_older_list(desk: Desk) {
        let files =
            ["gias_layout_bradford_2023.csv", "gias_layout_bradford_2024-25.csv", "links_edubasealldata20250422.csv"];
        let [Some(old), Some(new), Some(table)] = files.map(shared) else {
            println!("skipped: no ../shared/data");
            return;
        };
        let sent = Sent { list: Some(new), links: Some(table) };
        let first = imports::run_sent(&desk, &Actor::SYSTEM, &sent, None, APPLY).await.unwrap();
        assert_eq!((first.added, first.release.closed_before()), (225, 0));
        let seen = imports::run(&desk, &Actor::SYSTEM, &old, None, LOOK).await.unwrap();
        let r = &seen.release;
        let converted = [107_212, 107_274, 107_277, 107_299, 132_217, 132_221, 135_229, 140_569, 146_435];
        assert_eq!((urns(&r.followed), r.closed_before()), (converted.to_vec(), 9));
        assert_eq!(r.followed[6].successors[0].urn, 150_011);
        let later = [148_520, 149_937, 149_938, 150_001, 150_002, 150_011, 150_016, 150_563, 150_872];
        assert_eq!(urns(&r.later), later, "what follows a school of the list did not close");
        assert!(r.closed.iter().all(|item| !later.contains(&item.urn)));
        assert_eq!(r.left, r.closed.len() + r.later.len());
    }
);

both!(
    async fn a_list_from_before_a_conversion_is_told_by_the_links(desk: Desk) {
        let town = Town::build(&desk).await;
        let council = town.commissioner();
        let now = [ACADEMY, BECK, HIGH, OAK];
        release(&desk, &council, &now, CONVERTED, Mode::Apply { close_missing: true }).await;
        // The school that it was closed with that: it comes back as one that had closed.
        let seen = release(&desk, &council, &[KELDER, BECK, HIGH, OAK], "", LOOK).await.release;
        assert_eq!((urns(&seen.reopened), urns(&seen.followed)), (vec![900_001], vec![]));
        assert_eq!((urns(&seen.later), urns(&seen.closed), seen.closed_before()), (vec![900_011], vec![], 1));
        // A newer list is not taken for an older one.
        let newer = release(&desk, &council, &[ACADEMY, BECK, HIGH, OAK, NORTH], "", LOOK).await.release;
        assert_eq!((newer.closed_before(), urns(&newer.later)), (0, vec![]));
    }
);

both!(
    async fn a_school_lies_where_the_one_lay_that_it_follows(desk: Desk) {
        let town = Town::build(&desk).await;
        let council = town.commissioner();
        let header =
            HEADER.trim_end().to_owned() + ",Postcode,ParliamentaryConstituency (name),AdministrativeWard (name)\n";
        let file = |rows: &[(&str, &str)]| {
            let text: String = rows.iter().map(|(row, place)| format!("{},{place}\n", row.trim_end())).collect();
            File { name: "list.csv".into(), bytes: Arc::from(format!("{header}{text}").into_bytes()) }
        };
        let run = async |rows: &[(&str, &str)], linked: &str, mode| {
            let sent = Sent { list: Some(file(rows)), links: (!linked.is_empty()).then(|| links(linked)) };
            imports::run_sent(&desk, &council, &sent, None, mode).await.unwrap()
        };
        let others = [(BECK, "KD1 2AA,Kelder,Beck"), (HIGH, ",,"), (OAK, ",,")];
        let before = [&[(KELDER, "KD1 1AA,Kelder,Moor")], &others[..]].concat();
        run(&before, "", APPLY).await;
        let after = [&[(ACADEMY, "KD1 1AA,,")], &others[..]].concat();
        let placed = async || {
            Throwaway::count(
                &desk,
                "SELECT COUNT(*) FROM setting WHERE urn = 900011 AND constituency = 'Kelder' AND ward = 'Moor'",
            )
            .await
        };
        // The list by itself: nobody knows whom it follows; with the links it is known, and changes it.
        let plain = run(&after, "", APPLY).await;
        assert_eq!((plain.release.placed, placed().await), (0, 0));
        let linked = run(&after, CONVERTED, APPLY).await;
        assert_eq!((linked.release.placed, linked.changed, placed().await), (1, 1, 1));
        let fields: Vec<_> = linked.changes.iter().filter(|c| c.urn == 900_011).flat_map(|c| &c.fields).collect();
        assert_eq!(fields.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["ward", "constituency"]);
        let again = run(&after, CONVERTED, LOOK).await;
        assert_eq!((again.release.placed, again.changed), (0, 0), "a blank never erases it");
        // Taken back with the import.
        taking_back::undo(&desk, &council, linked.import.unwrap()).await.unwrap();
        assert_eq!(placed().await, 0);
        // On another site it lies elsewhere.
        let moved = [&[(ACADEMY, "KD9 9ZZ,,")], &others[..]].concat();
        assert_eq!(run(&moved, CONVERTED, LOOK).await.release.placed, 0);
    }
);

both!(
    async fn bradfords_history_is_counted_once_and_for_the_new_urn(desk: Desk) {
        let files =
            ["gias_layout_bradford_2023.csv", "gias_layout_bradford_2024-25.csv", "links_edubasealldata20250422.csv"];
        let [Some(old), Some(new), Some(table)] = files.map(shared) else {
            println!("skipped: no ../shared/data");
            return;
        };
        let town = Town::build(&desk).await;
        imports::run(&desk, &Actor::SYSTEM, &old, None, APPLY).await.unwrap();
        // Beechcliffe Special School and Menston Primary School converted in September 2023.
        let (special, primary) = (setting(&desk, 135_229).await, setting(&desk, 107_299).await);
        for (school, on) in [
            (special, date(2026, 11, 10)),
            (special, date(2022, 11, 10)),
            (primary, date(2026, 11, 11)),
            (primary, date(2026, 11, 12)),
        ] {
            town.session(&desk, school, on, State::Delivered).await;
        }
        for table in ["programme", "tour", "visit", "session"] {
            Throwaway::execute(&desk, &format!("UPDATE {table} SET authority_code = '380'")).await;
        }
        let scope = Scope::Authority("380".parse().unwrap());
        let bradford = Actor { person: None, grant: None, role: Role::Commissioner, scope };
        let all = async |year| {
            let year = AcademicYear::new(year).unwrap();
            let coverage = coverage::of(&desk, &bradford, town.programme, year).await.unwrap().coverage;
            let mut reached: Vec<(i64, usize, i64)> = coverage
                .schools
                .iter()
                .filter(|s| s.is_reached())
                .map(|s| (s.school.urn.unwrap().number(), s.sessions.len(), s.headcount.pupils))
                .collect();
            reached.sort_unstable();
            let eligible = coverage.schools.iter().filter(|s| s.is_eligible()).count();
            (reached, eligible, coverage.sessions.len())
        };
        Throwaway::execute(&desk, "UPDATE attending_group SET attended = 30").await;
        let (before, _, sessions) = all(2026).await;
        assert_eq!((before, sessions), (vec![(107_299, 2, 60), (135_229, 1, 30)], 3));
        let sent = Sent { list: Some(new), links: Some(table) };
        let mode = Mode::Apply { close_missing: true };
        imports::run_sent(&desk, &Actor::SYSTEM, &sent, None, mode).await.unwrap();
        let (after, eligible, sessions) = all(2026).await;
        assert_eq!((after, sessions), (vec![(149_938, 2, 60), (150_011, 1, 30)], 3));
        assert_eq!(all(2022).await.0, [(150_011, 1, 30)]);
        imports::run_sent(&desk, &Actor::SYSTEM, &sent, None, mode).await.unwrap();
        let (again, still, _) = all(2026).await;
        assert_eq!((again, still), (vec![(149_938, 2, 60), (150_011, 1, 30)], eligible));
    }
);
