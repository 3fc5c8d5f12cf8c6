//! How the cells of a sheet look, as a transcript says it: the count of those that are struck through, each as its row and
//! column; the count of merged ranges, each as its first and last row and column; the row from which on colours are not
//! known, or 0; the count of ways in which cells are coloured, each as the numbers of its fill and its text, or 0; and
//! runs of coloured cells, each as how many rows it lies below the one before, its first column, how many more there are
//! beside it, and which of those ways.

use super::Cursor;
use super::written::put_number;
use crate::workbook::looks::{Colour, MOST_RUNS, Paint, Run};
use crate::workbook::{Looks, Merged};

/// What is written of a sheet.
pub(super) fn put(looks: &Looks) -> Vec<u8> {
    let mut line = Vec::new();
    let count = |line: &mut Vec<u8>, length: usize| put_number(line, u32::try_from(length).unwrap_or(u32::MAX));
    count(&mut line, looks.struck.len());
    for (row, column) in &looks.struck {
        put_number(&mut line, *row);
        put_number(&mut line, *column);
    }
    count(&mut line, looks.merged.len());
    for Merged { rows, columns } in &looks.merged {
        for number in [rows.0, rows.1, columns.0, columns.1] {
            put_number(&mut line, number);
        }
    }
    let colours = &looks.colours;
    put_number(&mut line, colours.unknown_from.unwrap_or(0));
    count(&mut line, colours.palette.len());
    for paint in &colours.palette {
        for colour in [paint.fill, paint.text] {
            put_number(&mut line, colour.map_or(0, Colour::number));
        }
    }
    let mut above = 0;
    for Run { row, columns: (first, last), paint } in &colours.runs {
        for number in [row - above, *first, last - first, u32::from(*paint)] {
            put_number(&mut line, number);
        }
        above = *row;
    }
    line
}

/// What is read of it; as far as it can be.
pub(super) fn read(content: &[u8]) -> Looks {
    let mut looks = Looks::default();
    read_into(&mut Cursor { rest: content }, &mut looks);
    looks.in_order()
}

fn read_into(at: &mut Cursor<'_>, looks: &mut Looks) -> Option<()> {
    for _ in 0..at.number()? {
        looks.strike(at.number()?, at.number()?);
    }
    for _ in 0..at.number()? {
        let (first, last) = (at.number()?, at.number()?);
        looks.merge(Merged { rows: (first, last), columns: (at.number()?, at.number()?) });
    }
    let colours = &mut looks.colours;
    colours.unknown_from = Some(at.number()?).filter(|row| *row > 0);
    for _ in 0..at.number()? {
        let (fill, text) = (at.number()?, at.number()?);
        if colours.palette.len() <= usize::from(u16::MAX) {
            colours.palette.push(Paint { fill: Colour::of_number(fill), text: Colour::of_number(text) });
        }
    }
    let mut row = 0_u32;
    while colours.runs.len() < MOST_RUNS {
        row = row.checked_add(at.number()?)?;
        let first = at.number()?;
        let columns = (first, first.checked_add(at.number()?)?);
        colours.runs.push(Run { row, columns, paint: u16::try_from(at.number()?).ok()? });
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::looks::Colours;
    use proptest::prelude::*;

    fn paint() -> impl Strategy<Value = Paint> {
        let colour =
            || {
                prop::option::of((any::<u32>(), any::<bool>()).prop_map(|(number, is_known)| {
                    if is_known { Colour::rgb(number) } else { Colour::unknown(number) }
                }))
            };
        (colour(), colour()).prop_map(|(fill, text)| Paint { fill, text })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            struck in prop::collection::vec((1_u32..500_000, 0_u32..20_000), 0..5),
            merged in prop::collection::vec((1_u32..9_000, 1_u32..9_000, 0_u32..300), 0..5),
            palette in prop::collection::vec(paint(), 0..5),
            runs in prop::collection::vec((1_u32..500_000, 0_u32..9_000, 0_u32..9_000, any::<u16>()), 0..20),
            unknown_from in prop::option::of(1_u32..500_000),
        ) {
            let merged = merged.into_iter().map(|(row, more, column)| Merged { rows: (row, row + more), columns: (column, column) });
            let mut runs: Vec<Run> =
                runs.into_iter().map(|(row, first, more, paint)| Run { row, columns: (first, first + more), paint }).collect();
            runs.sort_unstable();
            let colours = Colours { palette, runs, unknown_from };
            let looks = Looks { struck, merged: merged.collect(), colours }.in_order();
            prop_assert_eq!(read(&put(&looks)), looks);
        }

        #[test]
        fn whatever_is_written_is_read_somehow(content in prop::collection::vec(any::<u8>(), 0..60)) {
            let looks = read(&content);
            prop_assert!(looks.colours.runs.is_sorted());
            for run in &looks.colours.runs {
                looks.colours.at(run.row, run.columns.0 as usize);
            }
        }
    }
}
