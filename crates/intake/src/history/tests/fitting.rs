//! Columns whose headings may be of two things: what stands below says which.

use super::found::{of, told};
use crate::history::{Half, Years};

#[test]
fn of_two_columns_the_one_that_holds_it_is_read() {
    for (table, wanted) in [
        ("Year,Date,School,Yr gp,Pupils / 2021/22,05/10/2021,Oak,Y5,30", "2: Oak 05/10/21 Y5 30"),
        ("Year,Date,School,Year group,Pupils / 2021,05/10/2021,Oak,Y5,30", "2: Oak 05/10/21 Y5 30"),
        ("Year,Date,School,Class,Pupils / 2021-2022,05/10/2021,Oak,6A,30", "2: Oak 05/10/21 Y6 30"),
        ("Year,Date,School,Pupils / 21/22,05/10/2021,Oak,30", "2: Oak 05/10/21 - 30"),
        ("Year,Date,School,Class,Pupils / 10/11,05/10/2021,Oak,Elm,30", "2: Oak 05/10/21 Y10+Y11 30"),
        ("Date,School,Audience,Pupils / 05/10/2021,Oak,Y5,30", "2: Oak 05/10/21 Y5 30"),
        ("Date,School,Pupils,Audience / 05/10/2021,Oak,30,Y5", "2: Oak 05/10/21 Y5 30"),
        ("Date,School,Target audience,Pupils / 05/10/2021,Oak,Y5,30", "2: Oak 05/10/21 Y5 30"),
        ("Date,School,Who for,Pupils / 05/10/2021,Oak,Y5,30", "2: Oak 05/10/21 Y5 30"),
        ("Date,School,Delivered to,Pupils / 05/10/2021,Oak,Y5-Y6,30", "2: Oak 05/10/21 Y5+Y6 30"),
        ("Date,School,Classes,Pupils / 05/10/2021,Oak,5H and 5P,60", "2: Oak 05/10/21 Y5 60"),
        ("Date,School,Set,Pupils / 05/10/2021,Oak,9A,30", "2: Oak 05/10/21 Y9 30"),
        ("Date,School,Form,Year,Pupils / 05/10/2021,Oak,9A,Y9,30", "2: Oak 05/10/21 Y9 30"),
        ("Date,School,Year,Who for,Pupils / 05/10/2021,Oak,Upper school,Y9,30", "2: Oak 05/10/21 Y9 30"),
        ("Date,School,Who,Pupils / 05/10/2021,Oak,PC Elm,30", "2: Oak 05/10/21 - 30"),
        ("Date,School,Children,Number / 05/10/2021,Oak,Y5,30", "2: Oak 05/10/21 Y5 30"),
        ("Date,School,Audience / 05/10/2021,Oak,30", "2: Oak 05/10/21 - 30"),
        ("Date,School,Audience,Pupils / 05/10/2021,Oak,General,30", "2: Oak 05/10/21 - 30"),
        // A column that is better headed and blank is the one that was meant.
        ("Date,School,Pupils booked,Pupils attended / 05/10/2021,Oak,30,", "2: Oak 05/10/21 - -"),
        ("Date,School,Class total / 05/10/2021,Oak,28 / 06/10/2021,Elm,31 / 07/10/2021,Ash,30", "2: Oak 05/10/21 - 28"),
        (
            "Date,School,Vaccinated,Absent / 05/10/2021,Oak,28,3 / 06/10/2021,Elm,31,2 / 07/10/2021,Ash,30,1",
            "2: Oak 05/10/21 - 28",
        ),
        ("Date,School,Present / 05/10/2021,Oak,28 / 06/10/2021,Elm,31 / 07/10/2021,Ash,30", "2: Oak 05/10/21 - 28"),
        ("Account Name,Activity Date / Oak Primary,05/10/2021", "2: Oak Primary 05/10/21 - -"),
        ("Location Name,Date/Time From / Oak Primary,05/10/2021 09:00", "2: Oak Primary 05/10/21 - -"),
        ("School (contact),Date / Oak Primary,05/10/2021", "2: Oak Primary 05/10/21 - -"),
        ("School,Day and time / Oak,\"Tuesday 5 October 2021, 9.30–10.30\"", "2: Oak 05/10/21 - -"),
        ("where,when / low ash primary,05/10/2021 / sandal,06/10/2021", "2: low ash primary 05/10/21 - -"),
    ] {
        let history = of(&table.replace(" / ", "\n"));
        assert_eq!(told(&history)[0], wanted, "{table}");
        assert_eq!(history.tables[0].open, [], "{table}");
    }
}

#[test]
fn lists_of_year_groups_are_read_as_programs_write_them() {
    for typed in [r#""[""Year 5"",""Year 6""]""#, "Year 5;#Year 6", "5;#Year 5;#6;#Year 6"] {
        let history = of(&format!("Date,School,Year groups,Pupils\n05/10/2021,Oak,{typed},30\n"));
        assert_eq!(told(&history), ["2: Oak 05/10/21 Y5+Y6 30"], "{typed}");
        assert_eq!(history.visits[0].class, "", "{typed}");
    }
}

