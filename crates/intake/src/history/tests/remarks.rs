//! Remarks of rows with and without pupils: what is decided, what is asked, and what is of another thing.

use super::*;

/// What became of the visit of a log whose other rows say nothing.
fn became(heading: &str, pupils: &str, typed: &str) -> Outcome {
    let history =
        of(&format!("Date,School,Pupils,{heading}\n02/03/2018,Elm,31,\n05/03/2018,Oak,{pupils},\"{typed}\"\n"));
    let outcome = history.visits[1].outcome;
    assert_eq!(history.unsure.len(), usize::from(outcome == Outcome::ToConfirm), "{heading} {typed}");
    outcome
}

#[test]
fn remarks_that_may_say_that_nothing_took_place_are_asked_about() {
    for typed in [
        "lockdown",
        "closed",
        "N/A closed",
        "off",
        "x",
        "DNR",
        "DNA",
        "strike day",
        "sch forgot",
        "tbd",
        "shut",
        "bank hol",
        "did not arrive",
        "never arrived",
        "missed",
        "forgot",
        "nobody",
        "rejected",
        "suspended",
        "adjourned",
        "c/l",
        "inset day",
        "isolating",
        "gave slot to Wibsey",
        "Closed due to snow",
        "school forgot",
        "Unsuccessful",
        "Failed",
        "Not seen",
        "No contact",
        "Lost",
    ] {
        for heading in ["Remarks", "Comments", "Outcome"] {
            assert_eq!(became(heading, "28", typed), Outcome::ToConfirm, "{heading}: {typed}");
        }
    }
    for typed in ["school forgot we were coming", "lost to snow", "school to ring back", "school not expecting us"] {
        assert_eq!(became("Remarks", "28", typed), Outcome::ToConfirm, "{typed}");
    }
    for typed in ["postp.", "bumped to June"] {
        assert_eq!(became("Remarks", "28", typed), Outcome::Postponed, "{typed}");
    }
    // What was cancelled is another thing, with pupils or without.
    for typed in ["kids were cancelled from swimming", "swimming cancelled so whole year came", "invoice cancelled"] {
        assert_eq!(became("Remarks", "", typed), Outcome::ToConfirm, "{typed}");
        assert_eq!(became("Remarks", "28", typed), Outcome::ToConfirm, "{typed}");
    }
    for heading in ["Payment", "Payment notes", "Paid", "Invoice"] {
        assert_eq!(became(heading, "28", "invoice cancelled"), Outcome::Held, "{heading}");
        assert_eq!(became(heading, "28", "visit cancelled"), Outcome::Cancelled, "{heading}");
    }
    assert_eq!(became("Remarks", "", "resched"), Outcome::Postponed);
    assert_eq!(became("Remarks", "", "cncld"), Outcome::Cancelled);
}

#[test]
fn cancelled_beside_pupils_who_came_is_asked_about_where_it_is_not_the_remarks_own_statement() {
    for typed in [
        "rearranged date (snow)",
        "cancelled by us, reinstated",
        "repeat of cancelled session",
        "kids brilliant, school cancelled our parking",
        "was cancelled in May, now done",
        "cancelled then reinstated",
        "previously cancelled",
        "replaces cancelled visit of 3/9",
        "PC Smith cancelled - PC Jones did it",
        "cancelled lunch",
        "school cancelled assembly",
        "head postponed lunch",
        "put off by noise",
        "cancelled our train but got there",
        "cancelled our train",
        "great group, cancelled next one",
        "was cancelled",
        "cancelled school trip",
        "did not happen as planned",
    ] {
        for heading in ["Remarks", "How did it go?", "Additional info", "Feedback", "Issues"] {
            assert_eq!(became(heading, "170", typed), Outcome::ToConfirm, "{heading}: {typed}");
        }
    }
    // What says so itself decides, with pupils who were to come as without.
    for (typed, wanted) in [
        ("cancelled", Outcome::Cancelled),
        ("Canc - snow", Outcome::Cancelled),
        ("cancelled by school", Outcome::Cancelled),
        ("CANCELLED staff sickness", Outcome::Cancelled),
        ("snow: cancelled", Outcome::Cancelled),
        ("Visit cancelled", Outcome::Cancelled),
        ("they cancelled on the day", Outcome::Cancelled),
        ("cancelled - train strike", Outcome::Cancelled),
        ("cancelled: rebooked for May", Outcome::Cancelled),
        ("Cancelled (assembly clash)", Outcome::Cancelled),
        ("rearranged for next week", Outcome::Postponed),
        ("school has cancelled", Outcome::Cancelled),
        ("did not go ahead", Outcome::Cancelled),
        ("School withdrew", Outcome::Cancelled),
        ("postponed to 3 May", Outcome::Postponed),
        ("moved to next term", Outcome::Postponed),
        ("Rescheduled - new date tbc", Outcome::Postponed),
        ("resched", Outcome::Postponed),
        ("cncld", Outcome::Cancelled),
    ] {
        for pupils in ["", "28"] {
            assert_eq!(became("Remarks", pupils, typed), wanted, "{pupils}: {typed}");
        }
    }
    // Without pupils a word behind others is enough; a status is about nothing else.
    assert_eq!(became("Remarks", "", "Mrs Khan has cancelled"), Outcome::Cancelled);
    assert_eq!(became("Remarks", "28", "Mrs Khan has cancelled"), Outcome::ToConfirm);
    assert_eq!(became("Status", "28", "Mrs Khan has cancelled"), Outcome::Cancelled);
    assert_eq!(became("Remarks", "28", "no cancellations"), Outcome::Held);
}

