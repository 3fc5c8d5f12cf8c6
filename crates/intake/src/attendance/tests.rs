use super::*;
use proptest::prelude::*;

const GROUP: &str = "0193f0a0-0000-7000-8000-000000000001";

#[test]
fn rows_are_known_by_their_key_and_columns_by_their_heading() {
    let text = format!(
        "Tour sheet\nKey (leave as it is),Counted by,pupils who took part,\"Of these, with SEND\"\n\
         {GROUP}:,,\"\",Jo,28,\n,,,\n\"{GROUP}:30,,,\",,30,\n\"{GROUP}:,,,\",Sam,29,3\n"
    )
    .replace(&format!("{GROUP}:,,\"\","), &format!("\"{GROUP}:,,,\","));
    let Filled { rows, problems } = read(text.as_bytes(), "a.csv").unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    let told: Vec<_> = rows.iter().map(|r| (r.row, r.counts.pupils, r.counts.send, r.counted_by.as_str())).collect();
    assert_eq!(told, [(3, Some(28), None, "Jo"), (6, Some(29), Some(3), "Sam")], "row 5 is as it went out");
}

#[test]
fn a_row_that_was_copied_and_typed_over_stands_beside_its_copy() {
    let other = "0193f0a0-0000-7000-8000-000000000002";
    let text = format!(
        "Key (leave as it is),Pupils who took part\n\"{GROUP}:24,,,\",24\n\"{other}:30,,,\",30\n\"{GROUP}:24,,,\",12\n"
    );
    let Filled { rows, problems } = read(text.as_bytes(), "a.csv").unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.row, row.counts.pupils)).collect();
    assert_eq!((told, problems.len()), (vec![(2, Some(24)), (4, Some(12))], 0), "row 3 has no copy");
    assert!(rows[0].is_copy_of(&rows[1]) && !rows[0].is_copy_of(&rows[0]));
}

#[test]
fn words_beside_a_figure_are_not_lost() {
    let told = |heads: &str, row: &str| {
        let text = format!("Pupils who took part,Key (leave as it is){heads}\n{row}\n");
        let Filled { rows, problems } = read(text.as_bytes(), "a.csv").unwrap();
        // That a sheet without a figure says nothing is of the whole of it.
        let found: Vec<_> = problems.into_iter().filter_map(|p| Some((p.row?, p.column?, p.message))).collect();
        (rows.len(), found)
    };
    let (rows, found) = told("", &format!("24,\"{GROUP}:,,,\",,\"cancelled, nobody in\""));
    assert_eq!((rows, found.len(), found[0].0, found[0].1.as_str()), (1, 1, 2, "D2"), "{found:?}");
    assert!(found[0].2.contains("would be lost") && !found[0].2.contains("cancelled"), "{found:?}");
    for (heads, row) in [
        // Under a heading of somebody's own; beside no figure; a number.
        (",Remarks", format!("24,\"{GROUP}:,,,\",two were late")),
        ("", format!(",\"{GROUP}:,,,\",cancelled")),
        ("", format!("24,\"{GROUP}:24,,,\",cancelled")),
        ("", format!("24,\"{GROUP}:,,,\",7")),
    ] {
        assert_eq!(told(heads, &row).1, [], "{heads} {row}");
    }
}

#[test]
fn every_cell_that_is_wrong_is_named() {
    let text = format!(
        "Pupils who took part,Key (leave as it is)\nabout 30,\"{GROUP}:,,,\"\n28,\n28,x\n28.5,\"{GROUP}:,,,\"\n-1,\"{GROUP}:,,,\"\n29,\"{GROUP}:,,,\"\n"
    );
    let Filled { rows, problems } = read(text.as_bytes(), "a.csv").unwrap();
    assert_eq!(rows.iter().map(|r| r.row).collect::<Vec<_>>(), [7], "the rest is read all the same");
    let at: Vec<_> = problems.iter().map(|p| (p.row.unwrap(), p.column.as_deref().unwrap())).collect();
    let (pupils, key) = ("Pupils who took part", "Key (leave as it is)");
    assert_eq!(at, [(2, pupils), (3, key), (4, key), (5, pupils), (6, pupils)]);
    assert!(read(b"a,b\n1,2\n", "a.csv").unwrap_err()[0].message.contains("no attendance sheet"));
    assert!(read(b"", "a.csv").is_err());
}

