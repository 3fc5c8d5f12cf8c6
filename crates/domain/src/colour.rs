//! A council's one colour: dark enough that white text on it can be read by everyone.

use std::fmt;
use std::str::FromStr;

/// A colour that white text stands on at WCAG AA's contrast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// Text that is no such colour.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NotAColour {
    /// Not six hexadecimal digits.
    #[error("Enter the colour as # and six digits or letters A to F, like #12505b")]
    Unreadable,
    /// White text on it would be too faint; the contrast, and the nearest darker shade that would do.
    #[error(
        "This colour is too light: white text on it has a contrast of {contrast:.1} to 1, and people need 4.5 to 1. The same colour, darker: {darker}"
    )]
    TooLight {
        /// White's contrast with it.
        contrast: f64,
        /// The same hue, dark enough.
        darker: Colour,
    },
}

/// WCAG 2.2, success criterion 1.4.3, for text of ordinary size.
const LEAST_CONTRAST: f64 = 4.5;

impl Colour {
    /// White's contrast with this colour, from 1 to 21: (1 + 0.05) ÷ (L + 0.05), L the relative luminance
    /// (WCAG 2.2, “contrast ratio” and “relative luminance”).
    #[must_use]
    pub fn contrast_with_white(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = 0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue);
        1.05 / (luminance + 0.05)
    }

    /// The same hue, darkened step by step until white text can be read on it.
    fn darker(self) -> Self {
        let mut colour = self;
        while colour.contrast_with_white() < LEAST_CONTRAST {
            let step = |channel: u8| (f64::from(channel) * 0.97) as u8;
            colour = Self { red: step(colour.red), green: step(colour.green), blue: step(colour.blue) };
        }
        colour
    }
}

impl FromStr for Colour {
    type Err = NotAColour;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let digits = text.strip_prefix('#').unwrap_or(text);
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NotAColour::Unreadable);
        }
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| NotAColour::Unreadable);
        let colour = Self { red: channel(0)?, green: channel(2)?, blue: channel(4)? };
        let contrast = colour.contrast_with_white();
        if contrast < LEAST_CONTRAST {
            Err(NotAColour::TooLight { contrast, darker: colour.darker() })
        } else {
            Ok(colour)
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_text_must_be_readable_on_it() {
        assert_eq!("#12505B".parse::<Colour>().unwrap().to_string(), "#12505b");
        assert_eq!("767676".parse::<Colour>().unwrap().to_string(), "#767676", "the lightest grey that passes");
        assert!(matches!("#777777".parse::<Colour>(), Err(NotAColour::TooLight { .. })));
        let Err(NotAColour::TooLight { darker, .. }) = "#ffdd00".parse::<Colour>() else { panic!("yellow passed") };
        assert!(darker.to_string().parse::<Colour>().is_ok(), "{darker}");
        assert!((Colour { red: 0, green: 0, blue: 0 }.contrast_with_white() - 21.0).abs() < 1e-9);
    }

    #[test]
    fn rubbish_is_named() {
        for text in ["", "#12", "#12505g", "teal", "#12505b00", "##12505", "é12505"] {
            assert_eq!(text.parse::<Colour>(), Err(NotAColour::Unreadable), "{text}");
        }
    }
}