#[test]
fn remarks_of_other_things_are_not_asked_about() {
    for typed in [
        "school closed early after visit",
        "school to confirm numbers",
        "numbers tbc",
        "not confirmed numbers",
        "TBC lunch",
        "actor ill, understudy on",
        "actor off sick - understudy",
        "PC ill so PCSO did it",
        "staff ill but fine",
        "HT unable to attend",
        "head could not attend",
        "abandoned Q&A",
        "no show of hands",
        "letters sent home",
        "sent home letters",
        "school closes at 3",
        "stood down second officer",
        "new date for parents evening",
        "no session plan",
        "no visit pack received",
        "moved on",
        "carried forward fee",
        "will be delivered packs",
        "to rebook next year",
        "packs not delivered",
        "leaflets not delivered",
        "school will rebook",
        "rang to confirm",
        "follow-up to be arranged: date tbc",
        "lost property found",
        "hall closed so used library",
        "nobody hurt",
        "head forgot register",
        "lost property",
        "lockdown drill during session",
        "first visit since lockdown",
        "missed lunch",
        "some pupils isolating",
        "school shut gates early",
        "not yet paid",
        "provisional numbers",
        "failed to sign form",
        "no reply to email",
        "held over two sessions",
        "second visit to be booked",
    ] {
        for pupils in ["", "28"] {
            assert_eq!(became("Remarks", pupils, typed), Outcome::Held, "{typed}");
        }
    }
    // Beside them stands what is of the visit.
    for typed in [
        "school closed",
        "school closed for snow",
        "tbc",
        "date tbc",
        "actor ill",
        "staff ill",
        "unable to attend",
        "school unable to attend",
        "abandoned",
        "no show",
        "sent home",
        "stood down",
        "new date",
        "no session",
        "no visit",
        "moved",
        "carried forward",
        "will be delivered in May",
        "to rebook",
        "not delivered",
        "to confirm",
        "to be arranged",
        "school put us off",
        "not yet",
        "rebooked for next year",
    ] {
        assert_ne!(became("Remarks", "28", typed), Outcome::Held, "{typed}");
    }
}

#[test]
fn a_visit_of_no_pupils_is_asked_about_at_its_number() {
    let asked = |text: &str| {
        let history = of(text);
        history.unsure.iter().map(|unsure| (unsure.cell.clone(), unsure.typed.clone())).collect::<Vec<_>>()
    };
    let nobody = vec![("C2".to_owned(), "0 pupils".to_owned())];
    assert_eq!(asked("Date,School,Pupils,Notes\n05/03/2018,Oak,0,\n"), nobody);
    assert_eq!(asked("Date,School,Pupils,Status\n05/03/2018,Oak,0,Delivered\n"), nobody);
    assert_eq!(asked("Date,School,Pupils,Notes\n05/03/2018,Oak,0,cancelled\n"), []);
    assert_eq!(asked("Date,School,Pupils,Notes\n05/03/2018,Oak,0,staff training\n"), []);
    assert_eq!(asked("Date,School,Pupils,Notes\n05/03/2018,Oak,0 + 2 staff,\n"), []);
    assert_eq!(asked("Date,School,Pupils,Notes\n05/03/2018,Oak,,\n"), []);
    let halves = asked("Date,AM school,AM nos,PM school,PM nos\n15/01/2019,Oak,0,Elm,0\n16/01/2019,Oak,30,Elm,0\n");
    assert_eq!(halves.iter().map(|(cell, _)| cell.as_str()).collect::<Vec<_>>(), ["C2", "E2", "E3"]);
}

