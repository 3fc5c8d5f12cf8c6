//! Rolls from the census: counted numbers take the place of estimates, and what is withheld takes nobody's.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use domain::access::{Actor, Role};
use domain::number_on_roll::{Basis, NumberOnRoll};
use domain::setting::LaCode;
use domain::{AcademicYear, YearGroup};
use records::census::{self, Rolls, look};
use records::imports::{self, File};
use records::testing::{Throwaway, Town};
use records::{Desk, Error, both, schools};
use uuid::Uuid;

fn year(number: i64) -> YearGroup {
    YearGroup::new(number).unwrap()
}

async fn urn(desk: &Desk, actor: &Actor, setting: Uuid) -> i64 {
    schools::get(desk, actor, setting).await.unwrap().school.urn.unwrap()
}

async fn on_roll(desk: &Desk, actor: &Actor, setting: Uuid, group: i64) -> Option<NumberOnRoll> {
    schools::get(desk, actor, setting).await.unwrap().roll.of(year(group))
}

fn rolls(text: &str, first: i64) -> Rolls {
    let list = census::read(text.as_bytes(), "census.csv", &[]).unwrap();
    Rolls { year: AcademicYear::new(first).unwrap(), schools: list.schools }
}

async fn take_over(
    desk: &Desk,
    actor: &Actor,
    only: Option<&LaCode>,
    rolls: &Rolls,
) -> records::Result<census::Report> {
    census::take_over(desk, actor, only, rolls, &File { name: "census.csv".into(), bytes: Arc::from(&b"census"[..]) })
        .await
}

both!(
    async fn a_number_beside_another_schools_name_is_nobodys(desk: Desk) {
        let town = Town::build(&desk).await;
        let council = town.commissioner();
        let text = "URN,School name,Year group 3,Year group 4\n\
            900001,Beck Primary School,30,31\n\
            900002,Beck Primary,40,41\n\
            900003,Some name it had once,0,0\n";
        let looked = look(&desk, &council, None, &rolls(text, 2026)).await.unwrap();
        let changed: Vec<_> = looked.changes.iter().map(|c| c.urn).collect();
        assert_eq!(changed, [900_002, 900_003], "a name that means no other school is no doubt");
        let [lost] = &looked.not_found[..] else { panic!("{:?}", looked.not_found) };
        assert_eq!((lost.row, lost.number.as_str()), (2, "900001"));
        assert_eq!(lost.why, "Its number is Kelder Primary School’s, and its name Beck Primary School’s");
        take_over(&desk, &council, None, &rolls(text, 2026)).await.unwrap();
        assert_eq!(
            on_roll(&desk, &council, town.primary, 3).await.map(|n| n.basis),
            on_roll(&desk, &council, town.primary, 5).await.map(|n| n.basis),
            "nothing is counted there"
        );
    }
);

both!(
    async fn the_names_that_bradfords_schools_had_contradict_no_number(desk: Desk) {
        let register = |year: &str| {
            let name = format!("gias_layout_bradford_{year}.csv");
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/register").join(&name);
            std::fs::read(path).ok().map(|bytes| File { name, bytes: bytes.into() })
        };
        let [Some(old), Some(new)] = ["2023", "2024-25"].map(register) else {
            println!("skipped: no ../shared/data");
            return;
        };
        let mode = imports::Mode::Apply { close_missing: true };
        for list in [&old, &new] {
            imports::run(&desk, &Actor::SYSTEM, list, None, mode).await.unwrap();
        }
        let mut text = "URN,School name,Year group 3\n".to_owned();
        let latin: String = old.bytes.iter().map(|byte| char::from(*byte)).collect();
        let mut rows = csv::Reader::from_reader(latin.as_bytes());
        let heads = rows.headers().unwrap().clone();
        let at = |heading: &str| heads.iter().position(|h| h == heading).unwrap();
        for row in rows.records() {
            let row = row.unwrap();
            writeln!(text, "{},\"{}\",20", &row[at("URN")], &row[at("EstablishmentName")]).unwrap();
        }
        let looked = look(&desk, &Actor::SYSTEM, None, &rolls(&text, 2022)).await.unwrap();
        assert!(looked.changes.len() > 200 && looked.not_found.is_empty(), "{:?}", looked.not_found);
    }
);

