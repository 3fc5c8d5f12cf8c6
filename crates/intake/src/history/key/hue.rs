//! What people call colours.

use crate::workbook::Colour;

/// A colour by its name; which of all that are called so does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::history) enum Hue {
    Red,
    Pink,
    Orange,
    Yellow,
    Brown,
    Green,
    Turquoise,
    Blue,
    Purple,
    Grey,
    Black,
}

/// The names, with the beginnings of words made from them: “reddish”, “greyed”.
const NAMES: [(Hue, &[&str]); 11] = [
    (Hue::Red, &["red", "reds", "reddish", "maroon", "burgundy", "crimson", "scarlet"]),
    (Hue::Pink, &["pink", "pinks", "salmon", "magenta", "fuchsia"]),
    (Hue::Orange, &["orange", "oranges", "amber", "peach", "apricot", "tangerine"]),
    (Hue::Yellow, &["yellow", "yellows", "gold", "golden", "cream", "lemon", "mustard"]),
    (Hue::Brown, &["brown", "browns", "beige"]),
    (Hue::Green, &["green", "greens", "lime"]),
    (Hue::Turquoise, &["turquoise", "teal", "aqua", "cyan"]),
    (Hue::Blue, &["blue", "blues", "navy"]),
    (Hue::Purple, &["purple", "purples", "violet", "lilac", "mauve", "lavender"]),
    (Hue::Grey, &["grey", "greys", "gray", "grays", "greyed", "grayed", "silver"]),
    (Hue::Black, &["black", "blacked"]),
];

impl Hue {
    /// The colour that a word names.
    pub fn named(word: &str) -> Option<Self> {
        NAMES.iter().find(|(_, names)| names.contains(&word)).map(|(hue, _)| *hue)
    }

    /// Whether somebody may call a colour so. One of which nobody knows how it looks may be called anything.
    pub fn fits(self, colour: Colour) -> bool {
        let Some(parts) = colour.parts() else { return true };
        let [red, green, blue] = parts.map(i32::from);
        let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
        let spread = most - least;
        // Out of 510.
        let light = most + least;
        let (is_dark, is_light) = (light < 255, light > 300);
        // How much of the colour there could be is there, out of 100.
        let saturated = if spread == 0 { 0 } else { 100 * spread / (255 - (light - 255).abs()).max(1) };
        let angle = if spread == 0 {
            0
        } else if most == red {
            (60 * (green - blue) / spread + 360) % 360
        } else if most == green {
            60 * (blue - red) / spread + 120
        } else {
            60 * (red - green) / spread + 240
        };
        let is_grey = spread < 12 || saturated < 16;
        match self {
            Self::Grey => (is_grey || (saturated < 28 && spread < 60)) && light > 40,
            Self::Black => light < 130 && spread < 40,
            _ if spread < 12 || saturated < 8 => false,
            Self::Red => angle <= 18 || angle >= 338,
            Self::Pink => (angle >= 285 && (angle <= 335 || is_light)) || (angle <= 14 && light > 330),
            Self::Orange => (12..=47).contains(&angle),
            Self::Yellow => (38..=72).contains(&angle),
            Self::Brown => (8..=52).contains(&angle) && (is_dark || saturated < 75),
            Self::Green => (66..=172).contains(&angle),
            Self::Turquoise => (158..=202).contains(&angle),
            Self::Blue => (172..=265).contains(&angle),
            Self::Purple => (248..=328).contains(&angle),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_called_what_people_call_them() {
        for (rgb, hues) in [
            (0x00FF_0000, &[Hue::Red][..]),
            (0x00C0_0000, &[Hue::Red]),
            (0x00FF_C7CE, &[Hue::Red, Hue::Pink]),
            (0x00FF_7C80, &[Hue::Red, Hue::Pink]),
            (0x00FF_CCFF, &[Hue::Pink, Hue::Purple]),
            (0x00FF_C000, &[Hue::Orange, Hue::Yellow]),
            (0x00F4_B183, &[Hue::Orange]),
            (0x00ED_7D31, &[Hue::Orange]),
            (0x00FF_FF00, &[Hue::Yellow]),
            (0x00FF_F2CC, &[Hue::Yellow, Hue::Orange]),
            (0x0092_D050, &[Hue::Green]),
            (0x0000_B050, &[Hue::Green]),
            (0x00C6_EFCE, &[Hue::Green]),
            (0x00E2_EFDA, &[Hue::Green]),
            (0x0000_B0F0, &[Hue::Blue, Hue::Turquoise]),
            (0x0044_72C4, &[Hue::Blue]),
            (0x00DD_EBF7, &[Hue::Blue]),
            (0x00DC_E6F1, &[Hue::Blue]),
            (0x0070_30A0, &[Hue::Purple]),
            (0x00CC_C0DA, &[Hue::Purple]),
            (0x00D9_D9D9, &[Hue::Grey]),
            (0x0080_8080, &[Hue::Grey]),
            (0x0096_4B00, &[Hue::Brown]),
            (0x0000_0000, &[Hue::Black]),
        ] {
            for hue in NAMES.map(|(hue, _)| hue) {
                let fits = hue.fits(Colour::rgb(rgb));
                let may_be =
                    matches!(hue, Hue::Brown | Hue::Orange | Hue::Grey | Hue::Turquoise | Hue::Blue | Hue::Purple);
                assert!(fits == hues.contains(&hue) || (fits && may_be), "{rgb:06X} {hue:?}: {fits}");
            }
        }
        for hue in [Hue::Red, Hue::Green, Hue::Yellow] {
            assert!(!hue.fits(Colour::rgb(0x00D9_D9D9)) && hue.fits(Colour::unknown(3)), "{hue:?}");
        }
        assert!(!Hue::Red.fits(Colour::rgb(0x0092_D050)) && !Hue::Grey.fits(Colour::rgb(0x00FF_0000)));
        assert_eq!((Hue::named("greyed"), Hue::named("redding")), (Some(Hue::Grey), None));
    }
}
