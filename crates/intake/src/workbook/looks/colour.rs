//! The colours of cells: of their fill, and of their text.

use std::collections::HashMap;

/// The most runs of coloured cells that are kept of a workbook. Where there are more, those behind are not known.
pub(in crate::workbook) const MOST_RUNS: usize = 200_000;
/// Above it a number is no colour that can be shown.
const MOST_RGB: u32 = 0x00FF_FFFF;
const WHITE: u32 = 0x00FF_FFFF;
/// A text of which all parts are darker is black to whoever reads it.
const BLACK: u8 = 0x40;

/// A colour. Of some a file does not say how they look: they are known to be the same or another, no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Colour(u32);

impl Colour {
    /// One of red, green and blue, each a byte.
    pub(crate) fn rgb(rgb: u32) -> Self {
        Self(rgb & MOST_RGB)
    }

    /// One of which only a number is known.
    pub(crate) fn unknown(number: u32) -> Self {
        Self(MOST_RGB + 1 + (number & MOST_RGB))
    }

    /// Its red, green and blue; none where that is not known.
    pub(crate) fn parts(self) -> Option<[u8; 3]> {
        let [_, red, green, blue] = self.0.to_be_bytes();
        (self.0 <= MOST_RGB).then_some([red, green, blue])
    }

    /// Red, green and blue of a colour of which they are not known: others that are not known have other ones.
    pub(crate) fn made_up(self) -> [u8; 3] {
        let [_, high, middle, low] = self.0.to_be_bytes();
        [0x80 | high >> 1, middle >> 1, 0x80 | low >> 1]
    }

    /// The same as a number that is never 0.
    pub(in crate::workbook) fn number(self) -> u32 {
        self.0 + 1
    }

    /// The other way about.
    pub(in crate::workbook) fn of_number(number: u32) -> Option<Self> {
        number.checked_sub(1).map(|number| Self(number & (2 * MOST_RGB + 1)))
    }
}

/// How a cell is coloured. White fill, black text and white text are no colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Paint {
    /// The colour behind its text.
    pub fill: Option<Colour>,
    /// The colour of its text.
    pub text: Option<Colour>,
}

impl Paint {
    pub(in crate::workbook) fn of(fill: Option<Colour>, text: Option<Colour>) -> Self {
        let is_black = |colour: &Colour| colour.parts().is_some_and(|parts| parts.iter().all(|part| *part < BLACK));
        Self {
            fill: fill.filter(|colour| colour.0 != WHITE),
            text: text.filter(|colour| colour.0 != WHITE && !is_black(colour)),
        }
    }

    /// Whether it is none.
    pub(crate) fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// Cells beside one another that are coloured alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::workbook) struct Run {
    /// From 1.
    pub row: u32,
    /// Their first and their last column, from 0.
    pub columns: (u32, u32),
    /// Which of the palette.
    pub paint: u16,
}

/// How the cells of a sheet are coloured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Colours {
    pub(in crate::workbook) palette: Vec<Paint>,
    /// In their order.
    pub(in crate::workbook) runs: Vec<Run>,
    /// The row from which on nothing is known: there were too many.
    pub(in crate::workbook) unknown_from: Option<u32>,
}

impl Colours {
    /// Whether no cell is known to be coloured.
    pub(crate) fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.unknown_from.is_none()
    }

    /// Whether a row lies behind those whose colours are known.
    pub(crate) fn is_unknown(&self, row: u32) -> bool {
        self.unknown_from.is_some_and(|from| from <= row)
    }

    /// The coloured cells of a row from left to right: their first and last column, and how they are coloured.
    pub(crate) fn of_row(&self, row: u32) -> impl Iterator<Item = ((u32, u32), Paint)> {
        let start = self.runs.partition_point(|run| run.row < row);
        let of_row = self.runs[start..].iter().take_while(move |run| run.row == row);
        of_row.map(|run| (run.columns, self.palette.get(usize::from(run.paint)).copied().unwrap_or_default()))
    }

    /// How a cell is coloured: row from 1, column from 0.
    pub(crate) fn at(&self, row: u32, column: usize) -> Paint {
        let holds = |(first, last): (u32, u32)| u32::try_from(column).is_ok_and(|at| (first..=last).contains(&at));
        self.of_row(row).find(|(columns, _)| holds(*columns)).map_or(Paint::default(), |(_, paint)| paint)
    }

    /// Takes a fill for none.
    pub(crate) fn forget(&mut self, fill: Colour) {
        for paint in &mut self.palette {
            paint.fill = paint.fill.filter(|colour| *colour != fill);
        }
    }
}

