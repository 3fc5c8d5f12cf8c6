//! Figures that are more than the roll, or were mended on the page that asked about them: what the sheet says, and what
//! is recorded in its place.

use domain::attendance::Figure;

use super::comparison::{Answers, Over, OverFigure};
use super::sheet::{Group, Sheet};
use super::{Statement, field};

/// What is recorded of a figure that the sheet changes: what somebody wrote in its place, or nothing where they left it
/// out. Said of another figure than the sheet comes to by now, it says nothing.
pub(super) fn mended(
    answers: &Answers,
    group: &Group,
    figure: Figure,
    after: Option<i64>,
) -> Option<(OverFigure, Option<i64>)> {
    let on_record = group.counts.get(figure);
    let said = after.filter(|_| after != on_record)?;
    let name = field(figure, group.id);
    let answer = answers.mended.get(&name).filter(|answer| answer.on_record == after && answer.right != after)?;
    let over = OverFigure { field: name, group: group.name(), figure, said, right: answer.right };
    Some((over, answer.right.or(on_record)))
}

/// The figures of a session by which it may have come to be more than the roll, those that were mended among them.
pub(super) fn figures(found: &Sheet, statement: &Statement, mended: &[Over]) -> Vec<OverFigure> {
    let own = mended.iter().find(|over| over.session == found.session.id);
    let mut figures = own.map(|over| over.figures.clone()).unwrap_or_default();
    let changed: Vec<(&Group, i64)> = found
        .groups
        .iter()
        .filter_map(|group| Some((group, statement.groups.get(&group.id)?.pupils?)))
        .filter(|(group, pupils)| group.counts.pupils != Some(*pupils))
        .collect();
    let is_over = |(group, pupils): &(&Group, i64)| group.roll.as_ref().is_some_and(|roll| *pupils > roll.pupils);
    // Where none of them is by itself, all of them are together.
    let is_any = changed.iter().any(is_over);
    for (group, pupils) in changed.into_iter().filter(|one| !is_any || is_over(one)) {
        let field = field(Figure::Pupils, group.id);
        if figures.iter().all(|known| known.field != field) {
            let (figure, right) = (Figure::Pupils, Some(pupils));
            figures.push(OverFigure { field, group: group.name(), figure, said: pupils, right });
        }
    }
    figures
}
