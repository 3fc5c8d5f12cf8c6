use super::*;

#[test]
fn sheets_and_titles_name_an_academic_year() {
    for (text, first) in [
        ("Autumn 2016", 2016),
        ("Spring 2017", 2016),
        ("Summer 17", 2016),
        ("Tour 2018-19", 2018),
        ("SEND visits 21-22", 2021),
        ("Spring term 2022", 2021),
        ("2018/2019", 2018),
        ("2018 to 2019", 2018),
        ("2018 – 19", 2018),
        ("1999/2000", 1999),
        ("1999-00", 1999),
        ("Spring 2016-17", 2016),
        ("2017 Spring", 2016),
        ("Autumn term 1 2016", 2016),
        ("Autumn 2016 and Spring 2017", 2016),
        ("Christmas tour 2016", 2016),
        ("September 2016 - July 2017", 2016),
        ("Academic year 10/11", 2010),
        ("Tour for Years 10/11 in 2018-19", 2018),
        ("KS2 ages 10-11 - Cyber visits 2018-19", 2018),
        ("Contract 21/22 - Tour 2018/19", 2018),
    ] {
        assert_eq!(academic_year(text).map(|y| y.first()), Some(first), "{text}");
    }
    for text in [
        "Sheet1",
        "Tour",
        "2018",
        "bookings@example.org / 01632 960470",
        "Years 10/11",
        "Ages 10-11",
        "10-11 year olds",
        "Updated 12-13 Sept",
        "Printed 18/19",
        "Contract 21/22",
        "Contact 01274 11 12",
        "Contact 01274 11-12",
        "11/12/13",
        "2011-12-01",
        "2016-09",
        "2016 and 2017",
        "School visits 2015-16 and 2016-17",
        "2015/16 to 2017/18",
        "Spring 2017 to Autumn 2017",
        "2015-2018",
        "2016-2017-2018",
        "Financial year 2016/17",
        "Log 41/42",
    ] {
        assert_eq!(academic_year(text), None, "{text}");
    }
}

/// Of dates without a year in December, April and August, what the titles of a sheet say.
fn years(titles: &[&str]) -> [Option<i32>; 3] {
    let months = of_titles(titles.iter().copied());
    [12, 4, 8].map(|month| months.and_then(|months| months.year_of(month)))
}

#[test]
fn titles_together_say_which_year_it_is_or_none() {
    let of = |first: i32| [Some(first), Some(first + 1), Some(first + 1)];
    for (titles, wanted) in [
        (&["Autumn 2016", "Police log 2016/17"][..], of(2016)),
        (&["Updated 12-13 Sept", "School visits 2018/19"], of(2018)),
        (&["Printed 18/19", "Police log 2016/17"], of(2016)),
        (&["Tour 18-19"], of(2018)),
        (&["SEPTEMBER 2016"], of(2016)),
        (&["July 2018", "Visits 2016/17"], of(2016)),
        // They contradict each other, or name several years.
        (&["Autumn 2017", "Police log 2016/17"], [None; 3]),
        (&["Autumn 16", "Police log 2015/16"], [None; 3]),
        (&["17-18", "Police log 2016/17"], [None; 3]),
        (&["School visits 2015-16 and 2016-17"], [None; 3]),
        (&["2015/16 to 2017/18"], [None; 3]),
        (&["2015/16 to 2017/18", "Tour 14-15"], [None; 3]),
        (&["Spring 2017 to Autumn 2017"], [None; 3]),
        // A sheet of one of the years of its title.
        (&["2016-17", "Visits 2015-2018"], of(2016)),
        // Financial years, from April to March.
        (&["Financial year 2016/17"], [Some(2016); 3]),
        (&["FY 2016-17"], [Some(2016); 3]),
        (&["FY16/17"], [Some(2016); 3]),
        (&["2016-17", "Financial year 2016/17"], [Some(2016); 3]),
        (&["April 2016 to March 2017"], [Some(2016); 3]),
        (&["1 April 2016 - 31 March 2017"], [Some(2016); 3]),
        (&["Autumn 2016", "Financial year 2016/17"], [Some(2016), None, None]),
        (&["Sept to April 2017"], [Some(2016), Some(2017), None]),
    ] {
        assert_eq!(years(titles), wanted, "{titles:?}");
    }
}

#[test]
fn lines_between_rows_name_years() {
    let academic = |first: i64| Months::academic(AcademicYear::new(first).expect("a year"));
    let around = |year, month| Some(Bar::Of(Months::month(year, month), Months::around(year, month)));
    let term = |first, months| Some(Bar::Of(months, academic(first)));
    for (text, wanted) in [
        ("SEPTEMBER 2017", around(2017, 9)),
        ("Sep-17", around(2017, 9)),
        ("Sept ’17", around(2017, 9)),
        ("Autumn 2017", term(2017, Months::new(2017, 9, 4))),
        ("Summer term 17", term(2016, Months::new(2017, 4, 5))),
        ("2017/18", Some(Bar::Of(academic(2017), academic(2017)))),
        ("17/18", Some(Bar::Of(academic(2017), academic(2017)))),
        ("School visits 2017/18", Some(Bar::Of(academic(2017), academic(2017)))),
        ("SEPT 17", Some(Bar::Perhaps(Months::month(2017, 9)))),
        ("2017", Some(Bar::Calendar(Months::new(2017, 1, 12)))),
        ("NB prices from 2017/18", Some(Bar::Unsure(academic(2017)))),
        ("* see 2017/18", Some(Bar::Unsure(academic(2017)))),
        ("SEPTEMBER", None),
        ("Autumn term", None),
        ("11/12", None),
        ("Tour 17-18", None),
        ("150", None),
        ("Oak Primary School", None),
    ] {
        assert_eq!(bar(text), wanted, "{text}");
    }
}
