//! What becomes of each row: none vanishes.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::found::{of, told};
use crate::history::*;

#[test]
fn rows_without_a_day_or_a_school_are_asked_about() {
    for (text, wanted, left_out) in [
        (
            "Date,School,Year,Pupils\n05/09/2016,Oak,Y6,30\n,Elm Primary School,Y6,30\n07/09/2016,Ash,Y6,30\n,Newby,,\n,Thackley,Y5,\n",
            &[
                "2: Oak 05/09/16 Y6 30",
                "3: Elm Primary School - Y6 30 asked A3",
                "4: Ash 07/09/16 Y6 30",
                "5: Newby - - - asked A5",
                "6: Thackley - Y5 - asked A6",
            ][..],
            &[][..],
        ),
        // “Same” is the day above it, also where that stands alone.
        (
            "Date,School,Pupils\n05/09/2016,Oak,30\nsame,Elm,30\n06/09/2016,,\n\"\"\"\",Ash,20\n",
            &["2: Oak 05/09/16 - 30", "3: Elm 05/09/16 - 30", "5: Ash 06/09/16 - 20"],
            &[4],
        ),
        ("Date,School,Pupils\ntbc,Oak,30\n", &["2: Oak - - 30 asked A2"], &[]),
        ("Date,School,Pupils\n=DATE(2016;9;13),Oak,=15+15\n", &["2: Oak - - unclear asked A2 C2"], &[]),
        (
            "Date,School,Year,Pupils\n06/09/2016,,Y6,30\n07/09/2016,-,,28\n08/09/2016,,KS2,\n",
            &["2:  06/09/16 Y6 30 asked B2", "3:  07/09/16 - 28 asked B3", "4:  08/09/16 Y3+Y4+Y5+Y6 - asked B4"],
            &[],
        ),
        // Neither, but a second group of those above.
        (
            "Date,School,Year,Pupils\n06/09/2016,Oak,Y5,30\n,,Y6,28\n",
            &["2: Oak 06/09/16 Y5 30", "3:  - Y6 28 asked A3 B3"],
            &[],
        ),
        (
            "Date,School,Year,Pupils\n06/09/2016,Oak,Y5,30\nsame,same,Y6,28\n",
            &["2: Oak 06/09/16 Y5 30", "3: Oak 06/09/16 Y6 28"],
            &[],
        ),
        // Of two schools a line, one is named.
        (
            "Date,AM school,AM nos,PM school,PM nos\n06/09/2016,Oak,30,,28\n07/09/2016,,20,,\n",
            &["2 am: Oak 06/09/16 - 30 asked D2", "2 pm:  06/09/16 - 28 asked D2", "3 am:  07/09/16 - 20 asked B3"],
            &[],
        ),
        ("Date,AM school,PM school,Year\n06/09/2016,,,Y6\n", &["2 am:  06/09/16 Y6 - asked B2"], &[]),
        // Days without a visit, totals, bars, notes, headings once more.
        (
            "Date,School,Year,Pupils\nSEPTEMBER,,,\n05/09/2016,,,\n06/09/2016,half term,,\n07/09/2016,INSET,,\n08/09/2016,bank holiday,Y6,\n09/09/2016,Total,,60\n,Sub-total,,60\nTotal,,,60\n,,,150\nDate,School,Year,Pupils\n12/09/2016,Oak,Y6,30\n* numbers from the school office,,,\n,October,,\n",
            &["12: Oak 12/09/16 Y6 30"],
            &[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14],
        ),
        // What adds up, and what is signed below.
        (
            "Date,School,Year,Pupils\n12/09/2016,Oak,Y6,30\nCarried fwd,,,60\n,b/f,,60\nAverage,,,29.5\n,Target,,2000\nCluster 5 total,,Y6,60\nSchools reached,2,,\n,Schools reached,,2\nSigned,K Patel,,60\n13/09/2016,Target,Y6,30\n",
            &["2: Oak 12/09/16 Y6 30", "11: Target 13/09/16 Y6 30"],
            &[3, 4, 5, 6, 7, 8, 9, 10],
        ),
        // The school's column stands first, and so do months and notes.
        (
            "School,Date,Pupils\nSEPTEMBER,,\nOak,05/09/2016,30\nNB see the other list,,\nElm Primary,,\nGrand Avenue Primary,06/09/2016,20\n",
            &["3: Oak 05/09/16 - 30", "5: Elm Primary - - - asked B5", "6: Grand Avenue Primary 06/09/16 - 20"],
            &[2, 4],
        ),
        // Two rows of headings, repeated.
        (
            ",AM,,PM,\nDate,School,Nos,School,Nos\n06/09/2016,Oak,30,,\n,AM,,PM,\nDate,School,Nos,School,Nos\n07/09/2016,Elm,20,,\n",
            &["3 am: Oak 06/09/16 - 30", "6 am: Elm 07/09/16 - 20"],
            &[4, 5],
        ),
    ] {
        let history = of(text);
        let left: Vec<u32> = history.left_out.iter().map(|row| row.row).collect();
        assert_eq!(
            (told(&history), left),
            (wanted.iter().map(|w| (*w).to_owned()).collect(), left_out.to_vec()),
            "{text}"
        );
    }
}