#[test]
fn columns_are_read_as_all_of_their_cells_show() {
    let became = |heading: &str, cells: &[&str]| {
        let rows = cells.iter().enumerate().map(|(n, cell)| format!("{:02}/03/2018,Oak {n},30,{cell}\n", n + 1));
        let history = of(&format!("Date,School,Pupils,{heading}\n{}", rows.collect::<String>()));
        history.visits.iter().map(|visit| visit.outcome).collect::<Vec<_>>()
    };
    let (held, asked) = (Outcome::Held, Outcome::ToConfirm);
    for heading in ["Status", "Booking", "Booking status", "Notes"] {
        for cell in ["Confirmed", "booked"] {
            assert_eq!(became(heading, &[cell; 4]), [held; 4], "{heading} {cell}");
            let one_other = became(heading, &[cell, cell, cell, "Provisional"]);
            assert_eq!(one_other, [held, held, held, asked], "{heading} {cell}");
        }
    }
    assert_eq!(became("Status", &["Confirmed", "Confirmed", "Confirmed", "Cancelled"])[3], Outcome::Cancelled);
    // A calendar's own words, however few.
    let calendar = ["CONFIRMED", "CANCELLED", "TENTATIVE"];
    assert_eq!(became("Status", &calendar), [held, Outcome::Cancelled, asked]);
    assert_eq!(became("Status", &["CONFIRMED"]), [held]);
    assert_eq!(became("Status", &["Checked in", "Cancelled"]), [held, Outcome::Cancelled]);
    // Beside “delivered”, “confirmed” is another thing.
    assert_eq!(became("Status", &["Confirmed", "Confirmed", "Confirmed", "Delivered"]), [asked, asked, asked, held]);
    for heading in ["Delivered", "Completed", "Held"] {
        assert_eq!(became(heading, &["PC Marsh", "Kim", "Sam & Jo"]), [held; 3], "{heading}");
        assert_eq!(became(heading, &["01/03/2018", "02/03/2018", "03/03/2018"]), [held; 3], "{heading}");
        assert_eq!(became(heading, &["PC Marsh", "Kim", "No"])[2], asked, "{heading}");
        assert_eq!(became(heading, &["Yes", "Partly", "No"]), [held, asked, Outcome::Cancelled], "{heading}");
    }
    assert_eq!(became("DNA", &["1", "3", "0"]), [held; 3]);
    assert_eq!(became("DNA", &["1", "", ""]), [asked, held, held]);
    for heading in ["Rearranged", "Rearranged?", "Moved", "Rescheduled"] {
        assert_eq!(became(heading, &["Y", "12/10/2018", "n"]), [Outcome::Postponed, Outcome::Postponed, held]);
    }
}

#[test]
fn what_may_be_said_beside_a_schools_name_is_asked_about() {
    let name = "Eldwick Primary School";
    for beside in [" - moved to Oct", " DNA", " - DNA", " ?", " - rebooked", " - ?", " (?)"] {
        let history = of(&format!("Date,School,Pupils\n05/03/2018,{name}{beside},30\n"));
        let visit = &history.visits[0];
        assert_eq!((visit.outcome, visit.school.as_str()), (Outcome::ToConfirm, name), "{beside}");
    }
    let history = of("Date,School,Pupils\n05/03/2018,Moved to Oak Primary School,30\n");
    let visit = &history.visits[0];
    assert_eq!((visit.outcome, visit.school.as_str()), (Outcome::ToConfirm, "Oak Primary School"));
    let history = of("Date,School,Pupils\n05/03/2018,Moved House Primary School,30\n");
    assert_eq!(history.visits[0].outcome, Outcome::Held);
}

#[test]
fn what_stands_over_rows_of_visits_to_come_is_asked_about() {
    for over in [
        "To be rearranged",
        "Rearranged visits",
        "Schools that declined",
        "Schools still to visit",
        "Outstanding visits",
        "Unable to visit",
        "Schools we could not visit",
        "Not visited",
        "Provisional programme 2018/19",
        "DRAFT visits",
        "Still to book",
    ] {
        let history = of(&format!("Date,School,Pupils\n05/03/2018,Oak,30\n{over},,\n06/03/2018,Elm,30\n"));
        let outcomes: Vec<_> = history.visits.iter().map(|visit| visit.outcome).collect();
        assert_eq!(outcomes, [Outcome::Held, Outcome::ToConfirm], "{over}");
        let history = of(&format!("{over},,\nDate,School,Pupils\n05/03/2018,Oak,30\n"));
        assert_eq!(history.visits[0].outcome, Outcome::ToConfirm, "title {over}");
    }
    let history = of("Visits (cancelled ones removed),,\nDate,School,Pupils\n05/03/2018,Oak,30\n");
    assert_eq!(history.visits[0].outcome, Outcome::Held);
}