both!(
    async fn schools_are_found_by_their_laestab(desk: Desk) {
        let town = Town::build(&desk).await;
        let (council, elsewhere) = (town.commissioner(), town.commissioner_elsewhere());
        let (one, other) = (urn(&desk, &council, town.primary).await, urn(&desk, &council, town.second_primary).await);
        let foreign = urn(&desk, &elsewhere, town.primary_elsewhere).await;
        for (urn, number) in [(one, "2001"), (other, "2002"), (foreign, "2001")] {
            let set = format!("UPDATE setting SET establishment_number = '{number}' WHERE urn = {urn}");
            Throwaway::execute(&desk, &set).await;
        }
        let code = schools::get(&desk, &council, town.primary).await.unwrap().school.authority_code.to_string();
        let far =
            schools::get(&desk, &elsewhere, town.primary_elsewhere).await.unwrap().school.authority_code.to_string();
        let look = async |actor: &Actor, text: &str| look(&desk, actor, None, &rolls(text, 2026)).await.unwrap();
        let changed = |report: &census::Report| report.changes.iter().map(|c| c.urn).collect::<Vec<_>>();
        let lost =
            |report: &census::Report| report.not_found.iter().map(|n| (n.row, n.number.clone())).collect::<Vec<_>>();

        let text = format!(
            "URN,LAESTAB,School,Year 6\n,{code}2001,One,21\n,{far}2001,Far,22\n,{code}9999,Beck School,23\n999999,{code}2002,X,1\n"
        );
        let own = look(&council, &text).await;
        assert_eq!((changed(&own), own.elsewhere, lost(&own)), (vec![one], 3, vec![(4, format!("{code}/9999"))]));
        assert_eq!(own.not_found[0].name.as_deref(), Some("Beck School"));
        let theirs = look(&elsewhere, &text).await;
        assert_eq!((changed(&theirs), lost(&theirs)), (vec![foreign], vec![]), "another's schools are not named");
        // The number alone means the authority's school; the system has no authority.
        assert_eq!(changed(&look(&council, "Establishment number,Year 6\n2001,21\n").await), [one]);
        let of_all = look(&Actor::SYSTEM, "Establishment number,Year 6\n2001,21\n").await;
        assert!(of_all.not_found[0].why.contains("LA code"), "{:?}", of_all.not_found);
        let both = look(&Actor::SYSTEM, &text).await;
        assert_eq!(both.changes.len(), 2);
        // Two numbers that say two schools, and one school twice.
        let torn = look(&council, &format!("URN,LAESTAB,Year 6\n{one},{code}2002,21\n")).await;
        assert_eq!((torn.changes.len(), lost(&torn)), (0, vec![(2, one.to_string())]));
        let twice = look(&council, &format!("URN,LAESTAB,Year 6\n{one},,21\n,{code}2001,22\n")).await;
        assert_eq!((twice.changes[0].by_year[0].2, lost(&twice)), (21, vec![(3, format!("{code}/2001"))]));
        // A school that closed left its number to the one that follows it.
        Throwaway::execute(
            &desk,
            &format!("UPDATE setting SET status = 'closed', establishment_number = '2002' WHERE urn = {one}"),
        )
        .await;
        assert_eq!(changed(&look(&council, &format!("LAESTAB,Year 6\n{code}2002,21\n")).await), [other]);
        assert_eq!(changed(&look(&council, &format!("URN,LAESTAB,Year 6\n{one},{code}2002,21\n")).await), [one]);
        // Rows of the authority itself are totals, by its name in the records.
        let name = records::authorities::list(&desk, &Actor::SYSTEM).await.unwrap();
        let name = &name.iter().find(|a| a.code.as_str() == code).unwrap().name;
        let text = format!("URN,School,Year 6\n{other},Two,21\n,{name},99\n");
        let file = File { name: "census.csv".into(), bytes: Arc::from(text.as_bytes()) };
        assert_eq!(census::read_file(&desk, &council, &file).await.unwrap().unwrap().totals, 1);
    }
);

