//! The looks of an .xlsx workbook (ECMA-376 part 1, 18.3 and 18.8).

use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Cursor, Read, Write};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::colour::{Paint, Painter};
use super::{Looks, MOST, Merged, OfSheets, keyed, painted, scan};

/// Parts that list sheets and styles are short: more of them is not looked at.
pub(super) const MOST_BYTES: u64 = 16 << 20;
/// How each merged range stands in its sheet's part.
const MERGED: &[u8] = b"mergeCell ref=\"";
/// The longest range with the letters around it: `mergeCell ref="XFD1048576:XFD1048576"`.
const LONGEST: usize = 64;
const STRUCK: &[u8] = b"strike";
/// What a sheet's part has where its texts stand in it, and not in a part of their own.
const INLINE: &[u8] = b"inlineStr";

/// What is seen of an archive while it is unpacked to be counted, so that it need not be unpacked again: most workbooks
/// have nothing struck through.
#[derive(Debug, Default)]
pub(in crate::workbook) struct Watch {
    /// The ranges merged in each part, by its name in small letters.
    merged: HashMap<String, Vec<Merged>>,
    /// Whether a style or a shared text may be struck through.
    may_be_struck: bool,
    /// Whether a sheet holds texts itself.
    has_inline: bool,
    /// Whether styles may have a colour.
    may_be_coloured: bool,
}

impl Watch {
    /// Where a part is unpacked to; none where it tells nothing.
    pub fn part(&mut self, name: &str) -> Option<Part<'_>> {
        let is_xml = name.ends_with(".xml");
        if is_xml && name.starts_with("xl/worksheets/") {
            let room = MOST.saturating_sub(self.merged.values().map(Vec::len).sum());
            let merged = self.merged.entry(name.to_owned()).or_default();
            return Some(Part { sees: Sees::Merged(merged, room, &mut self.has_inline), border: Vec::new() });
        }
        let is_styles = is_xml && name.ends_with("styles.xml");
        self.may_be_coloured |= is_styles;
        let tells = is_styles || (is_xml && name.ends_with("sharedstrings.xml"));
        tells.then(|| Part { sees: Sees::Struck(&mut self.may_be_struck), border: Vec::new() })
    }
}

enum Sees<'a> {
    /// Merged ranges, and how many there is room for; whether texts stand there.
    Merged(&'a mut Vec<Merged>, usize, &'a mut bool),
    Struck(&'a mut bool),
}

/// A part that is looked at piece by piece.
pub(in crate::workbook) struct Part<'a> {
    sees: Sees<'a>,
    /// The end of the piece before, in which something may begin.
    border: Vec<u8>,
}

impl Part<'_> {
    fn look(&mut self, bytes: &[u8]) {
        match &mut self.sees {
            Sees::Struck(struck) => **struck = **struck || memchr::memmem::find(bytes, STRUCK).is_some(),
            Sees::Merged(merged, room, has_inline) => {
                **has_inline = **has_inline || memchr::memmem::find(bytes, INLINE).is_some();
                for at in memchr::memmem::find_iter(bytes, MERGED) {
                    let range = &bytes[at + MERGED.len()..];
                    let end = range.iter().take(LONGEST).position(|byte| *byte == b'"');
                    let found = end.and_then(|end| std::str::from_utf8(&range[..end]).ok()).and_then(range_of);
                    if let Some(range) = found.filter(|_| merged.len() < *room) {
                        merged.push(range);
                    }
                }
            }
        }
    }
}

impl Write for Part<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut border = std::mem::take(&mut self.border);
        border.extend_from_slice(&bytes[..bytes.len().min(LONGEST)]);
        self.look(&border);
        self.look(bytes);
        if bytes.len() >= LONGEST {
            border.clear();
            border.extend_from_slice(&bytes[bytes.len() - LONGEST..]);
        } else {
            border.drain(..border.len().saturating_sub(LONGEST));
        }
        self.border = border;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// `A5:B8` as rows and columns.
fn range_of(text: &str) -> Option<Merged> {
    let (from, to) = text.split_once(':')?;
    let ((first_row, first), (last_row, last)) = (cell_of(from)?, cell_of(to)?);
    Some(Merged { rows: (first_row, last_row), columns: (first, last) })
}