/// Gathers the colours of a workbook, sheet by sheet.
pub(in crate::workbook) struct Painter {
    room: usize,
    sheet: Colours,
    known: HashMap<Paint, u16>,
}

impl Default for Painter {
    fn default() -> Self {
        Self { room: MOST_RUNS, sheet: Colours::default(), known: HashMap::new() }
    }
}

impl Painter {
    /// Adds cells of a row: the first and the last column of them.
    pub(in crate::workbook) fn paint(&mut self, row: u32, (first, last): (u32, u32), paint: Paint) {
        let Self { room, sheet, known } = self;
        if paint.is_none() || first > last || sheet.is_unknown(row) {
            return;
        }
        if let Some(run) = sheet.runs.last_mut()
            && run.row == row
            && run.columns.1.checked_add(1) == Some(first)
            && sheet.palette.get(usize::from(run.paint)) == Some(&paint)
        {
            run.columns.1 = last;
            return;
        }
        let next = u16::try_from(sheet.palette.len()).ok();
        let Some(number) = known.get(&paint).copied().or(next).filter(|_| *room > 0) else {
            sheet.unknown_from = Some(sheet.unknown_from.map_or(row, |from| from.min(row)));
            return;
        };
        if Some(number) == next {
            known.insert(paint, number);
            sheet.palette.push(paint);
        }
        *room -= 1;
        sheet.runs.push(Run { row, columns: (first, last), paint: number });
    }

    /// Ends a sheet: how its cells are coloured.
    pub(in crate::workbook) fn end(&mut self) -> Colours {
        self.known.clear();
        let mut sheet = std::mem::take(&mut self.sheet);
        sheet.runs.sort_unstable();
        sheet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn red() -> Paint {
        Paint::of(Some(Colour::rgb(0x00FF_0000)), None)
    }

    #[test]
    fn white_and_black_are_no_colours() {
        let of = |fill: u32, text: u32| Paint::of(Some(Colour::rgb(fill)), Some(Colour::rgb(text)));
        assert!(of(0x00FF_FFFF, 0).is_none());
        assert!(of(0x00FF_FFFF, 0x0033_3333).is_none());
        assert_eq!(of(0x00FF_0000, 0x00FF_FFFF), red());
        assert!(of(0, 0).fill.is_some(), "a black fill is one");
        assert_eq!(Colour::unknown(7).parts(), None);
        assert_ne!(Colour::unknown(7), Colour::unknown(8));
    }

    #[test]
    fn cells_beside_one_another_are_one_run() {
        let mut painter = Painter::default();
        for column in [0, 1, 2, 4] {
            painter.paint(3, (column, column), red());
        }
        painter.paint(2, (0, 900), red());
        let colours = painter.end();
        assert_eq!(colours.runs.len(), 3);
        assert_eq!((colours.at(3, 1), colours.at(3, 3), colours.at(2, 900)), (red(), Paint::default(), red()));
        assert!(painter.end().is_empty());
    }

    #[test]
    fn where_there_are_too_many_the_rest_is_not_known() {
        let mut painter = Painter::default();
        for row in 1..=200_003 {
            painter.paint(row, (0, 0), red());
        }
        let colours = painter.end();
        assert_eq!(colours.runs.len(), MOST_RUNS);
        assert!(!colours.is_unknown(200_000) && colours.is_unknown(200_001));
        painter.paint(5, (0, 0), red());
        assert!(painter.end().is_unknown(5), "of the next sheet nothing is");
    }
}
