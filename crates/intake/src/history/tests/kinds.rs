//! Rows of logs that are of calls, meetings, staff or parents.

use super::*;

const LOG: &str = "Date,School,KIND,Year,Pupils
20/05/2024,Oak Primary,Workshop,Y5,30
21/05/2024,Elm Primary,Phone call,,
22/05/2024,Elm Primary,Planning meeting,,
23/05/2024,Ash Primary,Staff training,,12
24/05/2024,Fir Primary,Phone call,,
03/06/2024,Fir Primary,Training,Y3,30
";

#[test]
fn rows_of_something_else_are_asked_about_at_the_cell_that_says_so() {
    for heading in [
        "Type",
        "Activity",
        "Activity type",
        "Delivery type",
        "Contact type",
        "Type of contact",
        "Event",
        "Event type",
        "Purpose",
        "Reason",
        "Session type",
        "Input",
        "Topic",
    ] {
        let history = of(&LOG.replace("KIND", heading));
        let cells: Vec<_> = history.doubts.iter().map(|doubt| doubt.cell.as_str()).collect();
        assert_eq!(cells, ["C3", "C4", "C5", "C6"], "{heading}");
        // Equal cells ask the same, so that one answer is for all.
        assert_eq!(history.doubts[0].message, history.doubts[3].message, "{heading}");
    }
}

#[test]
fn what_a_person_says_of_the_kind_is_not_asked_again() {
    let said = [((String::new(), "C3".to_owned()), "Phone call".to_owned())].into();
    let said = Corrections { cells: said, ..Corrections::default() };
    let history = read_corrected(LOG.replace("KIND", "Type").as_bytes(), "log.csv", &said).expect("a table");
    let cells: Vec<_> = history.doubts.iter().map(|doubt| doubt.cell.as_str()).collect();
    assert_eq!(cells, ["C4", "C5", "C6"]);
}

#[test]
fn how_a_visit_was_booked_is_no_kind_of_visit() {
    for heading in ["Booking method", "Booked by", "Contact", "How booked", "Reason cancelled"] {
        let csv = format!("Date,School,{heading},Pupils\n20/05/2024,Oak Primary,Email,30\n");
        let doubts = of(&csv).doubts;
        assert!(doubts.iter().all(|doubt| !doubt.message.contains("session of pupils")), "{heading}: {doubts:?}");
    }
}