/// `D14` as its row, from 1, and its column, from 0.
fn cell_of(text: &str) -> Option<(u32, u32)> {
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = text.split_at(digits);
    let column = letters.bytes().try_fold(0_u32, |sum, letter| {
        let value = u32::from(letter.is_ascii_uppercase().then(|| letter - b'A' + 1)?);
        sum.checked_mul(26)?.checked_add(value)
    })?;
    Some((row.parse().ok()?, column.checked_sub(1)?))
}

pub(super) fn looks(bytes: &[u8], watch: &Watch) -> Option<OfSheets> {
    let may_be_any = watch.may_be_struck || watch.may_be_coloured || !watch.merged.values().all(Vec::is_empty);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok().filter(|_| may_be_any)?;
    let paints = if watch.may_be_coloured { paints(&mut archive, watch) } else { Vec::new() };
    if !watch.may_be_struck && paints.is_empty() && watch.merged.values().all(Vec::is_empty) {
        return None;
    }
    let parts = parts_of_sheets(&mut archive)?;
    let struck = if watch.may_be_struck { Struck::of(&mut archive) } else { Struck::default() };
    let (mut found, mut painter) = (OfSheets::new(), Painter::default());
    for (sheet, part) in parts {
        let mut looks = Looks::default();
        for merged in watch.merged.get(&part.to_lowercase()).into_iter().flatten() {
            looks.merge(*merged);
        }
        if !struck.is_empty() {
            struck.find(&mut archive, &part, &mut looks);
        }
        if !paints.is_empty()
            && let Ok(part) = archive.by_name(&part)
        {
            scan::cells(part, &mut |row, column, style| {
                if let Some(paint) = paints.get(style) {
                    painter.paint(row, (column, column), *paint);
                }
            });
            looks.colours = painter.end();
        }
        found.insert(sheet, looks.in_order());
    }
    Some(found)
}

/// How the cell styles are coloured; none where no text of the workbook can be part of a key to colours.
fn paints(archive: &mut Archive<'_>, watch: &Watch) -> Vec<Paint> {
    let Some(paints) = painted::paints(archive) else { return Vec::new() };
    let has_words = |archive: &mut Archive<'_>| archive.by_name("xl/sharedStrings.xml").is_ok_and(keyed::may_be);
    if watch.has_inline || has_words(archive) { paints } else { Vec::new() }
}

pub(super) type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// The value of an attribute, whatever its name begins with.
pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(quick_xml::escape::unescape(&found.value).ok()?.into_owned())
}

/// Shows what stands in a part, one after the other: an empty element begins and ends.
pub(super) fn walk(xml: impl std::io::BufRead, each: &mut dyn FnMut(Seen<'_>)) -> Option<()> {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(start) => each(Seen::Start(start.local_name().as_ref(), &start)),
            Event::Text(text) => each(Seen::Text(&text)),
            Event::End(end) => each(Seen::End(end.local_name().as_ref())),
            Event::Eof => return Some(()),
            _ => {}
        }
    }
}