#[test]
fn a_text_of_its_own_in_each_row_is_no_topic() {
    let topics = |rows: &str| {
        let history = of(&format!("Date,School,Title\n{}\n", rows.replace(" / ", "\n")));
        history.visits.into_iter().map(|visit| visit.topic).collect::<Vec<_>>()
    };
    let numbered = "05/10/2021,Oak,Visit 001 / 06/10/2021,Elm,Visit 002 / 07/10/2021,Ash,Visit 003";
    assert_eq!(topics(numbered), [""; 3]);
    let of_parts = "05/10/2021,Oak,Fire part 1 / 06/10/2021,Oak,Fire part 2 / 07/10/2021,Oak,Fire part 3";
    assert_eq!(topics(of_parts), ["Fire part 1", "Fire part 2", "Fire part 3"]);
    let repeated = "05/10/2021,Oak,Knives / 06/10/2021,Elm,Drugs / 07/10/2021,Ash,Knives";
    assert_eq!(topics(repeated), ["Knives", "Drugs", "Knives"]);
}

#[test]
fn numbers_of_pupils_among_the_year_groups_are_asked_about_where_no_column_has_them() {
    for typed in ["Y5/6 (27)", "\"Y6 (30), Y5 (29)\"", "Year 6 x 26"] {
        let history = of(&format!("Date,School,Year\n05/10/2021,Oak,{typed}\n"));
        let asked: Vec<_> = history.doubts.iter().map(|doubt| doubt.cell.as_str()).collect();
        assert_eq!(asked, ["C2"], "{typed}");
        let history = of(&format!("Date,School,Year,Pupils\n05/10/2021,Oak,{typed},27\n"));
        assert_eq!(history.doubts, [], "{typed}");
    }
    for typed in ["Y5", "Y5 (3 classes)", "Y5 x2"] {
        assert_eq!(of(&format!("Date,School,Year\n05/10/2021,Oak,{typed}\n")).doubts, [], "{typed}");
    }
}

#[test]
fn the_start_of_an_event_is_its_time() {
    for heading in ["Event start", "Session start", "Start of session"] {
        let history = of(&format!("Order date,Event date,{heading},School\n08/01/2024,06/02/2024,10:00,Oak\n"));
        let starts = history.visits[0].starts.map(|at| at.to_string());
        assert_eq!((starts.as_deref(), &history.tables[0].open), (Some("10am"), &Vec::new()), "{heading}");
    }
}

#[test]
fn a_quantity_is_of_tickets_where_they_are_sold_and_may_be_of_pupils() {
    let asked =
        |heads: &str| of(&format!("Date,School,{heads}\n05/10/2021,Oak,2,58\n06/10/2021,Elm,1,30\n")).doubts.len();
    assert_eq!(asked("Quantity,Pupils"), 1);
    assert_eq!(of("Date,School,Ticket type,Quantity,Pupils\n05/10/2021,Oak,Class,2,58\n").doubts, []);
    let history = of("Date,School,Qty\n05/10/2021,Oak,28\n06/10/2021,Elm,31\n07/10/2021,Ash,30\n");
    let open: Vec<_> = history.tables[0].open.iter().map(|open| (open.letters.as_str(), open.holds)).collect();
    assert_eq!(open, [("C", crate::history::Holds::Numbers)]);
}

#[test]
fn days_of_rest_and_lines_about_the_list_are_no_visits() {
    for row in [
        "05/10/2021,TRAVEL / OFF,",
        "05/10/2021,Rest day,",
        "05/10/2021,Dark (day),",
        "05/10/2021,Dark,",
        "Updated,01/06/2024,",
        "01/06/2024,Updated,",
        "Last updated,01/06/2024,",
    ] {
        let history = of(&format!("Date,School,Pupils\n04/10/2021,Oak,30\n{row}\n"));
        assert_eq!(told(&history), ["2: Oak 04/10/21 - 30"], "{row}");
        assert_eq!(history.left_out.len(), 1, "{row}");
    }
}

#[test]
fn a_row_that_corrects_another_of_its_day_is_asked_about() {
    for remark in ["corrected number", "Amended", "updated figures", "correction"] {
        let log = format!("Date,School,Pupils,Notes\n04/10/2021,Oak,118,\n04/10/2021,Oak,120,{remark}\n");
        let cells: Vec<_> = of(&log).doubts.into_iter().map(|doubt| doubt.cell).collect();
        assert_eq!(cells, ["D3"], "{remark}");
        // By itself it corrects nothing that is here.
        let alone = format!("Date,School,Pupils,Notes\n04/10/2021,Oak,120,{remark}\n");
        assert_eq!(of(&alone).doubts, [], "{remark}");
    }
    let other = "Date,School,Pupils,Notes\n04/10/2021,Oak,118,\n04/10/2021,Oak,120,new route updated on the map\n";
    assert_eq!(of(other).doubts, []);
}

