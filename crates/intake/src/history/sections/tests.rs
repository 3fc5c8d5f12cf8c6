use super::*;

#[test]
fn what_stands_over_rows_says_whether_they_took_place() {
    for text in [
        "CANCELLED VISITS",
        "Cancelled",
        "Waiting list",
        "Provisional - not confirmed",
        "Requests 2017",
        "Cancelled sessions 2016",
        "Cancelled 2016-17",
        "Postponed / cancelled",
        "Did not go ahead",
        "Not delivered",
        "To be booked",
        "Schools unit: cancelled visits 2016-17",
        "Visits cancelled by schools",
        "Tour 2018-19 (provisional)",
        "To be rearranged",
        "Rearranged visits",
        "Schools that declined",
        "Schools still to visit",
        "Outstanding visits",
        "Unable to visit",
        "Provisional programme 2018/19",
        "DRAFT visits",
        "To book",
        "Still to book",
        "Booked for next year",
        "Forthcoming visits",
    ] {
        assert_eq!(section(text), Some(Section::Off), "{text}");
    }
    for text in [
        "Cancelled: 3",
        "3 cancelled",
        "Cancelled visits are shown in red",
        "Cancelled sessions marked grey",
        "Delivered and cancelled visits",
        "Visits (cancelled ones removed)",
        "All sessions including cancelled visits",
        "Cancer awareness visits",
        "Cancellation policy",
        "Oak Primary School cancelled",
        "Peel Park Primary",
        "NB see the other list",
        "Requested topics",
        "Kept by Kim",
        "",
    ] {
        assert_eq!(section(text), None, "{text}");
    }
    assert_eq!(section("DELIVERED VISITS"), Some(Section::On));
    assert_eq!(section("Visits 2016-17"), Some(Section::Visits));
    assert_eq!(footnote("** = cancelled by school"), Some(("**", "cancelled by school")));
    assert_eq!(footnote("Oak*"), None);
}
