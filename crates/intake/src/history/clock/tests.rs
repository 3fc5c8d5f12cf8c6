use super::*;

#[test]
fn times_are_read() {
    for (text, wanted) in [
        ("9.30", "9:30am"),
        ("1.15pm", "1:15pm"),
        ("10:00", "10am"),
        ("13:30:00", "1:30pm"),
        ("9:30:00", "9:30am"),
        ("1.15", "1:15pm"),
        ("2:00", "2pm"),
        ("9.30 a.m.", "9:30am"),
        ("am 9.30", "9:30am"),
        ("from 9.30", "9:30am"),
        ("9.30\u{2013}10.30", "9:30am"),
        ("9.30 - 10.30am", "9:30am"),
        ("9:30am to 11am", "9:30am"),
        ("11.30-12.30pm", "11:30am"),
        ("9.30-1pm", "9:30am"),
        ("1.15-2.15", "1:15pm"),
        ("1-2pm", "1pm"),
        ("11-12.30pm", "11am"),
        ("9-10.30", "9am"),
        ("1330hrs", "1:30pm"),
        ("13.30 hrs", "1:30pm"),
        ("0930h", "9:30am"),
        ("0.5625", "1:30pm"),
        ("0.395833333333333", "9:30am"),
        ("0.5", "12pm"),
        ("noon", "12pm"),
        ("12 noon", "12pm"),
        ("2016-09-12T09:30:00", "9:30am"),
    ] {
        let time = time(text).0.map(|time| time.to_string());
        assert_eq!(time.as_deref(), Some(wanted), "{text}");
        assert!(!is_unclear(text), "{text}");
    }
    assert_eq!(time("pm"), (None, Some(Half::Pm)));
    assert_eq!(time("p.m."), (None, Some(Half::Pm)));
}

#[test]
fn what_is_no_time_is_none_and_what_may_be_one_is_asked_about() {
    for (text, asked) in [
        ("all day", false),
        ("AM/PM", false),
        ("P1", false),
        ("Period 1", false),
        ("9-10", false),
        ("2 hrs", false),
        ("1.30 hrs", false),
        ("45 mins", false),
        ("9", false),
        ("tbc", false),
        ("0.123456", true),
        ("0.25", true),
        ("25:00", true),
        ("9.75", true),
        ("9.30 & 1.15", true),
        ("9.30/1.15", true),
    ] {
        assert_eq!((time(text), is_unclear(text)), ((None, None), asked), "{text}");
    }
}
