use chrono::NaiveDate;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn year() -> AcademicYear {
    AcademicYear::new(2026).unwrap()
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

const YEARS: Cell = Cell::Group(0, GroupField::YearGroups);
const PUPILS: Cell = Cell::Group(0, GroupField::Expected);
const SEND: Cell = Cell::Group(0, GroupField::ExpectedSend);
const NAME: Cell = Cell::Group(0, GroupField::Label);

#[test]
fn a_cell_is_read_as_people_fill_it_in() {
    for (cell, text, read) in [
        (PUPILS, " 28 ", Some("28")),
        (PUPILS, "28.0", Some("28")),
        (PUPILS, "", None),
        (PUPILS, "None", Some("")),
        (SEND, "0", Some("0")),
        (YEARS, "y5, 6", Some("Year 5 and Year 6")),
        (YEARS, "-", Some("")),
        (NAME, "6B\n and 6C", Some("6B and 6C")),
        (Cell::Days, "all on one day", Some("All on one day")),
        (Cell::PartOfDay, "Only in the morning", Some("Only in the morning")),
        (Cell::RoomForOthers, "YES", Some("Yes")),
        (Cell::AskedHow, "By email", Some("By email")),
        (Cell::Preferred, "2026-12-08, 9 Dec", Some("8 to 9 December 2026")),
        (Cell::Impossible, "1 to 3 December", Some("1 to 3 December 2026")),
        (Cell::Sessions, "12", Some("12")),
        (Cell::ContactTelephone, "01274  431000", Some("01274 431000")),
        (Cell::ContactTelephone, "7700900123", Some("07700900123")),
    ] {
        assert_eq!(cell.read(text, year()), Ok(read.map(str::to_owned)), "{cell:?} {text}");
    }
    for (cell, text, says) in [
        (PUPILS, "30 approx", "“30 approx” is no whole number from 1 to 2000"),
        (PUPILS, "0", "from 1 to"),
        (SEND, "-1", "from 0 to"),
        (Cell::Sessions, "13", "from 1 to 12"),
        (Cell::Sessions, "2.5", "no whole number"),
        (YEARS, "KS2", "no list of year groups"),
        (Cell::PartOfDay, "noon", "choose Morning or afternoon, Only in the morning or Only in the afternoon"),
        (Cell::RoomForOthers, "perhaps", "choose Yes or No"),
        (Cell::Preferred, "soon", "“soon” is not a date"),
    ] {
        let wrong = cell.read(text, year()).unwrap_err();
        assert!(wrong.contains(says), "{cell:?} {text}: {wrong}");
    }
}

fn wish() -> Wish {
    let group = |label: &str, expected, expected_send| Group {
        year_groups: "Year 6".parse().unwrap(),
        label: label.into(),
        expected,
        expected_send,
    };
    Wish {
        groups: vec![group("6A", 28, Some(3)), group("6B", 29, None)],
        sessions: 2,
        may_split: false,
        room_for_others: true,
        part_of_day: PartOfDay::Morning,
        impossible: vec![day(12, 2)],
        preferred: vec![day(12, 8), day(12, 9)],
        access_needs: "A ramp".into(),
        note: String::new(),
    }
}

fn on_record() -> Cells {
    Cells::of(&wish(), ["Sam Reed", "01274 431000", "sam@school.example"], Some(("The head", AskedBy::Telephone)))
}

#[test]
fn a_request_goes_out_and_comes_back_as_it_was() {
    let cells = on_record();
    let back: Cells = Cell::all()
        .filter_map(|cell| Some((cell, cell.read(cells.get(cell), year()).expect("what went out is read")?)))
        .collect();
    assert_eq!((back.wish(year()), back.asked_how()), ((wish(), vec![0, 1]), Some(AskedBy::Telephone)));
    assert_eq!(cells.groups(), 2);
    let key = Key::of(Uuid::nil(), Uuid::nil(), Some(&cells));
    assert!(Cell::all().all(|cell| merge(cell, &cells, &[(&key, &back)]) == Merged::Stays));
}

#[test]
fn what_is_left_blank_is_as_the_form_has_it() {
    let cells: Cells =
        [(PUPILS, "28".to_owned()), (Cell::Group(2, GroupField::Expected), "5".to_owned())].into_iter().collect();
    let (wish, at) = cells.wish(year());
    assert_eq!((wish.sessions, wish.may_split, wish.room_for_others), (1, true, false));
    assert_eq!((wish.part_of_day, wish.groups.len(), at), (PartOfDay::Any, 2, vec![0, 2]));
}

/// What was on record when a row went out, and what its cells say.
type Filled<'a> = (Option<&'a Cells>, &'a [(Cell, &'a str)]);

