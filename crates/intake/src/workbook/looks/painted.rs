//! Which cell styles of an .xlsx workbook have a colour (ECMA-376 part 1, 18.8), by their fill or their font.
//!
//! What a condition colours, and a part of a text, is not known.

use std::io::{BufReader, Read};

use quick_xml::events::BytesStart;

use super::archived::{Archive, MOST_BYTES, Seen, attribute, walk};
use super::colour::{Colour, Paint};
use super::palette::{mixed, numbered, tinted};

/// Numbers of a theme's colours: the first four change places pairwise with those that stand in its part.
const OF_THEME: [&str; 12] =
    ["lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink"];
const WHITE: u32 = 0x00FF_FFFF;
const BLACK: u32 = 0;
/// More styles, fonts, fills or colours than a workbook can have.
const MOST: usize = 1 << 16;

/// A colour as a style names it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Named {
    Rgb(u32),
    OfTheme(usize),
    Numbered(usize),
}

/// The same, made lighter or darker.
type Tinted = (Named, f64);

fn named(start: &BytesStart<'_>) -> Option<Tinted> {
    let number = |name: &str| attribute(start, name).and_then(|value| value.trim().parse().ok());
    let rgb = |text: String| {
        // In front there may be how much shines through, which programs disregard.
        let digits = text.get(text.len().checked_sub(6)?..)?;
        u32::from_str_radix(digits, 16).ok()
    };
    let named = match attribute(start, "rgb").and_then(rgb) {
        Some(rgb) => Named::Rgb(rgb),
        None => number("theme").map(Named::OfTheme).or_else(|| number("indexed").map(Named::Numbered))?,
    };
    Some((named, attribute(start, "tint").and_then(|tint| tint.trim().parse().ok()).unwrap_or_default()))
}

/// A fill: how much of it has the colour in front, that one, and the one behind.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Fill {
    share: f64,
    front: Option<Tinted>,
    behind: Option<Tinted>,
}

/// How much of a pattern is its front.
fn share(pattern: &str) -> f64 {
    match pattern {
        "none" => 0.0,
        "solid" => 1.0,
        "gray0625" => 0.0625,
        "gray125" => 0.125,
        "mediumGray" => 0.5,
        pattern if pattern.starts_with("dark") => 0.75,
        _ => 0.25,
    }
}

/// What a part of styles says of colours.
#[derive(Debug, Default)]
struct Styles {
    fonts: Vec<Option<Tinted>>,
    fills: Vec<Fill>,
    /// Of each cell style the number of its font and its fill.
    cells: Vec<(Option<usize>, Option<usize>)>,
    /// The workbook's own palette.
    palette: Vec<u32>,
}

#[derive(PartialEq)]
enum Within {
    Nothing,
    Fonts,
    Fills,
    Cells,
}

impl Styles {
    fn of(part: impl Read) -> Option<Self> {
        let mut styles = Self::default();
        let (mut within, mut font, mut fill) = (Within::Nothing, None, Fill::default());
        walk(BufReader::new(part), &mut |seen| match seen {
            Seen::Start("fonts", _) => within = Within::Fonts,
            Seen::Start("fills", _) => within = Within::Fills,
            Seen::Start("cellXfs", _) => within = Within::Cells,
            Seen::End("fonts" | "fills" | "cellXfs") => within = Within::Nothing,
            Seen::Start("color", start) if within == Within::Fonts => font = named(start),
            Seen::End("font") if within == Within::Fonts => push(&mut styles.fonts, font.take()),
            Seen::Start("patternFill", start) if within == Within::Fills => {
                fill.share = attribute(start, "patternType").map_or(0.0, |pattern| share(&pattern));
            }
            Seen::Start("fgColor", start) if within == Within::Fills => fill.front = named(start),
            Seen::Start("bgColor", start) if within == Within::Fills => fill.behind = named(start),
            // Of one that changes from side to side the first colour counts.
            Seen::Start("color", start) if within == Within::Fills && fill.front.is_none() => {
                fill = Fill { share: 1.0, front: named(start), behind: None };
            }
            Seen::End("fill") if within == Within::Fills => push(&mut styles.fills, std::mem::take(&mut fill)),
            Seen::Start("xf", start) if within == Within::Cells => {
                let number = |name: &str| attribute(start, name).and_then(|number| number.parse().ok());
                push(&mut styles.cells, (number("fontId"), number("fillId")));
            }
            Seen::Start("rgbColor", start) => {
                if let Some((Named::Rgb(rgb), _)) = named(start) {
                    push(&mut styles.palette, rgb);
                }
            }
            _ => {}
        })?;
        Some(styles)
    }