/// Something in a part; an element by its name, without what its name begins with.
pub(super) enum Seen<'a> {
    Start(&'a str, &'a BytesStart<'a>),
    Text(&'a str),
    End(&'a str),
}

/// The sheets' names, each with the name of its part.
fn parts_of_sheets(archive: &mut Archive<'_>) -> Option<Vec<(String, String)>> {
    let mut targets = HashMap::new();
    let part = archive.by_name("xl/_rels/workbook.xml.rels").ok()?.take(MOST_BYTES);
    walk(BufReader::new(part), &mut |seen| {
        if let Seen::Start("Relationship", start) = seen
            && let (Some(id), Some(target)) = (attribute(start, "Id"), attribute(start, "Target"))
        {
            let part = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            targets.insert(id, part);
        }
    })?;
    let mut sheets = Vec::new();
    let part = archive.by_name("xl/workbook.xml").ok()?.take(MOST_BYTES);
    walk(BufReader::new(part), &mut |seen| {
        if let Seen::Start("sheet", start) = seen
            && let (Some(name), Some(id)) = (attribute(start, "name"), attribute(start, "id"))
            && let Some(part) = targets.get(&id)
        {
            sheets.push((name, part.clone()));
        }
    })?;
    Some(sheets)
}

/// What is struck through in a workbook: cells of these styles, and those that show these shared texts.
#[derive(Debug, Default)]
struct Struck {
    styles: HashSet<usize>,
    texts: HashSet<usize>,
}

impl Struck {
    fn of(archive: &mut Archive<'_>) -> Self {
        Self { styles: styles(archive).unwrap_or_default(), texts: texts(archive).unwrap_or_default() }
    }

    fn is_empty(&self) -> bool {
        self.styles.is_empty() && self.texts.is_empty()
    }

    /// Finds the cells of a sheet that are.
    fn find(&self, archive: &mut Archive<'_>, part: &str, looks: &mut Looks) -> Option<()> {
        let part = archive.by_name(part).ok()?;
        // A cell without its place stands behind the one before it.
        let (mut row, mut column, mut is_text, mut in_value) = (0_u32, 0_u32, false, false);
        walk(BufReader::new(part), &mut |seen| match seen {
            Seen::Start("row", start) => {
                let stated = attribute(start, "r").and_then(|row| row.parse().ok());
                (row, column) = (stated.unwrap_or(row.saturating_add(1)), 0);
            }
            Seen::Start("c", start) => {
                if let Some(at) = attribute(start, "r").and_then(|at| cell_of(&at)) {
                    (row, column) = at;
                }
                let style = attribute(start, "s").and_then(|style| style.parse().ok());
                if style.is_some_and(|style| self.styles.contains(&style)) {
                    looks.strike(row, column);
                }
                is_text = !self.texts.is_empty() && attribute(start, "t").as_deref() == Some("s");
            }
            Seen::Start("v", _) => in_value = is_text,
            Seen::Text(text) if in_value && text.trim().parse().is_ok_and(|at| self.texts.contains(&at)) => {
                looks.strike(row, column);
            }
            Seen::End("v") => in_value = false,
            Seen::End("c") => column = column.saturating_add(1),
            _ => {}
        })
    }
}

/// Whether an element that can be switched off is on.
fn is_on(start: &BytesStart<'_>) -> bool {
    !matches!(attribute(start, "val").as_deref(), Some("0" | "false"))
}

/// The cell styles whose font is struck through, by their number.
fn styles(archive: &mut Archive<'_>) -> Option<HashSet<usize>> {
    let part = archive.by_name("xl/styles.xml").ok()?.take(MOST_BYTES);
    let (mut fonts, mut is_struck) = (Vec::new(), false);
    let (mut styles, mut number) = (HashSet::new(), 0);
    let (mut in_fonts, mut in_styles) = (false, false);
    walk(BufReader::new(part), &mut |seen| match seen {
        Seen::Start("fonts", _) => in_fonts = true,
        Seen::End("fonts") => in_fonts = false,
        Seen::Start("strike", start) if in_fonts => is_struck = is_on(start),
        Seen::End("font") if in_fonts => fonts.push(std::mem::take(&mut is_struck)),
        Seen::Start("cellXfs", _) => in_styles = true,
        Seen::End("cellXfs") => in_styles = false,
        Seen::Start("xf", start) if in_styles => {
            let font = attribute(start, "fontId").and_then(|font| font.parse::<usize>().ok());
            if font.is_some_and(|font| fonts.get(font) == Some(&true)) {
                styles.insert(number);
            }
            number += 1;
        }
        _ => {}
    })?;
    Some(styles)
}

/// The shared texts of which a part is struck through, by their number.
fn texts(archive: &mut Archive<'_>) -> Option<HashSet<usize>> {
    let part = archive.by_name("xl/sharedStrings.xml").ok()?;
    let (mut texts, mut number) = (HashSet::new(), 0);
    walk(BufReader::new(part), &mut |seen| match seen {
        Seen::Start("strike", start) if is_on(start) => {
            texts.insert(number);
        }
        Seen::End("si") => number += 1,
        _ => {}
    })?;
    Some(texts)
}
