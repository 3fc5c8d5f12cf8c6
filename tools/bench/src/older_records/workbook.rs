//! A made-up workbook of older records: ten years of a police unit's sessions, a sheet a year, typed as people type.

use std::path::Path;

use anyhow::ensure;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use intake::school_list::SchoolList;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

/// The first academic year, and how many there are.
const FIRST_YEAR: i32 = 2015;
const YEARS: usize = 10;

/// The row of the headings, from 0.
const HEADER: u32 = 3;

const HEADINGS: [&str; 10] =
    ["Date", "Day", "Slot", "School", "Year group", "No. of pupils", "Session", "Status", "Officer", "Notes"];
const TOPICS: [&str; 4] = ["Online safety", "Sharing pictures", "County lines", "Knife crime"];
const OFFICERS: [&str; 5] = ["PC Example", "PCSO Sample", "Sgt Instance", "PC Specimen", "PCSO Model"];
const NOTES: [&str; 5] = ["went well", "hall booked", "asked for a follow-up", "projector did not work", "two classes"];

/// A school and the ways in which its name is typed.
struct School {
    spellings: Vec<String>,
    /// Its youngest and oldest year group.
    years: (u8, u8),
}

/// Writes `rows` rows about the schools of a list; the same seed, the same workbook.
pub(super) fn write(list: &SchoolList, rows: usize, seed: u64, path: &Path) -> anyhow::Result<()> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let schools: Vec<School> = list.rows.iter().map(|row| school(&row.name, row.ages)).collect();
    ensure!(!schools.is_empty(), "a list without schools");
    let mut workbook = Workbook::new();
    for number in 0..YEARS {
        let first = FIRST_YEAR + i32::try_from(number)?;
        let sheet = workbook.add_worksheet();
        sheet.set_name(format!("{first}-{:02}", (first + 1) % 100))?;
        sheet.write(0, 0, "Schools input log - Cyber team")?;
        for (column, heading) in (0..).zip(HEADINGS) {
            sheet.write(HEADER, column, heading)?;
        }
        let of_year = rows / YEARS + usize::from(number < rows % YEARS);
        fill(sheet, &mut random, &schools, first, of_year)?;
    }
    workbook.save(path)?;
    Ok(())
}

/// The rows of a year, day after day. A school is not visited twice in one half of a day.
fn fill(
    sheet: &mut Worksheet,
    random: &mut ChaCha8Rng,
    schools: &[School],
    first: i32,
    rows: usize,
) -> anyhow::Result<()> {
    let days = school_days(first);
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let (halves, mut row) = (days.len() * 2, HEADER);
    for half in 0..halves {
        let (day, slot) = (days[half / 2], if half % 2 == 0 { "AM" } else { "PM" });
        let many = rows / halves + usize::from(half < rows % halves);
        let chosen = schools.choose_multiple(random, many).collect::<Vec<_>>();
        ensure!(chosen.len() == many, "too few schools for {many} sessions in half a day");
        let as_cell = ExcelDateTime::from_ymd(day.year().try_into()?, day.month().try_into()?, day.day().try_into()?)?;
        for school in chosen {
            row += 1;
            match random.random_range(0..100) {
                0..80 => drop(sheet.write_with_format(row, 0, &as_cell, &date)?),
                80..95 => drop(sheet.write(row, 0, day.format("%d/%m/%y").to_string())?),
                _ => drop(sheet.write(row, 0, day.format("%-d %b %Y").to_string())?),
            }
            sheet.write(row, 1, day.format("%a").to_string())?;
            sheet.write(row, 2, slot)?;
            // One way of typing a name is the usual one.
            let spelling =
                if random.random_bool(0.5) { school.spellings.first() } else { school.spellings.choose(random) };
            sheet.write(row, 3, spelling.map_or("", String::as_str))?;
            sheet.write(row, 4, years(random, school.years))?;
            match random.random_range(0..100) {
                0..85 => drop(sheet.write(row, 5, random.random_range(12..95))?),
                85..90 => drop(sheet.write(row, 5, format!("{} approx", random.random_range(3..19) * 5))?),
                90..94 => drop(sheet.write(row, 5, format!("2x{}", random.random_range(20..31)))?),
                94..97 => drop(sheet.write(row, 5, format!("{}+2 staff", random.random_range(20..31)))?),
                _ => {}
            }
            sheet.write(row, 6, *TOPICS.choose(random).unwrap_or(&TOPICS[0]))?;
            sheet.write(
                row,
                7,
                match random.random_range(0..100) {
                    0..92 => "Delivered",
                    92..96 => "Cancelled",
                    96..99 => "Postponed",
                    _ => "tbc",
                },
            )?;
            sheet.write(row, 8, *OFFICERS.choose(random).unwrap_or(&OFFICERS[0]))?;
            if random.random_bool(0.3) {
                sheet.write(row, 9, *NOTES.choose(random).unwrap_or(&NOTES[0]))?;
            }
        }
    }
    Ok(())
}

/// The working days from September to mid-July, without August and two weeks at Christmas.
fn school_days(first: i32) -> Vec<NaiveDate> {
    let begins = NaiveDate::from_ymd_opt(first, 9, 3).unwrap_or_default();
    let all = (0..315).map(|day| begins + Days::new(day));
    all.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
        .filter(|day| !(day.month() == 12 && day.day() > 19) && !(day.month() == 1 && day.day() < 4))
        .collect()
}

/// A name as the list has it, and as people type it.
fn school(name: &str, ages: Option<(u8, u8)>) -> School {
    let short = name
        .replace("Church of England", "CofE")
        .replace("Voluntary Controlled ", "")
        .replace("Voluntary Aided ", "")
        .replace("Roman Catholic", "RC");
    let mut spellings = vec![
        short.clone(),
        name.to_owned(),
        short.replace("Primary School", "Prim Sch").replace("Junior School", "Jnr").replace("Infant School", "Inf"),
        short.to_lowercase(),
        format!(" {}", short.replace(" School", "").replace('\'', "")),
    ];
    spellings.dedup();
    let year = |age: u8| age.saturating_sub(4).min(13);
    let (low, high) = ages.unwrap_or((4, 11));
    School { spellings, years: (year(low), year(high.saturating_sub(1)).max(year(low))) }
}

/// Year groups as they are typed, some of those that a school teaches.
fn years(random: &mut ChaCha8Rng, (low, high): (u8, u8)) -> String {
    let year = random.random_range(low..=high);
    let named = |year: u8| if year == 0 { "Reception".to_owned() } else { format!("Y{year}") };
    match random.random_range(0..100) {
        0..60 => named(year),
        60..75 if year > 0 => format!("Year {year}"),
        75..85 if year > 0 && year < high => format!("Yr {year}/{}", year + 1),
        85..90 => "whole school".to_owned(),
        90..95 if year > 0 => format!("{year}B"),
        _ => named(year),
    }
}