    fn colour(&self, (named, tint): Tinted, theme: &[Option<u32>]) -> Option<Colour> {
        let rgb = match named {
            Named::Rgb(rgb) => Some(rgb),
            Named::Numbered(number) => return numbered(number, &self.palette).map(|colour| with(colour, tint)),
            // Without a theme these are as everywhere.
            Named::OfTheme(number) => theme.get(number).copied().flatten().or(match number {
                0 => Some(WHITE),
                1 => Some(BLACK),
                _ => None,
            }),
        };
        Some(match (rgb, named) {
            (Some(rgb), _) => Colour::rgb(tinted(rgb, tint)),
            #[allow(clippy::cast_possible_truncation, reason = "it only tells one from another")]
            (None, Named::OfTheme(number)) => Colour::unknown(number as u32 * 256 + (tint * 100.0) as i32 as u32 % 256),
            (None, _) => return None,
        })
    }

    /// The colour of a font; none of a link's, which is nobody's choice.
    fn font(&self, font: Tinted, theme: &[Option<u32>]) -> Option<Colour> {
        let is_link =
            matches!(font.0, Named::OfTheme(number) if OF_THEME.get(number).is_some_and(|of| of.ends_with("ink")));
        self.colour(font, theme).filter(|_| !is_link)
    }

    fn fill(&self, fill: Fill, theme: &[Option<u32>]) -> Option<Colour> {
        let of = |colour: Option<Tinted>| colour.and_then(|colour| self.colour(colour, theme));
        let (front, behind) = (of(fill.front), of(fill.behind));
        if fill.share == 0.0 {
            return None;
        }
        if fill.share >= 1.0 {
            return front;
        }
        let rgb = |colour: Option<Colour>, none: u32| match colour {
            None => Some(none),
            Some(colour) => colour.parts().map(|[red, green, blue]| u32::from_be_bytes([0, red, green, blue])),
        };
        match (rgb(front, BLACK), rgb(behind, WHITE)) {
            (Some(one), Some(other)) => Some(Colour::rgb(mixed(one, other, fill.share))),
            _ => front.or(behind),
        }
    }

    fn paints(&self, theme: &[Option<u32>]) -> Vec<Paint> {
        let fills: Vec<_> = self.fills.iter().map(|fill| self.fill(*fill, theme)).collect();
        let fonts: Vec<_> = self.fonts.iter().map(|font| font.and_then(|font| self.font(font, theme))).collect();
        let of = |colours: &[Option<Colour>], at: Option<usize>| at.and_then(|at| colours.get(at).copied().flatten());
        self.cells.iter().map(|(font, fill)| Paint::of(of(&fills, *fill), of(&fonts, *font))).collect()
    }
}

fn push<T>(list: &mut Vec<T>, one: T) {
    if list.len() < MOST {
        list.push(one);
    }
}

fn with(colour: Colour, tint: f64) -> Colour {
    match colour.parts() {
        Some([red, green, blue]) => Colour::rgb(tinted(u32::from_be_bytes([0, red, green, blue]), tint)),
        None => colour,
    }
}

/// The colours of a theme by their number.
fn theme(part: impl Read) -> Option<Vec<Option<u32>>> {
    let (mut colours, mut within) = (vec![None; OF_THEME.len()], None);
    walk(BufReader::new(part), &mut |seen| match seen {
        Seen::Start(name @ ("srgbClr" | "sysClr"), start) => {
            let value = attribute(start, if name == "sysClr" { "lastClr" } else { "val" });
            let rgb = value.and_then(|value| u32::from_str_radix(value.trim(), 16).ok());
            if let Some(at) = within {
                let at: usize = at;
                colours[at] = colours[at].or(rgb);
            }
        }
        Seen::Start(name, _) => within = OF_THEME.iter().position(|of| *of == name).or(within),
        Seen::End("clrScheme") => within = None,
        Seen::End(_) | Seen::Text(_) => {}
    })?;
    Some(colours)
}

