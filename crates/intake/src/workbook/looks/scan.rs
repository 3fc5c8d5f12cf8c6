//! The cells of an .xlsx sheet by their styles alone: whatever else stands in its part is passed over.

use std::io::Read;

/// So many bytes of a part are looked at together.
const PIECE: usize = 1 << 16;
/// The longest tag of a cell or a row.
const LONGEST: usize = 1 << 14;

/// Shows every cell that has a style: row from 1, column from 0, style. None where the part cannot be read further.
pub(super) fn cells(mut part: impl Read, each: &mut dyn FnMut(u32, u32, usize)) -> Option<()> {
    let (mut buffer, mut held) = (vec![0; PIECE + LONGEST], 0);
    let mut place = Place::default();
    loop {
        let read = part.read(&mut buffer[held..held + PIECE]).ok()?;
        let all = held + read;
        let taken = look(&buffer[..all], &mut place, each);
        if read == 0 {
            return Some(());
        }
        // What is not finished is looked at again with what follows.
        held = all - taken;
        if held > LONGEST {
            return None;
        }
        buffer.copy_within(taken..all, 0);
    }
}

/// Where the last cell was: one without its place stands behind it.
#[derive(Default)]
struct Place {
    row: u32,
    next: u32,
}

/// Looks at whole tags; where the first that is not whole begins.
fn look(bytes: &[u8], place: &mut Place, each: &mut dyn FnMut(u32, u32, usize)) -> usize {
    let mut at = 0;
    while let Some(start) = memchr::memchr(b'<', &bytes[at..]).map(|found| at + found) {
        let rest = &bytes[start + 1..];
        let Some(name_end) = rest.iter().position(|byte| matches!(byte, b' ' | b'>' | b'/' | b'\t' | b'\r' | b'\n'))
        else {
            return start;
        };
        let name = &rest[..name_end];
        let name = name.iter().rposition(|byte| *byte == b':').map_or(name, |colon| &name[colon + 1..]);
        at = start + 1 + name_end;
        if name != b"c" && name != b"row" {
            continue;
        }
        let Some(end) = memchr::memchr(b'>', &rest[name_end..]) else { return start };
        let tag = &rest[name_end..name_end + end];
        if name == b"c" {
            cell(tag, place, each)
        } else {
            row(tag, place)
        }
        at += end;
    }
    bytes.len()
}

fn row(tag: &[u8], place: &mut Place) {
    let stated = attributes(tag).find(|(name, _)| *name == b"r").and_then(|(_, value)| number(value));
    *place = Place { row: stated.unwrap_or(place.row.saturating_add(1)), next: 0 };
}

fn cell(tag: &[u8], place: &mut Place, each: &mut dyn FnMut(u32, u32, usize)) {
    let mut style = None;
    for (name, value) in attributes(tag) {
        match name {
            b"r" => {
                let digits = value.iter().position(u8::is_ascii_digit).unwrap_or(value.len());
                if let (Some(column), Some(row)) = (column(&value[..digits]), number(&value[digits..])) {
                    *place = Place { row, next: column };
                }
            }
            b"s" => style = number(value),
            _ => {}
        }
    }
    if let Some(style) = style.and_then(|style| usize::try_from(style).ok()) {
        each(place.row, place.next, style);
    }
    place.next = place.next.saturating_add(1);
}

/// `D` as 3.
fn column(letters: &[u8]) -> Option<u32> {
    let one = |sum: u32, letter: &u8| {
        let value = letter.is_ascii_uppercase().then(|| u32::from(letter - b'A') + 1)?;
        sum.checked_mul(26)?.checked_add(value)
    };
    letters.iter().try_fold(0, one)?.checked_sub(1)
}

fn number(digits: &[u8]) -> Option<u32> {
    let one = |sum: u32, digit: &u8| {
        let value = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        sum.checked_mul(10)?.checked_add(value)
    };
    (!digits.is_empty()).then(|| digits.iter().try_fold(0, one)).flatten()
}

/// The attributes of a tag behind its name.
fn attributes(mut rest: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let equals = memchr::memchr(b'=', rest)?;
        let name = rest[..equals].trim_ascii();
        let after = rest[equals + 1..].trim_ascii_start();
        let quote = *after.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
        let end = memchr::memchr(quote, &after[1..])?;
        rest = &after[end + 2..];
        Some((name, &after[1..=end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a byte or a few at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let length = self.1.min(self.0.len()).min(into.len());
            into[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    #[test]
    fn cells_are_found_by_their_place_or_behind_the_one_before() {
        let xml = br#"<x:worksheet><x:cols><x:col min="1" s="9"/></x:cols><x:sheetData><x:row r="2" s="7"><x:c r="B2" s="1"><x:v>1</x:v></x:c>
            <x:c  t='s' s='2'/><x:c r="E2"/></x:row><x:row><x:c s="3"><x:f>IF(a&lt;b,"s=4",1)</x:f></x:c><x:c s="4"
            r="AB9"></x:c><x:c s="x"/><x:c s/></x:row></x:sheetData></x:worksheet>"#;
        for step in [1, 2, 3, 7, 1_000] {
            let mut found = Vec::new();
            cells(Slow(xml, step), &mut |row, column, style| found.push((row, column, style))).expect("a part");
            assert_eq!(found, [(2, 1, 1), (2, 2, 2), (3, 0, 3), (9, 27, 4)], "{step}");
        }
    }

    #[test]
    fn a_tag_without_an_end_is_given_up() {
        let long = [&b"<c r=\""[..], &vec![b'1'; 1 << 20]].concat();
        assert_eq!(cells(&long[..], &mut |_, _, _| {}), None);
    }
}