#[test]
fn what_is_asked_says_how_to_answer_it() {
    let history = of("Date,School,Year,Pupils\n05/09/2016,Oak,Y6,30\n,Elm,Y6,30\n06/09/2016,,Y6,30\n");
    let messages: Vec<_> = history.doubts.iter().map(|d| (d.about, d.typed.as_str(), d.message.as_str())).collect();
    assert_eq!(
        messages,
        [
            (
                Role::Date,
                "",
                "No date stands here. Type one like 12/09/2016, or “same” if it is the day of the row above."
            ),
            (
                Role::School,
                "",
                "No school stands here, though the row says who came. Type its name, or “same” if it is the school of the row above; or leave the row out."
            )
        ]
    );
    let mut said = Corrections::default();
    said.cells.insert((String::new(), "A3".into()), "same".into());
    said.cells.insert((String::new(), "B4".into()), "Ash".into());
    let text = "Date,School,Year,Pupils\n05/09/2016,Oak,Y6,30\n,Elm,Y6,30\n06/09/2016,,Y6,30\n";
    let mended = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
    assert_eq!(told(&mended), ["2: Oak 05/09/16 Y6 30", "3: Elm 05/09/16 Y6 30", "4: Ash 06/09/16 Y6 30"]);
}

/// What may stand in a cell.
const TEXTS: [&str; 44] = [
    "",
    "",
    "",
    "Date",
    "School",
    "AM",
    "PM",
    "Pupils",
    "Year",
    "Notes",
    "Date of visit",
    "Booking date",
    "No. attended",
    "Boys",
    "Girls",
    "Y3",
    "Y4",
    "DfE number",
    "URN",
    "Day",
    "Total",
    "SEPTEMBER",
    "half term",
    "Peel Park Primary School",
    "Newby",
    "Oak Academy",
    "05/09/2016",
    "12/9",
    "31/11/16",
    "42625",
    "tbc",
    "\"",
    "same",
    "Y6",
    "KS2",
    "30",
    "2x30",
    "~25",
    "25-30",
    "x",
    "-",
    "canc",
    "101494",
    "Visits 2016-17",
];

/// Headings as lists have them; none: whatever comes.
const HEADS: [&str; 9] = [
    "Date,School,Year,Pupils",
    "Date,AM,PM,Notes",
    "Day,Morning,Afternoon,Notes",
    "School,Date,No. attended,No. booked",
    "Date,AM school,AM nos,PM school,PM nos",
    "Date,School,Boys,Girls,Total pupils",
    "Date,School,Y3,Y4,Y5",
    "Date,URN,Year,Pupils",
    "",
];

fn sheet() -> impl Strategy<Value = String> {
    let row = prop::collection::vec(0..TEXTS.len(), 1..7);
    let rows = prop::collection::vec(row.clone(), 0..8);
    // Each table below another has headings of its own.
    let below = prop::collection::vec((0..HEADS.len(), rows.clone()), 0..3);
    (prop::collection::vec(row, 0..3), 0..HEADS.len(), rows, below).prop_map(|(titles, head, rows, below)| {
        let line =
            |row: &Vec<usize>| row.iter().map(|at| TEXTS[*at].replace('"', "\"\"\"\"")).collect::<Vec<_>>().join(",");
        let lines = titles.iter().map(line).chain([HEADS[head].to_owned()]).chain(rows.iter().map(line));
        let others =
            below.iter().flat_map(|(head, rows)| [HEADS[*head].to_owned()].into_iter().chain(rows.iter().map(line)));
        let lines = lines.chain(others);
        lines.map(|line| format!("{line}\n")).collect()
    })
}