/// How the cell styles of a workbook are coloured, by their number; none where none is.
pub(super) fn paints(archive: &mut Archive<'_>) -> Option<Vec<Paint>> {
    let styles = Styles::of(archive.by_name("xl/styles.xml").ok()?.take(MOST_BYTES))?;
    let of_theme = archive.by_name("xl/theme/theme1.xml").ok().and_then(|part| theme(part.take(MOST_BYTES)));
    let paints = styles.paints(&of_theme.unwrap_or_default());
    paints.iter().any(|paint| !paint.is_none()).then_some(paints)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_coloured_by_fill_and_font() {
        let styles = Styles::of(
            &br#"<x:styleSheet><x:dxfs><x:dxf><x:fill><x:patternFill patternType="solid"><x:fgColor rgb="FF00FF00"/></x:patternFill></x:fill></x:dxf></x:dxfs>
            <x:fonts><x:font><x:color theme="1"/></x:font><x:font><x:b/><x:color rgb="FFFF0000"/></x:font><x:font/><x:font><x:color theme="10"/></x:font></x:fonts>
            <x:fills><x:fill><x:patternFill patternType="none"/></x:fill><x:fill><x:patternFill patternType="gray125"/></x:fill>
            <x:fill><x:patternFill patternType="solid"><x:fgColor theme="4" tint="0.7999"/><x:bgColor indexed="64"/></x:patternFill></x:fill>
            <x:fill><x:patternFill patternType="solid"><x:fgColor indexed="13"/></x:patternFill></x:fill>
            <x:fill><x:patternFill patternType="solid"><x:fgColor theme="0"/></x:patternFill></x:fill>
            <x:fill><x:patternFill patternType="solid"><x:fgColor theme="9"/></x:patternFill></x:fill>
            <x:fill><x:gradientFill><x:stop position="0"><x:color rgb="FFFFC000"/></x:stop><x:stop position="1"><x:color theme="0"/></x:stop></x:gradientFill></x:fill></x:fills>
            <x:cellXfs><x:xf fontId="0" fillId="0"/><x:xf fontId="1" fillId="0"/><x:xf fontId="2" fillId="2"/><x:xf fillId="3"/><x:xf fillId="4"/>
            <x:xf fillId="5"/><x:xf fillId="6"/><x:xf fontId="99" fillId="99"/><x:xf fillId="1"/><x:xf fontId="3"/></x:cellXfs></x:styleSheet>"#[..],
        );
        let themed = theme(
            &br#"<a:theme><a:clrScheme><a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1><a:lt1><a:sysClr lastClr="FFFFFF"/></a:lt1>
            <a:accent1><a:srgbClr val="4472C4"/></a:accent1></a:clrScheme><a:fmtScheme><a:srgbClr val="123456"/></a:fmtScheme></a:theme>"#[..],
        );
        let themed = themed.expect("a theme");
        let paints = styles.expect("styles").paints(&themed);
        let colour = |rgb: u32| Some(Colour::rgb(rgb));
        let fills: Vec<_> = paints.iter().map(|paint| paint.fill).collect();
        let unknown = fills[5].expect("a colour whose look is not known");
        assert_eq!(unknown.parts(), None);
        assert_eq!(
            fills,
            [
                None,
                None,
                colour(0xDA_E3F3),
                colour(0xFF_FF00),
                None,
                Some(unknown),
                colour(0xFF_C000),
                None,
                colour(0xDF_DFDF),
                None
            ]
        );
        assert_eq!(paints[1].text, colour(0xFF_0000));
        assert!(paints.iter().enumerate().all(|(at, paint)| at == 1 || paint.text.is_none()));
        assert_eq!((themed[0], themed[1], themed[9]), (Some(WHITE), Some(BLACK), None));
    }
}
