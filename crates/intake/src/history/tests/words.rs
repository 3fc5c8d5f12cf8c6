//! What the cells of a row say together of whether a visit took place, and who came.

use super::*;

/// What became of the visits of a table, by their rows, and the cells that are asked about for it.
fn became(text: &str) -> (Vec<(u32, Outcome, String)>, Vec<String>) {
    let history = of(text);
    let visits = history.visits.iter().map(|v| (v.row, v.outcome, v.school.clone())).collect();
    (visits, history.unsure.into_iter().map(|unsure| unsure.cell).collect())
}

#[test]
fn what_stands_beside_a_schools_name_says_what_became_of_the_visit() {
    let oak = "Oak Park Primary School";
    for (typed, outcome, school) in [
        ("CANCELLED - Oak Park Primary School", Outcome::Cancelled, oak),
        ("CANCELLED Oak Park Primary School", Outcome::Cancelled, oak),
        ("Cancelled: Oak Park Primary School", Outcome::Cancelled, oak),
        ("(cancelled) Oak Park Primary School", Outcome::Cancelled, oak),
        ("Oak Park Primary School (cancelled)", Outcome::Cancelled, oak),
        ("Oak Park Primary School cancelled - snow", Outcome::Cancelled, oak),
        ("Oak Park Primary School (did not go ahead)", Outcome::Cancelled, oak),
        ("Oak Park Primary School - CANC", Outcome::Cancelled, oak),
        ("Oak Park (hall) - cancelled", Outcome::Cancelled, "Oak Park (hall)"),
        ("Oak Park Primary School - POSTPONED", Outcome::Postponed, oak),
        ("POSTPONED – Oak Park Primary School", Outcome::Postponed, oak),
        ("Oak Park Primary School TBC", Outcome::ToConfirm, oak),
        ("TBC - Oak Park Primary School", Outcome::ToConfirm, oak),
        ("Oak Park Primary School (pm cancelled)", Outcome::ToConfirm, oak),
        ("Oak Park Primary School - cancelled?", Outcome::ToConfirm, oak),
        ("Oak Park Primary School - no show", Outcome::ToConfirm, oak),
        ("Oak Park Primary School (not cancelled)", Outcome::Held, oak),
        ("Oak Park Primary School (hall)", Outcome::Held, "Oak Park Primary School (hall)"),
        ("St Confirmation's RC Primary", Outcome::Held, "St Confirmation's RC Primary"),
        ("cancelled", Outcome::Cancelled, "cancelled"),
    ] {
        let (visits, asked) = became(&format!("Date,School,Pupils\n05/03/2018,{typed},30\n"));
        assert_eq!(visits, [(2, outcome, school.to_owned())], "{typed}");
        assert_eq!(asked.is_empty(), outcome != Outcome::ToConfirm, "{typed}: {asked:?}");
    }
}

#[test]
fn every_column_that_says_so_says_what_became_of_a_visit() {
    for (headings, row, outcome, asked) in [
        ("Year,Pupils", "cancelled,30", Outcome::Cancelled, None),
        ("Year,Pupils", "Y6,postponed", Outcome::Postponed, None),
        ("Year,Pupils", "Y6,CXL", Outcome::Cancelled, None),
        ("Year,", "Y6,cancelled", Outcome::Cancelled, None),
        ("Year,Officer", "Y6,PC Marsh", Outcome::Held, None),
        ("Year,Officer", "Y6,cancelled", Outcome::Cancelled, None),
        ("Year,Officer", "Y6,PC Marsh cancelled", Outcome::ToConfirm, Some("D3")),
        ("Topic,Pupils", "Cancer and you,30", Outcome::Held, None),
        ("Topic,Pupils", "Knife crime - postponed,30", Outcome::Postponed, None),
        // A second column of remarks is read for this alone.
        ("Notes,Comments", "late start,cancelled by school", Outcome::Cancelled, None),
        ("Notes,Status", "late start,No", Outcome::Cancelled, None),
        ("Notes,Status", "late start,held", Outcome::Held, None),
        ("Notes,Status", "late start,", Outcome::Held, None),
        ("Notes,Status", "late start,Planned", Outcome::ToConfirm, Some("D3")),
        ("Notes,Status", "cancelled,Delivered", Outcome::ToConfirm, Some("C3")),
        ("Notes,Status", "school closed early,Delivered", Outcome::Held, None),
        ("Notes,Delivered?", "late start,no", Outcome::Cancelled, None),
        ("Notes,Delivered?", "late start,✓", Outcome::Held, None),
        ("Notes,Cancelled?", ",Y", Outcome::Cancelled, None),
        ("Notes,Cancelled?", ",N", Outcome::Held, None),
        ("Notes,Cancelled?", ",snow", Outcome::ToConfirm, Some("D3")),
        ("Status,Reason for cancellation", "Cancelled,snow", Outcome::Cancelled, None),
        ("Notes,Reason for cancellation", ",snow", Outcome::ToConfirm, Some("D3")),
        ("Session delivered,Pupils", "No,30", Outcome::Cancelled, None),
        ("Status,Pupils", "not cancelled,30", Outcome::Held, None),
        ("Status,Pupils", "paid,30", Outcome::Held, None),
        ("Status,Pupils", "on file,30", Outcome::ToConfirm, Some("C3")),
        ("Payment status,Pupils", "paid,30", Outcome::Held, None),
        // “Outcome” holds remarks as often as not.
        ("Outcome,Pupils", "good questions,30", Outcome::Held, None),
        ("Outcome,Pupils", "Canc - snow,30", Outcome::Cancelled, None),
    ] {
        let (visits, cells) = became(&format!("Date,School,{headings}\n02/03/2018,Elm,,\n05/03/2018,Oak,{row}\n"));
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        assert_eq!((visits[1].1, cells), (outcome, asked.into_iter().collect()), "{headings}: {row}");
    }
    let (visits, cells) = became("Date,School,Outcome\n05/03/2018,Oak,held\n06/03/2018,Elm,fire drill\n");
    assert_eq!((visits[1].1, cells), (Outcome::ToConfirm, vec!["C3".to_owned()]));
    // A date's cell that says so is a date all the same.
    let history = of("Date,School\n05/03/2018 CANC,Oak\n");
    assert_eq!((history.visits[0].outcome, history.visits[0].on.is_some()), (Outcome::Cancelled, true));
}