#[test]
fn a_remark_that_repeats_the_one_above_says_what_that_one_does() {
    let history = of(
        "Date,School,Pupils,Comments\n02/03/2018,Elm,31,cancelled by school\n05/03/2018,Oak,30,ditto\n06/03/2018,Ash,30,\"\"\"\"\n\
         07/03/2018,Fir,30,lovely group\n08/03/2018,Yew,30,as above\n",
    );
    let became: Vec<Outcome> = history.visits.iter().map(|visit| visit.outcome).collect();
    let off = Outcome::Cancelled;
    assert_eq!(became, [off, off, off, Outcome::Held, Outcome::Held]);
}

#[test]
fn a_number_that_a_remark_says_otherwise_is_asked_about_once() {
    let text = "Date,School,Pupils,Comments\n02/03/2018,Elm,60,54 attended\n05/03/2018,Oak,30,30 attended\n\
        06/03/2018,Ash,,28 pupils came\n07/03/2018,Fir,60,cancelled: only 2 came\n";
    let history = of(text);
    let asked: Vec<&str> = history.doubts.iter().map(|doubt| doubt.cell.as_str()).collect();
    assert_eq!(asked, ["C2", "C4"], "{:?}", history.doubts);
    let mut said = Corrections::default();
    for (cell, typed) in [("C2", "60"), ("C4", "28")] {
        said.cells.insert((String::new(), cell.into()), typed.into());
    }
    let mended = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
    assert!(mended.doubts.is_empty(), "{:?}", mended.doubts);
    assert_eq!(mended.visits[0].count, Count::Pupils { pupils: 60, approximate: false });
    // Where no column has the number it would be lost.
    let history = of("Date,School,Comments\n02/03/2018,Elm,54 attended\n05/03/2018,Oak,\n");
    assert_eq!(history.doubts.iter().map(|doubt| doubt.cell.as_str()).collect::<Vec<_>>(), ["C2"]);
}

#[test]
fn cancelled_alone_in_a_column_of_payments_may_be_the_payment() {
    for heading in ["Invoice status", "Payment", "Paid?"] {
        assert_eq!(became(heading, "28", "Cancelled"), Outcome::ToConfirm, "{heading}");
    }
}

#[test]
fn a_remark_beside_no_number_where_others_have_one_is_asked_about() {
    let rows = (1..=8).map(|day| format!("{:02}/03/2018,Elm,30,\n", 4 + day + day / 6 * 2));
    let log = |remark: &str| {
        of(&format!("Date,School,Pupils,Comments\n{}26/03/2018,Oak,,{remark}\n", rows.clone().collect::<String>()))
    };
    for remark in ["school trip", "they had gone swimming", "PC Ahmed needed at court", "Ofsted"] {
        let history = log(remark);
        assert_eq!(history.visits[8].outcome, Outcome::ToConfirm, "{remark}");
        assert_eq!((history.unsure.len(), history.unsure[0].stands), (1, Stands::Blank), "{remark}");
    }
    for remark in [
        "",
        "numbers to follow",
        "lovely class",
        "went ahead",
        "delivered",
        "n/a",
        "no register given",
        "PC Ellis helped",
        "Stop drop and roll practised",
        "Two crews",
        "Back in June",
    ] {
        assert_eq!(log(remark).visits[8].outcome, Outcome::Held, "{remark}");
    }
    // Where numbers are seldom given, one that is not says nothing.
    let history =
        of("Date,School,Pupils,Comments\n05/03/2018,Elm,,\n06/03/2018,Oak,,school trip\n07/03/2018,Ash,30,\n");
    assert_eq!(history.visits[1].outcome, Outcome::Held);
    // What may be off, with a number or without.
    for remark in [
        "session lost",
        "had to cry off",
        "stood us down",
        "could not gain access",
        "Ofsted in",
        "staff strike",
        "decided against",
        "not interested this year",
        "apologies received",
        "no go",
    ] {
        assert_eq!(became("Notes", "28", remark), Outcome::ToConfirm, "{remark}");
    }
    assert_eq!(became("Notes", "28", "swapped to 3 June"), Outcome::Postponed);
    for remark in [
        "No hall, used classroom",
        "Difficult to gain access",
        "Could not get access to the internet",
        "Snowed in the afternoon",
        "Recalled to mind last year's visit",
        "Discussed non attendance",
        "Apologies",
    ] {
        assert_eq!(became("Notes", "28", remark), Outcome::Held, "{remark}");
    }
}
