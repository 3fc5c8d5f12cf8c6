//! What headings say.

use crate::history::Role;
use crate::history::headings::role;

#[test]
fn headings_are_known_by_their_words() {
    for (heading, wanted) in [
        ("Date ", Some(Role::Date)),
        ("When", Some(Role::Date)),
        ("School\n(and town)", Some(Role::School)),
        ("School name", Some(Role::School)),
        ("AM school", Some(Role::AmSchool)),
        ("PM nos", Some(Role::PmPupils)),
        ("Year AM", Some(Role::AmYears)),
        ("PM year group", Some(Role::PmYears)),
        ("No. of chn", Some(Role::Pupils)),
        ("Pupils", Some(Role::Pupils)),
        ("No. in session", Some(Role::Pupils)),
        ("Class size", Some(Role::Pupils)),
        ("Numbers", Some(Role::Pupils)),
        ("#", Some(Role::Pupils)),
        ("Yr Grp", Some(Role::Years)),
        ("Year", Some(Role::Years)),
        ("Class", Some(Role::Years)),
        ("Time in attendance", Some(Role::Time)),
        ("Age group", Some(Role::Years)),
        ("School year", Some(Role::Years)),
        ("Age of children", Some(Role::Years)),
        ("Notes / status", Some(Role::Notes)),
        ("Fee / notes", Some(Role::Notes)),
        ("Status", Some(Role::Notes)),
        ("Session", Some(Role::Topic)),
        ("Boys", Some(Role::Part)),
        ("No. of girls", Some(Role::Part)),
        ("Y3", Some(Role::Part)),
        ("Year 6", Some(Role::Part)),
        ("Year 6 pupils", Some(Role::Part)),
        ("Reception", Some(Role::Part)),
        ("Contact tel", None),
        ("Officer", None),
        ("Staff", None),
        ("Day", None),
        ("Y/N", None),
        ("Academic year", None),
        ("School type", None),
        ("Session no.", None),
        ("No. of sessions", None),
        ("No. of staff", None),
        ("No. absent", None),
        ("Invoice no", None),
        ("Invoice date", None),
        ("Date rang", None),
        ("Pupils on roll", None),
        ("Cost per pupil", None),
        ("Collar no.", None),
        ("Incident no", None),
        ("Show no.", None),
        ("Hall size", None),
        ("Class no.", None),
        ("Number", None),
        ("Attendance %", None),
        ("Y6 staff", None),
        ("Y6 SEND", None),
        ("Male staff", None),
        ("Boys absent", None),
        ("Date cancelled", None),
        ("Cancelled by school", None),
        ("Evening school", None),
        ("No. attended", Some(Role::Pupils)),
        ("NO. CHILD", Some(Role::Pupils)),
        ("No. ch", Some(Role::Pupils)),
        ("No. pups", Some(Role::Pupils)),
        ("Head count", Some(Role::Pupils)),
        ("Young people reached", Some(Role::Pupils)),
        ("CYP", Some(Role::Pupils)),
        ("YPs", Some(Role::Pupils)),
        ("No. engaged", Some(Role::Pupils)),
        ("No. watching", Some(Role::Pupils)),
        ("Class total", Some(Role::Pupils)),
        ("Child protection", None),
        ("Head", None),
        ("How did it go", Some(Role::Notes)),
        ("How it went", Some(Role::Notes)),
        ("No. not engaged", None),
        ("Pcode", Some(Role::Postcode)),
        ("School (contact)", Some(Role::School)),
        ("School contact", None),
        ("Contact (school)", None),
        ("Numbers of young people", Some(Role::Pupils)),
        ("", None),
    ] {
        assert_eq!(role(heading).map(|(role, _)| role), wanted, "{heading:?}");
    }
}

#[test]
fn a_number_of_the_department_is_no_headcount() {
    for heading in [
        "DfE number",
        "DCSF no",
        "Establishment number",
        "EstablishmentNumber",
        "School number",
        "School no.",
        "School code",
        "DfES Number",
        "LAESTAB",
        "LA Estab",
        "DfE",
        "LA/Est",
        "LA / Estab no",
    ] {
        assert_eq!(role(heading).map(|(role, _)| role), Some(Role::Dfe), "{heading}");
    }
    for heading in ["No. of school pupils", "School no. of children"] {
        assert_eq!(role(heading).map(|(role, _)| role), Some(Role::Pupils), "{heading}");
    }
    assert_eq!(role("No. of schools"), None);
}

#[test]
fn of_two_headings_the_one_of_what_took_place_counts() {
    for (better, worse) in [
        ("Session date", "Booking date"),
        ("Date of visit", "Date booked"),
        ("Date of visit", "Date"),
        ("Date", "Date of enquiry"),
        ("Date", "Date requested"),
        ("No. attended", "No. booked"),
        ("Actual pupils", "Expected pupils"),
        ("Pupils", "Planned pupils"),
        ("Pupils seen", "Pupils"),
        ("Year group", "Class"),
        ("Start time", "Time booked"),
        ("Topic", "Session"),
        ("School name", "Cluster school"),
        ("Visiting school", "Venue"),
        ("School", "Previous school"),
        ("Audience", "Nos"),
    ] {
        let (one, other) = (role(better).expect("a role"), role(worse).expect("a role"));
        assert_eq!(one.0, other.0, "{better}, {worse}");
        assert!(one.1 > other.1, "{better}, {worse}");
    }
}