#[test]
fn a_status_column_of_many_other_texts_holds_remarks() {
    let rows = |status: &dyn Fn(usize) -> String| -> String {
        (1..=28).map(|day| format!("{day:02}/03/2018,Oak {day},{}\n", status(day))).collect()
    };
    let (_, asked) = became(&format!("Date,School,Status\n{}", rows(&|day| format!("remark {day}"))));
    assert!(asked.is_empty(), "{asked:?}");
    let (_, asked) = became(&format!("Date,School,Status\n{}", rows(&|_| "open".to_owned())));
    assert_eq!(asked.len(), 28, "one text that is not understood is one question");
}

#[test]
fn each_half_of_a_line_has_its_own_outcome() {
    let history = of(
        "Date,AM school,AM nos,PM school,PM nos,Notes\n15/01/2019,Oak (cancelled),30,Elm,28,\n16/01/2019,Oak - canc,30,same,28,\n17/01/2019,Oak,30,Elm,cancelled,\n",
    );
    let outcomes: Vec<_> = history.visits.iter().map(|v| (v.school.as_str(), v.outcome)).collect();
    assert_eq!(
        outcomes,
        [
            ("Oak", Outcome::Cancelled),
            ("Elm", Outcome::Held),
            ("Oak", Outcome::Cancelled),
            ("Oak", Outcome::ToConfirm),
            ("Oak", Outcome::Held),
            ("Elm", Outcome::Cancelled),
        ]
    );
    assert_eq!(history.unsure.iter().map(|u| u.cell.as_str()).collect::<Vec<_>>(), ["D3"]);
}

#[test]
fn why_it_was_cancelled_is_read_from_the_cells_that_say_so() {
    for (headings, row, reason) in [
        ("Status,Reason for cancellation", "Cancelled,snow", Reason::SchoolClosed),
        ("Notes,Status", "van broke down,No", Reason::Vehicle),
        ("Pupils,Notes", "30,School withdrew", Reason::NoLongerNeeded),
        ("Pupils,Status", "30,abandoned - fire alarm", Reason::Other),
    ] {
        let history = of(&format!("Date,School,{headings}\n02/03/2018,Elm,,\n05/03/2018,Oak,{row}\n"));
        assert_eq!((history.visits[1].outcome, history.visits[1].reason), (Outcome::Cancelled, reason), "{row}");
    }
    let history = of("Date,School\n05/03/2018,Oak (cancelled - staff sickness)\n");
    assert_eq!(history.visits[0].reason, Reason::Sickness);
}

#[test]
fn year_groups_that_are_not_understood_are_asked_about_at_their_cell() {
    for (heading, typed, wanted, asked) in [
        ("Year group", "3/4", "Y3;Y4", false),
        ("Year group", "Willow class", "", false),
        ("Year group", "Y15", "", true),
        ("Year group", "2016-06-05", "", true),
        ("KS", "2", "Y3;Y4;Y5;Y6", false),
        ("Key stage", "1/2", "Y1;Y2;Y3;Y4;Y5;Y6", false),
        ("Class", "Y5", "Y5", false),
        ("Class", "5", "", true),
        ("Age group", "10/11", "", true),
        ("Class / year", "5", "Y5", false),
    ] {
        let history = of(&format!("Date,School,{heading}\n05/03/2018,Oak,{typed}\n"));
        assert_eq!(words_of(&history.visits[0].years), wanted, "{heading}: {typed}");
        let cells: Vec<_> = history.doubts.iter().map(|d| (d.cell.as_str(), d.about)).collect();
        assert_eq!(cells, if asked { vec![("C2", Role::Years)] } else { vec![] }, "{heading}: {typed}");
    }
    let history = of("Date,School,Year\n05/03/2018,Oak,05-Jun\n");
    assert!(history.doubts[0].message.contains("5/6"), "{}", history.doubts[0].message);
}