/// The rows of a text that hold something, by number.
fn filled(text: &str) -> BTreeSet<u32> {
    let lines = (1..).zip(text.lines());
    lines.filter(|(_, line)| line.chars().any(|c| c != ',')).map(|(number, _)| number).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_row_vanishes(text in sheet(), said in prop::option::of(0_u32..8)) {
        let mut corrections = Corrections::default();
        if let Some(row) = said {
            corrections.headings.insert(String::new(), Headings::Row(row));
        }
        let Ok(history) = read_corrected(text.as_bytes(), "log.csv", &corrections) else { return Ok(()) };
        if history.tables.is_empty() {
            prop_assert_eq!(history.skipped.iter().map(|s| s.rows).sum::<usize>(), filled(&text).len());
            return Ok(());
        }
        let visits: BTreeSet<u32> = history.visits.iter().map(|v| v.row).collect();
        let left: BTreeSet<u32> = history.left_out.iter().map(|row| row.row).collect();
        prop_assert!(visits.is_disjoint(&left));
        prop_assert_eq!(left.len(), history.left_out.len());
        let heads: BTreeSet<u32> =
            filled(&text).into_iter().filter(|row| !visits.contains(row) && !left.contains(row)).collect();
        // Headings are at most two rows, and hold neither a day nor a school's name unless a person says so.
        let of: Vec<u32> = history.tables.iter().map(|table| table.header_row).collect();
        prop_assert!(heads.iter().all(|row| of.contains(row) || of.contains(&(row + 1))), "{text}: {heads:?} of {of:?}");
        prop_assert!(of.is_sorted_by(|above, below| above < below), "{text}: {of:?}");
        let chosen = said.filter(|row| *row > 0).and_then(|row| filled(&text).range(row..).next().copied());
        for line in (1..).zip(text.lines()).filter(|(row, _)| heads.contains(row) && chosen != Some(*row)) {
            for data in ["05/09/2016", "Peel Park Primary School", "42625"] {
                prop_assert!(!line.1.contains(data), "{text}: {line:?} as headings");
            }
        }
        // A visit without a day or a school is asked about at its own row.
        for visit in &history.visits {
            let asked = |role: &[Role]| history.doubts.iter().any(|d| d.row == visit.row && role.contains(&d.about));
            prop_assert!(visit.on.is_some() || asked(&[Role::Date]), "{text}: row {}", visit.row);
            let named = [&visit.school, &visit.urn, &visit.dfe].iter().any(|text| !text.trim().is_empty());
            let of_school = [Role::School, Role::AmSchool, Role::PmSchool, Role::Urn, Role::Dfe];
            prop_assert!(named || asked(&of_school), "{text}: row {}", visit.row);
            prop_assert!(visit.count != Count::Unclear
                || asked(&[Role::Pupils, Role::Part, Role::AmPupils, Role::PmPupils]), "{text}: row {}", visit.row);
        }
    }
}

#[test]
fn a_line_between_the_rows_says_the_half_of_the_day_or_the_year_groups_of_those_below() {
    let history = of("Date,School,Yr,Pupils\n\
        Morning,,,\n05/03/2018,Oak Primary,Y5,30\n06/03/2018,Elm Primary,Y5,31\n\
        Afternoon,,,\n05/03/2018,Ash Primary,Y6,28\n");
    let halves: Vec<_> = history.visits.iter().map(|visit| visit.half).collect();
    assert_eq!(halves, [Some(Half::Am), Some(Half::Am), Some(Half::Pm)]);
    // Another line ends it.
    let history = of("Date,School,Yr,Pupils\n\
        Afternoon,,,\n05/03/2018,Oak Primary,Y5,30\nTuesday,,,\n06/03/2018,Elm Primary,Y5,31\n");
    let halves: Vec<_> = history.visits.iter().map(|visit| visit.half).collect();
    assert_eq!(halves, [Some(Half::Pm), None]);
    let history = of("Date,Time,School,Yr,Pupils\n\
        Year 5,,,,\n05/03/2018,9.30,Oak Primary,,30\n06/03/2018,1.30pm,Elm Primary,Y3,31\n\
        Year 6,,,,\n07/03/2018,,Ash Primary,,28\n\
        APRIL,,,,\n16/04/2018,,Fir Primary,,27\n");
    assert_eq!(
        told(&history),
        [
            "3: Oak Primary 05/03/18 Y5 30",
            "4: Elm Primary 06/03/18 Y3 31",
            "6: Ash Primary 07/03/18 Y6 28",
            "8: Fir Primary 16/04/18 - 27"
        ]
    );
}