/// What becomes of a cell: `on_record` now, and rows each with what was on record when it went out and what it says.
fn of(cell: Cell, now: &Cells, rows: &[Filled<'_>]) -> Merged<String> {
    let rows: Vec<(Key, Cells)> = rows
        .iter()
        .map(|(base, said)| {
            let mut cells = base.cloned().unwrap_or_default();
            said.iter().for_each(|(cell, text)| cells.put(*cell, (*text).to_owned()));
            (Key::of(Uuid::nil(), Uuid::nil(), *base), cells)
        })
        .collect();
    let rows: Vec<_> = rows.iter().map(|(key, cells)| (key, cells)).collect();
    merge(cell, now, &rows)
}

#[test]
fn a_cell_is_taken_over_kept_or_asked_about() {
    let (out, blank) = (on_record(), Cells::default());
    let mut later = out.clone();
    later.put(PUPILS, "30".into());
    let mut without_first = Cells::of(&Wish { groups: vec![wish().groups[1].clone()], ..wish() }, [""; 3], None);
    without_first.put(PUPILS, "28".into());
    let becomes = |text: &str| Merged::Becomes(text.to_owned());
    let asked = |texts: &[&str]| Merged::Asked(texts.iter().map(|t| (*t).to_owned()).collect());
    let rows: [(&str, Merged<String>, Merged<String>); 9] = [
        ("as it went out", of(PUPILS, &out, &[(Some(&out), &[])]), Merged::Stays),
        ("filled in", of(PUPILS, &blank, &[(None, &[(PUPILS, "28")])]), becomes("28")),
        ("changed", of(PUPILS, &out, &[(Some(&out), &[(PUPILS, "27")])]), becomes("27")),
        ("emptied", of(SEND, &out, &[(Some(&out), &[(SEND, "")])]), becomes("")),
        (
            "two copies that agree",
            of(PUPILS, &out, &[(Some(&out), &[(PUPILS, "27")]), (Some(&out), &[(PUPILS, "27")])]),
            becomes("27"),
        ),
        (
            "two copies that differ",
            of(PUPILS, &out, &[(Some(&out), &[(PUPILS, "27")]), (Some(&out), &[(PUPILS, "26")])]),
            asked(&["26", "27"]),
        ),
        ("changed on record meanwhile, not on the sheet", of(PUPILS, &later, &[(Some(&out), &[])]), Merged::Stays),
        ("changed on both", of(PUPILS, &later, &[(Some(&out), &[(PUPILS, "27")])]), asked(&["27"])),
        (
            "another group stands there by now",
            of(PUPILS, &without_first, &[(Some(&out), &[(PUPILS, "27")])]),
            asked(&["27"]),
        ),
    ];
    for (what, is, expected) in rows {
        assert_eq!(is, expected, "{what}");
    }
    // Another copy of a sheet on which nobody had asked: only what differs from the request made meanwhile is asked.
    assert_eq!(of(PUPILS, &out, &[(None, &[(PUPILS, "28")])]), Merged::Stays);
    assert_eq!(of(PUPILS, &out, &[(None, &[(PUPILS, "25")])]), asked(&["25"]));
    assert_eq!(of(SEND, &out, &[(None, &[(PUPILS, "25")])]), Merged::Stays, "a blank says nothing");
}

#[test]
fn a_fault_may_come_of_another_cell() {
    let other_group = Cell::Group(1, GroupField::Expected);
    for (one, other, bears) in [
        (PUPILS, PUPILS, true),
        (PUPILS, SEND, true),
        (PUPILS, YEARS, false),
        (PUPILS, other_group, false),
        (other_group, Cell::Sessions, true),
        (YEARS, Cell::Sessions, false),
        (Cell::Preferred, Cell::Impossible, true),
        (Cell::AskedBy, Cell::AskedHow, true),
        (Cell::ContactName, Cell::ContactEmail, false),
    ] {
        assert_eq!((one.bears_on(other), other.bears_on(one)), (bears, bears), "{one:?} {other:?}");
    }
}

#[test]
fn columns_have_room_for_what_is_there() {
    let heads = |groups, on_behalf| columns(groups, on_behalf).into_iter().map(Column::heading).collect::<Vec<_>>();
    let all = heads(MOST_GROUPS, true);
    assert_eq!(all.len(), 4 + 8 * 4 + 13 + 2);
    let distinct: std::collections::BTreeSet<_> = all.iter().map(|head| head.to_lowercase()).collect();
    assert_eq!(distinct.len(), all.len(), "a column is told by its heading");
    let few = heads(3, false);
    assert!(!few.contains(&"Group 4: pupils".to_owned()) && !few.contains(&"Who asked".to_owned()));
}

#[test]
fn a_key_that_was_changed_is_none() {
    let key = Key::of(Uuid::from_u128(1), Uuid::from_u128(2), Some(&on_record())).to_string();
    assert_eq!(key.parse::<Key>().map(|k| k.to_string()), Ok(key.clone()));
    let bare = Key::of(Uuid::from_u128(1), Uuid::from_u128(2), None).to_string();
    let keys = [
        &key[..key.len() - 1],
        &format!("{key}-"),
        &format!("{bare}:"),
        "",
        "x.y",
        &bare[..40],
        &bare.replace('.', ":"),
    ];
    for text in keys {
        assert_eq!(text.parse::<Key>(), Err(NotAKey), "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_is_typed_is_answered_and_reads_back(text in "\\PC{0,30}") {
        for cell in Cell::all() {
            if let Ok(Some(read)) = cell.read(&text, year()) && !read.is_empty() {
                prop_assert_eq!(cell.read(&read, year()), Ok(Some(read.clone())), "{:?}", cell);
            }
        }
        let _ = text.parse::<Key>();
    }

    #[test]
    fn a_key_survives_the_round_trip(tour: u128, setting: u128, texts in prop::collection::vec("[a-z]{0,3}", 45)) {
        let cells: Cells = Cell::all().zip(texts).collect();
        for cells in [None, Some(&cells)] {
            let key = Key::of(Uuid::from_u128(tour), Uuid::from_u128(setting), cells);
            let named = key.clone().beside("Mr Shapeshifter", "St Mary’s Primary");
            let read = named.to_string().parse::<Key>().unwrap();
            prop_assert!(read == named && read.stood_as_school("ST MARY'S PRIMARY") && read.stood_as_tour("mr shapeshifter"));
            prop_assert!(!read.stood_as_school("Mr Shapeshifter") && !key.stood_as_school("St Mary’s Primary"));
            prop_assert_eq!(key.to_string().parse(), Ok(key));
        }
    }
}
