//! What a school's cell says besides the school: taken where it is plain, asked about else, and never a part of a name.

use super::found::{of, told};
use crate::history::extras::Extras;
use crate::history::*;

/// What is asked at the school's cell of a log's only visit.
fn asked(typed: &str) -> Option<String> {
    let history = of(&format!("Date,School,Pupils\n05/03/2018,\"{typed}\",30\n"));
    let asked: Vec<_> = history.doubts.iter().map(|d| (d.cell.as_str(), d.about)).collect();
    assert!(asked.is_empty() || asked == [("B2", Role::School)], "{typed}: {asked:?}");
    history.doubts.first().map(|doubt| doubt.message.clone())
}

#[test]
fn a_cell_of_several_visits_is_asked_about() {
    for typed in [
        "Farfield\nY5 a.m.\nY6 p.m.",
        "Crossley Hall x2 sessions",
        "Girlington x 2",
        "Girlington x2",
        "Girlington 2x",
        "Low Ash (2 shows)",
        "Low Ash - two performances",
        "Low Ash twice",
        "Low Ash (both sessions)",
        "Long Lee - am & pm",
        "Long Lee am/pm",
        "Long Lee (morning and afternoon)",
        "Long Lee 9.30 & 10.45",
    ] {
        let message = asked(typed).unwrap_or_default();
        assert!(message.contains("Give each visit a row of its own"), "{typed}: {message}");
    }
    // A row that is of both halves is two visits.
    let history = of("Date,School,AM nos,PM nos\n05/03/2018,Long Lee - am & pm,30,28\n");
    assert_eq!((history.visits.len(), history.doubts.len()), (2, 0));
    // Those that did not take place need not be counted.
    assert_eq!(asked("Low Ash (2 shows) - cancelled"), None);
    // The school's name alone ends the question.
    let mut said = Corrections::default();
    said.cells.insert((String::new(), "B2".into()), "Low Ash".into());
    let text = "Date,School,Pupils\n05/03/2018,Low Ash (2 shows),30\n";
    let history = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
    assert_eq!((told(&history), history.doubts.len()), (vec!["2: Low Ash 05/03/18 - 30".to_owned()], 0));
}

#[test]
fn a_cell_that_may_name_another_school_or_be_of_adults_is_asked_about() {
    for typed in ["NOT Swain House", "ex-Foxhill", "ex Foxhill Primary"] {
        assert!(asked(typed).is_some_and(|why| why.contains("may not be the school")), "{typed}");
    }
    for typed in ["Hoyle Court parents eve", "Eldwick staff meeting", "Eldwick - staff training (twilight)"] {
        assert!(asked(typed).is_some_and(|why| why.contains("adults")), "{typed}");
    }
}

#[test]
fn year_groups_and_times_beside_a_name_are_read_where_no_column_says_them() {
    for (typed, years, starts, half) in [
        ("Fagley Primary Y4", "Y4", None, None),
        ("Low Moor CE Y5 & Y6", "Y5;Y6", None, None),
        ("Low Moor CE (Yr 5/6)", "Y5;Y6", None, None),
        ("Low Moor CE Y5 & 6", "Y5;Y6", None, None),
        ("Low Moor CE year 4", "Y4", None, None),
        // The key stage may be of the building.
        ("Low Moor CE KS2 am", "", None, Some(Half::Am)),
        // Year groups that such a school does not have are somebody's slip.
        ("Oakwood Sec. Acad y4", "", None, None),
        ("Frizinghall 10.30", "", Some("10:30am"), Some(Half::Am)),
        ("Frizinghall (1.15 pm)", "", Some("1:15pm"), Some(Half::Pm)),
        ("Frizinghall 9.30 - 10.30", "", Some("9:30am"), Some(Half::Am)),
        ("Poplars Farm am", "", None, Some(Half::Am)),
        ("Ingrow pm only", "", None, Some(Half::Pm)),
        ("Ingrow - Y5 p.m.", "Y5", None, Some(Half::Pm)),
    ] {
        assert_eq!(asked(typed), None, "{typed}");
        let history =
            of(&format!("Date,Time,School,Class\n05/03/2018,,\"{typed}\",\n06/03/2018,9.15,\"{typed}\",Y2\n"));
        let [visit, other] = history.visits.as_slice() else { panic!("{typed}") };
        assert_eq!((super::words_of(&visit.years).as_str(), visit.half), (years, half), "{typed}");
        assert_eq!(visit.starts.map(|time| time.to_string()).as_deref(), starts, "{typed}");
        // Columns count before it.
        assert_eq!((super::words_of(&other.years).as_str(), other.half), ("Y2", Some(Half::Am)), "{typed}");
        assert!(history.doubts.is_empty(), "{typed}");
    }
}

#[test]
fn names_that_hold_such_words_say_nothing_else() {
    for name in [
        "St James' CE",
        "All Saints' CE Primary (Y…",
        "Park Lane",
        "Lane End 2",
        "St Paul's No 2 Infants",
        "Key Stage 4 PRU",
        "Low Moor CE - KS1",
        "CCfL Key Stage 3 PRU",
        "Eldwick Primary School (2 classes)",
        "Morningside Primary",
        "Notre Dame",
        "Exley Head",
        "Visitation Primary",
        "Teesside High (Y",
        "Ash 2",
    ] {
        assert_eq!(Extras::of(name), Extras::default(), "{name}");
    }
    let Some(folder) = super::folder() else { return };
    for file in ["gias_layout_england_2024-25.csv", "gias_layout_bradford_2023.csv"] {
        let mut list =
            csv::Reader::from_path(folder.join("../../data/register").join(file)).expect("a list of schools");
        for school in list.records().filter_map(Result::ok) {
            assert_eq!(Extras::of(&school[4]), Extras::default(), "{}", &school[4]);
        }
    }
}
