//! How colours are named in workbooks: by number in a palette, or as a theme's, made lighter or darker (ECMA-376 part 1,
//! 18.8.3 and 18.8.19; MS-XLS 2.5.161).

use super::colour::Colour;

/// The palette that programs take where a workbook has none of its own. The first eight are those behind them.
const STANDARD: [u32; 56] = [
    0x00_0000, 0xFF_FFFF, 0xFF_0000, 0x00_FF00, 0x00_00FF, 0xFF_FF00, 0xFF_00FF, 0x00_FFFF, 0x80_0000, 0x00_8000,
    0x00_0080, 0x80_8000, 0x80_0080, 0x00_8080, 0xC0_C0C0, 0x80_8080, 0x99_99FF, 0x99_3366, 0xFF_FFCC, 0xCC_FFFF,
    0x66_0066, 0xFF_8080, 0x00_66CC, 0xCC_CCFF, 0x00_0080, 0xFF_00FF, 0xFF_FF00, 0x00_FFFF, 0x80_0080, 0x80_0000,
    0x00_8080, 0x00_00FF, 0x00_CCFF, 0xCC_FFFF, 0xCC_FFCC, 0xFF_FF99, 0x99_CCFF, 0xFF_99CC, 0xCC_99FF, 0xFF_CC99,
    0x33_66FF, 0x33_CCCC, 0x99_CC00, 0xFF_CC00, 0xFF_9900, 0xFF_6600, 0x66_6699, 0x96_9696, 0x00_3366, 0x33_9966,
    0x00_3300, 0x33_3300, 0x99_3300, 0x99_3366, 0x33_3399, 0x33_3333,
];
/// Numbers below this one stand for those from it on.
const FIRST: usize = 8;

/// A colour of a palette by its number; none for the system's own, which are black on white.
pub(super) fn numbered(number: usize, own: &[u32]) -> Option<Colour> {
    let at = if number < FIRST { number } else { number - FIRST };
    // A palette of the workbook's own counts from the first number.
    let of_own = own.get(number).copied();
    of_own.or_else(|| STANDARD.get(at).copied()).map(Colour::rgb)
}

/// A colour made lighter, towards 1, or darker, towards -1.
pub(super) fn tinted(rgb: u32, tint: f64) -> u32 {
    if !tint.is_finite() || tint == 0.0 {
        return rgb;
    }
    let [_, red, green, blue] = rgb.to_be_bytes();
    let parts = [red, green, blue].map(|part| f64::from(part) / 255.0);
    let (most, least) = (parts.iter().copied().fold(0.0, f64::max), parts.iter().copied().fold(1.0, f64::min));
    let light = f64::midpoint(most, least);
    let wanted = if tint < 0.0 { light * (1.0 + tint.max(-1.0)) } else { light + (1.0 - light) * tint.min(1.0) };
    // Hue and saturation stay: the distance of each part from the middle shrinks or grows with the room there is.
    let room = |light: f64| 1.0 - (2.0 * light - 1.0).abs();
    let scale = if room(light) > 0.0 { room(wanted) / room(light) } else { 0.0 };
    let made = parts.map(|part| byte(wanted + (part - light) * scale));
    u32::from_be_bytes([0, made[0], made[1], made[2]])
}

/// Two colours, of the first so much.
pub(super) fn mixed(first: u32, second: u32, share: f64) -> u32 {
    let ([_, a, b, c], [_, d, e, f]) = (first.to_be_bytes(), second.to_be_bytes());
    let mix = |one: u8, other: u8| byte((f64::from(one) * share + f64::from(other) * (1.0 - share)) / 255.0);
    u32::from_be_bytes([0, mix(a, d), mix(b, e), mix(c, f)])
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 255")]
fn byte(part: f64) -> u8 {
    (part.clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tints_are_those_of_spreadsheet_programs() {
        for (rgb, tint, wanted) in [
            (0x00_0000_u32, -0.5, 0x00_0000_u32),
            (0x44_72C4, 0.799_981_688_894_314_4, 0xD9_E1F2),
            (0xED_7D31, 0.799_981_688_894_314_4, 0xFB_E4D5),
            (0xFF_FFFF, -0.149_998_474_074_526_2, 0xD9_D9D9),
            (0x00_0000, 0.499_984_740_745_262, 0x7F_7F7F),
            (0x70_AD47, -0.249_977_111_117_893, 0x53_8135),
            (0xFF_0000, 0.0, 0xFF_0000),
            (0xFF_0000, f64::NAN, 0xFF_0000),
        ] {
            let made = tinted(rgb, tint);
            let near = made.to_be_bytes().iter().zip(wanted.to_be_bytes()).all(|(a, b)| a.abs_diff(b) <= 2);
            assert!(near, "{rgb:06X} {tint}: {made:06X}, not {wanted:06X}");
        }
    }

    #[test]
    fn numbers_of_the_palette_are_colours() {
        assert_eq!(numbered(10, &[]), Some(Colour::rgb(0xFF_0000)));
        assert_eq!(numbered(2, &[]), Some(Colour::rgb(0xFF_0000)));
        assert_eq!(numbered(63, &[]), Some(Colour::rgb(0x33_3333)));
        assert_eq!((numbered(64, &[]), numbered(65, &[]), numbered(0x7FFF, &[])), (None, None, None));
        assert_eq!(numbered(1, &[0, 0x12_3456]), Some(Colour::rgb(0x12_3456)));
        assert_eq!(mixed(0, 0xFF_FFFF, 0.5), 0x80_8080);
    }
}