#[test]
fn those_booked_are_never_taken_for_those_who_came() {
    for attended in ["all\nall\n25", "most\nfew away\n25/28", "30 Y5\n15 + 12\n25-30"] {
        let rows: String =
            (5..).zip(attended.lines()).map(|(day, n)| format!("{day:02}/03/2018,Oak,40,{n}\n")).collect();
        let history = of(&format!("Date,School,Pupils booked,Pupils attended\n{rows}"));
        let counts: Vec<_> = history.visits.iter().map(|visit| visit.count.pupils()).collect();
        assert!(!counts.contains(&Some(40)), "{attended}: {counts:?}");
    }
}

#[test]
fn a_column_of_numbers_is_no_year_groups_beside_one_that_is() {
    let history =
        of("Date,School,Year,Children\n05/03/2018,Oak,Y5,5A 30\n06/03/2018,Elm,Y6,28\n07/03/2018,Ash,Y5,5B 31\n");
    assert_eq!(history.visits[1].count.pupils(), Some(28));
    assert_eq!(history.doubts.iter().map(|d| d.cell.as_str()).collect::<Vec<_>>(), ["D2", "D4"]);
    // Next year's are not those who came.
    let history = of("Date,School,Year group,Next year group\n05/03/2018,Oak,Owls,Y6\n06/03/2018,Elm,Kites,Y5\n");
    assert!(history.visits.iter().all(|visit| visit.years == Years::Named), "{:?}", history.visits);
}

#[test]
fn ages_and_topics_are_not_taken_for_something_else() {
    for heading in ["Ages", "Age group", "Year group"] {
        let history = of(&format!("Date,School,{heading},Pupils\n05/03/2018,Oak,16-17,20\n06/03/2018,Elm,17-18,20\n"));
        assert!(
            history.doubts.len() == 2 || history.visits[0].years != Years::NotGiven,
            "{heading}: {:?}",
            history.doubts
        );
    }
    let history = of("Date,School,Age range,Pupils\n05/03/2018,Oak,5-6,20\n06/03/2018,Elm,3/4,20\n");
    assert_eq!(history.doubts.len(), 2, "{:?}", history.visits);
    // Each topic may be given once.
    let topics = ["Bullying", "Fire", "Water", "Rail", "Drugs", "Knives", "Grooming", "Roads", "Bikes", "Hate"];
    let rows: String =
        (1..).zip(topics).map(|(day, topic)| format!("{:02}/03/2018,Oak {day},{topic}\n", day)).collect();
    let history = of(&format!("Date,School,Topic\n{rows}"));
    assert_eq!(history.visits.iter().map(|visit| visit.topic.as_str()).collect::<Vec<_>>(), topics);
}

#[test]
fn one_school_of_a_line_for_two_has_all_that_is_counted_and_no_other_is_made_up() {
    let history =
        of("Date,AM school,PM school,Y5,Y6\n05/03/2018,Oak Primary,,30,28\n06/03/2018,Elm Primary,Ash Primary,20,\n");
    let found: Vec<_> = history.visits.iter().map(|v| (v.row, v.half, v.count.pupils())).collect();
    assert_eq!(found, [(2, Some(Half::Am), Some(58)), (3, Some(Half::Am), None), (3, Some(Half::Pm), None)]);
    assert_eq!(history.doubts.iter().map(|d| d.cell.as_str()).collect::<Vec<_>>(), ["D3"]);
}

#[test]
fn a_day_of_rest_with_a_class_of_thirty_is_asked_about() {
    let history =
        of("Date,School,Year,Pupils\n05/03/2018,Oak Primary,Y5,30\n06/03/2018,Rest,Y5,30\n07/03/2018,Rest,,\n");
    assert_eq!(history.visits.len(), 2);
    assert_eq!(history.doubts.iter().map(|d| d.cell.as_str()).collect::<Vec<_>>(), ["B3"]);
    assert_eq!(history.left_out.len(), 1);
}

#[test]
fn bars_of_a_financial_year_are_asked_about_until_the_autumn() {
    let log = |bars: &[&str]| -> String {
        let rows: String = bars.iter().map(|bar| format!("{bar},,\n6th,Oak Primary,30\n")).collect();
        format!("School visits 2023-24,,\nDate,School,Pupils\n{rows}")
    };
    let days = |bars: &[&str]| -> Vec<Option<String>> {
        of(&log(bars)).visits.iter().map(|visit| visit.on.map(|on| on.to_string())).collect()
    };
    let some = |day: &str| Some(day.to_owned());
    assert_eq!(days(&["APRIL", "SEPTEMBER", "MARCH"]), [None, some("2023-09-06"), some("2024-03-06")]);
    assert_eq!(days(&["SEPTEMBER", "MARCH", "JUNE"]), [some("2023-09-06"), some("2024-03-06"), some("2024-06-06")]);
}
