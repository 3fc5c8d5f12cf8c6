//! Remarks that say of their row that it is more than one visit, or not right as it stands.

use super::found::of;
use crate::history::*;

/// What is asked of the second row of a log, at which cell.
fn asked(heading: &str, pupils: &str, typed: &str) -> Vec<String> {
    let history =
        of(&format!("Date,School,Pupils,{heading}\n02/03/2018,Elm,31,\n05/03/2018,Oak,{pupils},\"{typed}\"\n"));
    history.doubts.iter().map(|doubt| format!("{}: {}", doubt.cell, doubt.message)).collect()
}

const SEVERAL: &[&str] = &[
    "2 shows",
    "Delivered x 2",
    "Delivered x2",
    "also did Y5 in the pm",
    "repeated for Y5",
    "3 classes one after another",
    "2 sessions AM & PM",
    "done x2 (20 each)",
    "great day - two workshops",
    "done twice",
    "both sessions went well",
    "x2",
    "classes back to back",
    "morning and afternoon",
    "then again with 6B",
    "and again 14/3",
    "Second visit 21/3",
    "Also 21/3",
    "Went back 21/3 for the other class",
    "Returned next day for Y6",
    "Came back the following week to do 5B",
    "Did Y5 on Mon and Y6 on Tue",
    "9.30 and 10.45",
    "Double bill",
    "Split over two days",
    "Continued 15/3",
];

const WRONG: &[&str] = &[
    "ignore",
    "Ignore - see below",
    "entered twice - see above",
    "wrong school, should be Eldwick",
    "should have been Eldwick",
    "actually 6th May",
    "actually Eldwick",
    "rolled into 24th Apr",
    "swapped with Thackley",
    "nos are for both schools",
    "joint with Saltaire",
    "joint with another school",
    "duplicate",
    "duplicate - pressed submit twice",
    "wrong date",
    "Done on 15/3 instead",
    "Went to Fagley instead",
    "Actually did this on 15/3",
    "This was Fagley not Newby",
    "Y6 not Y5",
    "Date wrong - check",
    "Numbers wrong",
    "Same visit as above",
    "Already on sheet above",
    "Test entry",
    "In error",
    "Not ours - done by another charity",
];

#[test]
fn remarks_of_more_than_one_visit_are_asked_about() {
    for typed in SEVERAL {
        for heading in ["Notes", "Comments", "Status"] {
            let asked = asked(heading, "30", typed);
            assert!(asked.len() == 1 && asked[0].starts_with("D3: "), "{heading} {typed}: {asked:?}");
            assert!(asked[0].contains("Give each visit a row of its own"), "{typed}: {asked:?}");
        }
    }
    // Where the visits have their rows they are not asked for.
    let history = of("Date,School,Year,Notes\n05/03/2018,Oak,Y5,2 shows\n05/03/2018,oak,Y6,\n06/03/2018,Oak,Y4,\n");
    assert!(history.doubts.is_empty(), "{:?}", history.doubts);
    let history = of("Date,AM school,AM nos,PM school,PM nos,Notes\n15/01/2019,Oak,30,Elm,28,2 sessions\n");
    assert!(history.doubts.is_empty(), "{:?}", history.doubts);
    assert!(asked("Notes", "", "cancelled (2 shows)").is_empty());
}

#[test]
fn remarks_that_correct_their_row_are_asked_about() {
    for typed in WRONG {
        for heading in ["Notes", "Comments"] {
            let asked = asked(heading, "30", typed);
            assert!(asked.len() == 1 && asked[0].starts_with("D3: "), "{heading} {typed}: {asked:?}");
            assert!(asked[0].contains("Correct it in the file or leave the row out"), "{typed}: {asked:?}");
        }
    }
}

#[test]
fn a_dash_instead_of_the_remark_ends_the_question() {
    for typed in SEVERAL.iter().chain(WRONG) {
        let mut said = Corrections::default();
        said.cells.insert((String::new(), "D2".into()), "-".into());
        let text = format!("Date,School,Pupils,Notes\n05/03/2018,Oak,30,\"{typed}\"\n");
        let history = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
        assert!(history.doubts.is_empty() && history.unsure.is_empty(), "{typed}");
    }
}

#[test]
fn remarks_of_other_visits_or_of_things_are_not() {
    for typed in [
        "part 1 of 2",
        "session 2 of 3",
        "second of 2 visits",
        "would like 2 sessions next year",
        "wants 3 more visits",
        "Year 2 visits planned for May",
        "held over two sessions",
        "2 classes together",
        "2 TAs",
        "packs x 30",
        "x30 leaflets left",
        "2x staff",
        "visited hall first",
        "also did a quiz",
        "repeat visit",
        "very good, should be repeated",
        "more chairs should be put out",
        "actually very good",
        "joint with Y5",
        "combined with Y4 class",
        "shared with staff",
        "swapped rooms with Y2",
        "ignored the bell",
        "duplicate keys cut",
        "wrong hall booked so used library",
        "rang twice to confirm",
        "both classes loved it",
        "parking hard",
        "Joint session with Y4",
        "Wrong date on the poster",
        "Wrong school on the invoice",
        "Two visits a year agreed",
        "used hall instead",
        "came back for the keys",
        "not great, not bad",
        "also saw the head",
        "already knew a lot",
        "30 not bad at all",
        "very keen, also Mon club wants it",
    ] {
        assert!(asked("Notes", "30", typed).is_empty(), "{typed}: {:?}", asked("Notes", "30", typed));
    }
}
