//! How a file of older records is laid out, where that was not understood.

use anyhow::{Context, bail};
use clap::Args;
use domain::AcademicYear;
use records::histories::{About, Choice, OUT, Role};

use super::quoted;

#[derive(Debug, Args)]
pub(super) struct Layout {
    /// Where a sheet's headings are, if they were not found: "SHEET=ROW", or "=ROW" in a CSV file; row 0 if it has none, "out" to
    /// leave the sheet out
    #[arg(long, value_name = "SHEET=ROW")]
    headings: Vec<String>,
    /// What a column holds, if that was not understood: "SHEET!C=school", or "C=school" in a CSV file; "out" if it is not to be
    /// read. A word that is none is answered with those there are. Below a sheet's first table, one is called by the row of
    /// its headings: "SHEET:30!C=school"
    #[arg(long, value_name = "SHEET!COLUMN=WHAT")]
    column: Vec<String>,
    /// The academic year of a sheet's dates without one, by its first year: "SHEET=2016", or "=2016" in a CSV file
    #[arg(long, value_name = "SHEET=YEAR")]
    year: Vec<String>,
}

impl Layout {
    /// What the options say.
    pub(super) fn choices(&self) -> anyhow::Result<Vec<Choice>> {
        let mut choices = Vec::new();
        for pair in &self.headings {
            let (sheet, row) = pair.rsplit_once('=').context("--headings is written SHEET=ROW")?;
            if row != OUT && row.parse::<u32>().is_err() {
                bail!("--headings is written SHEET=ROW, with the number of a row, or “out”: “{row}” is neither");
            }
            choices.push(Choice::new(About::Headings, sheet, row));
        }
        for pair in &self.column {
            let (place, what) = pair.rsplit_once('=').context("--column is written SHEET!COLUMN=WHAT")?;
            let (sheet, letters) = place.rsplit_once('!').unwrap_or(("", place));
            let letters = letters.to_ascii_uppercase();
            if letters.is_empty() || !letters.bytes().all(|letter| letter.is_ascii_uppercase()) {
                bail!("--column is written SHEET!COLUMN=WHAT, with the letters of the column: “{letters}” is none");
            }
            if what != OUT && Role::named(what).is_none() {
                bail!("a column cannot hold “{what}”: it holds {}", quoted(Role::ALL.into_iter().map(Role::as_str)));
            }
            choices.push(Choice::new(About::Column, format!("{sheet}\t{letters}"), what));
        }
        for pair in &self.year {
            let (sheet, year) = pair.rsplit_once('=').context("--year is written SHEET=YEAR")?;
            if !year.parse().is_ok_and(|first| AcademicYear::new(first).is_ok()) {
                bail!("--year is written SHEET=YEAR, with the first year of an academic year: “{year}” is none");
            }
            choices.push(Choice::new(About::Year, sheet, year));
        }
        Ok(choices)
    }
}

/// Refuses what is said of a sheet or table that the file has not.
pub(super) fn check(layout: &[Choice], places: &[String]) -> anyhow::Result<()> {
    let mut said = layout.iter().map(|choice| choice.place.split('\t').next().unwrap_or_default());
    let of_headings = layout.iter().filter(|choice| choice.about == About::Headings);
    if let Some(choice) = of_headings.into_iter().find(|choice| choice.place.contains(':')) {
        bail!(
            "--headings is said of a whole sheet: for “{}”, leave its columns out with --column “{}!A=out” and so on",
            choice.place,
            choice.place
        );
    }
    match said.find(|place| !places.iter().any(|of| of == place)) {
        None => Ok(()),
        Some(place) if places.iter().any(String::is_empty) => {
            bail!("the file has no sheets with names: write =ROW, or COLUMN=WHAT, without “{place}”")
        }
        Some(place) => bail!("the file has no sheet “{place}”: it has {}", quoted(places.iter().map(String::as_str))),
    }
}