both!(
    async fn counted_numbers_take_the_place_of_estimates(desk: Desk) {
        let town = Town::build(&desk).await;
        let (council, elsewhere) = (town.commissioner(), town.commissioner_elsewhere());
        let (one, other) = (urn(&desk, &council, town.primary).await, urn(&desk, &council, town.second_primary).await);
        let foreign = urn(&desk, &elsewhere, town.primary_elsewhere).await;
        let text = format!(
            "URN,Year 5,Year 6,EHC plan,SEN support\n{one},31,28,4,c\n{other},c,60,<5,30\n{foreign},20,21,1,1\n999999,1,1,1,1\n"
        );
        let rolls_now = rolls(&text, 2026);
        let seen = look(&desk, &council, None, &rolls_now).await.unwrap();
        assert_eq!((seen.changes.len(), seen.counted(), seen.elsewhere, seen.unchanged), (2, 3, 2, 0));
        let estimated = on_roll(&desk, &council, town.primary, 6).await.unwrap();
        assert_eq!(estimated.basis, Basis::Estimated, "looking changes nothing");

        take_over(&desk, &council, None, &rolls_now).await.unwrap();
        let counted = |pupils| Some(NumberOnRoll { pupils, basis: Basis::Counted });
        assert_eq!(on_roll(&desk, &council, town.primary, 6).await, counted(28));
        assert_eq!(on_roll(&desk, &council, town.second_primary, 6).await, counted(60));
        let withheld = on_roll(&desk, &council, town.second_primary, 5).await.unwrap();
        assert_eq!((withheld.pupils, withheld.basis), (60, Basis::Estimated), "420 pupils in 7 year groups");
        let school = schools::get(&desk, &council, town.primary).await.unwrap().school;
        assert_eq!((school.ehc_plans, school.sen_support), (Some(4), None));
        let school = schools::get(&desk, &council, town.second_primary).await.unwrap().school;
        assert_eq!((school.ehc_plans, school.sen_support), (None, Some(30)));
        let far = on_roll(&desk, &elsewhere, town.primary_elsewhere, 6).await.unwrap();
        assert_eq!(far.basis, Basis::Estimated, "another tenant's schools stay as they are");
        let audited = "SELECT COUNT(*) FROM audit WHERE record_kind = 'rolls'";
        assert_eq!(Throwaway::count(&desk, audited).await, 1);

        // The same again changes nothing; a withheld figure takes no counted one away.
        let again = take_over(&desk, &council, None, &rolls_now).await.unwrap();
        assert_eq!((again.changes.len(), again.unchanged), (0, 2));
        let later = rolls(&format!("URN,Year 6,EHC plan\n{one},c,z\n{other},59,6\n"), 2026);
        let report = take_over(&desk, &council, None, &later).await.unwrap();
        assert_eq!((report.changes.len(), report.changes[0].by_year.clone()), (1, vec![(year(6), Some(60), 59)]));
        assert_eq!(on_roll(&desk, &council, town.primary, 6).await, counted(28));
        assert_eq!(Throwaway::count(&desk, audited).await, 2);
    }
);

both!(
    async fn a_census_of_long_ago_is_kept_of_its_year_alone(desk: Desk) {
        let town = Town::build(&desk).await;
        let council = town.commissioner();
        let one = urn(&desk, &council, town.primary).await;
        let old = rolls(&format!("URN,Year 6,EHC plan\n{one},25,9\n"), 2019);
        let report = take_over(&desk, &council, None, &old).await.unwrap();
        assert_eq!((report.counted(), report.changes[0].ehc_plans), (1, None));
        assert_eq!(on_roll(&desk, &council, town.primary, 6).await.unwrap().basis, Basis::Estimated);
        let stored = "SELECT COUNT(*) FROM number_on_roll WHERE academic_year = 2019 AND pupils = 25";
        assert_eq!(Throwaway::count(&desk, stored).await, 1);
        for nobody in [town.company(), town.school(town.primary), town.official(Role::Evaluator)] {
            assert!(matches!(look(&desk, &nobody, None, &old).await, Err(Error::Forbidden(_))));
            assert!(matches!(take_over(&desk, &nobody, None, &old).await, Err(Error::Forbidden(_))));
        }
        let own = "990".parse().unwrap();
        assert!(matches!(look(&desk, &town.commissioner_elsewhere(), Some(&own), &old).await, Err(Error::NotFound)));
        let mut wrong = old.clone();
        wrong.schools[0].ehc_plans = Some(-1);
        assert!(matches!(take_over(&desk, &council, None, &wrong).await, Err(Error::Conflict(_))));
    }
);

both!(
    async fn figures_that_cannot_be_are_left_out_and_told(desk: Desk) {
        let town = Town::build(&desk).await;
        let council = town.commissioner();
        let (one, other) = (urn(&desk, &council, town.primary).await, urn(&desk, &council, town.second_primary).await);
        Throwaway::execute(&desk, "UPDATE setting SET pupils = 200").await;
        let text = format!("URN,Year 6,EHC plans,SEN support\n{one},30,900,9\n{other},500,4,5\n");
        let done = take_over(&desk, &council, None, &rolls(&text, 2026)).await.unwrap();
        let [left_out] = &done.implausible[..] else { panic!("{:?}", done.implausible) };
        assert_eq!((left_out.row, left_out.why.as_str()), (2, "900 EHC plans in a school of 200 pupils"));
        let far: Vec<_> = done.far_above.iter().map(|f| (f.row, f.year_groups, f.pupils)).collect();
        assert_eq!(far, [(3, 500, 200)]);
        let needs = "SELECT COUNT(*) FROM setting WHERE ehc_plans IS NOT NULL OR sen_support IS NOT NULL";
        assert_eq!(Throwaway::count(&desk, needs).await, 1, "the school's with so many plans are not stored");
        assert_eq!(on_roll(&desk, &council, town.primary, 6).await.map(|n| n.pupils), Some(30), "its pupils are");
        // What is of an earlier year is passed over, and that is said.
        let old = take_over(&desk, &council, None, &rolls(&text, 2024)).await.unwrap();
        assert_eq!((old.earlier_needs, old.implausible.len(), old.counted()), (2, 0, 2));
        let to_come = look(&desk, &council, None, &rolls(&text, 2027)).await;
        assert!(matches!(to_come, Err(Error::Conflict(_))), "a year to come: {to_come:?}");
    }
);