#[test]
fn a_total_and_a_row_without_a_key_are_said_to_be_such() {
    let text = format!(
        "School,Pupils who took part,Key (leave as it is)\nBeck,28,\"{GROUP}:,,,\"\nBeck,20,\nTotal,9999,\nBeck,20,x\n"
    );
    let Filled { rows, problems } = read(text.as_bytes(), "a.csv").unwrap();
    let told: Vec<_> = problems.iter().map(|p| (p.row.unwrap(), p.message.as_str())).collect();
    assert_eq!((rows.len(), told.len()), (1, 3), "{told:?}");
    for ((row, message), (at, words)) in told.iter().zip([(3, "has no key"), (4, "is a total"), (5, "was changed")]) {
        assert!(*row == at && message.contains(words), "{row}: {message}");
    }
}

#[test]
fn a_column_of_ones_own_is_no_problem_and_a_renamed_one_with_words_below_is() {
    let all = "Date,Expected,Pupils who took part,\"Of these, with SEND\",Withdrawn by parents,\"Adults, staff included\",Key (leave as it is)";
    let told = |heads: &str, adults: &str| {
        let text = format!("{heads},Room,Remarks\n2026-11-10,30,28,3,0,{adults},\"{GROUP}:,,,\",12,2 were late\n");
        read(text.as_bytes(), "a.csv").unwrap().problems.into_iter().filter_map(|p| p.column).collect::<Vec<_>>()
    };
    assert!(told(all, "4").is_empty());
    assert_eq!(told(&all.replace("\"Adults, staff included\"", "Staff"), "3 TAs"), ["Staff", "Room"]);
}

#[test]
fn figures_below_a_heading_that_is_none_of_the_sheets_are_told() {
    let all = "Date,Expected,Pupils who took part,\"Of these, with SEND\",Withdrawn by parents,\"Adults, staff included\",Key (leave as it is)";
    let told = |heads: &str, row: &str| {
        let text = format!("{heads},Remarks\n{row},\"{GROUP}:,,,\",2 were late\n{row},\"{GROUP}:,,,\",\n");
        let Filled { rows, problems } = read(text.as_bytes(), "a.csv").unwrap();
        assert_eq!(rows.len(), 2, "the rest is read all the same");
        let told = |p: &Problem| (p.row, p.column.clone().unwrap_or_default(), p.message.clone());
        problems.iter().map(told).collect::<Vec<_>>()
    };
    let row = "2026-11-10,30,28,3,0,4";
    assert!(told(all, row).is_empty(), "remarks of one's own are none of the sheet's, and no figures");
    for (heads, column, says) in [
        (all.replace("\"Adults, staff included\"", "Staff"), "Staff", "those of “Adults, staff included”"),
        (all.replace("\"Adults, staff included\"", ""), "", "A column without a heading is no column"),
        (all.replace("Withdrawn by parents", "Pupils who took part"), "Pupils who took part", "stands twice"),
    ] {
        let told = told(&heads, row);
        assert_eq!(told.iter().map(|t| (t.0, t.1.as_str())).collect::<Vec<_>>(), [(Some(2), column)], "once");
        assert!(told[0].2.contains(says), "{told:?}");
    }
    let own = told(&all.replace("Date", "Boys"), &row.replace("2026-11-10", "12"));
    assert!(own.is_empty(), "no figure is missing: {own:?}");
    assert!(told(&all.replace("Expected", "Booked"), row).is_empty(), "what went out is not filled in");
    assert!(told(&all.replace("\"Adults, staff included\"", "Staff"), "2026-11-10,30,28,3,0,").is_empty());
}

proptest! {
    #[test]
    fn whatever_is_uploaded_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes, "a.csv");
        let _ = read(&[b"Pupils who took part,Key (leave as it is)\n".as_slice(), &bytes].concat(), "a.csv");
    }
}
