//! The thirty wards of Hallowdale, a district that is on no map.

/// The middle of the district, OSGB36 metres: open moor, far from any town.
pub(crate) const MIDDLE: (i64, i64) = (389_000, 472_000);

/// A ward and what its schools share.
pub(crate) struct Ward {
    pub name: &'static str,
    pub town: &'static str,
    pub constituency: &'static str,
    /// Metres east and north of the district's middle.
    pub at: (i64, i64),
    /// The deprivation decile most of it lies in: 1 the most deprived tenth.
    pub decile: i64,
    /// How many primary schools it has.
    pub primaries: usize,
    /// The postcode district.
    pub postcode: &'static str,
}

const fn ward(
    name: &'static str,
    town: &'static str,
    constituency: &'static str,
    at: (i64, i64),
    decile: i64,
    primaries: usize,
    postcode: &'static str,
) -> Ward {
    Ward { name, town, constituency, at, decile, primaries, postcode }
}

const NORTH: &str = "Hallowdale North";
const SOUTH: &str = "Hallowdale South";
const EAST: &str = "Hallowdale East";
const SKEL: &str = "Skelbrough";
const WHARROW: &str = "Wharrow Valley";

/// Every ward. Postcodes are of an area (HW) that the Royal Mail does not use.
pub(crate) const WARDS: [Ward; 30] = [
    ward("Canal Side", "Hallowdale", SOUTH, (0, 0), 1, 7, "HW1"),
    ward("Lister Fold", "Hallowdale", NORTH, (-900, 600), 1, 7, "HW1"),
    ward("Tanner Row", "Hallowdale", EAST, (800, -500), 1, 6, "HW2"),
    ward("Low Hallow", "Hallowdale", SOUTH, (-1_500, -800), 2, 6, "HW3"),
    ward("High Hallow", "Hallowdale", NORTH, (-1_200, 2_100), 3, 6, "HW4"),
    ward("Mill Bank", "Hallowdale", EAST, (1_500, 900), 1, 6, "HW2"),
    ward("Quarry Mount", "Hallowdale", EAST, (2_300, -300), 2, 6, "HW5"),
    ward("Peel Common", "Hallowdale", EAST, (2_800, 1_500), 3, 5, "HW5"),
    ward("Thornsike", "Hallowdale", NORTH, (-2_600, 300), 2, 6, "HW6"),
    ward("Ackerfield", "Hallowdale", NORTH, (-2_900, 2_200), 4, 5, "HW6"),
    ward("Bracken Lea", "Hallowdale", NORTH, (600, 3_000), 5, 5, "HW4"),
    ward("Odsley", "Hallowdale", SOUTH, (300, -2_500), 2, 6, "HW7"),
    ward("Wickroyd", "Hallowdale", SOUTH, (-1_100, -3_200), 3, 5, "HW7"),
    ward("Tongue Hill", "Hallowdale", SOUTH, (2_600, -2_700), 4, 5, "HW8"),
    ward("Skelbrough Central", "Skelbrough", SKEL, (-7_800, 9_800), 1, 6, "HW21"),
    ward("Skelbrough Ings", "Skelbrough", SKEL, (-6_900, 10_900), 2, 5, "HW21"),
    ward("Skelbrough Heights", "Skelbrough", SKEL, (-9_000, 8_700), 5, 4, "HW22"),
    ward("Steepholme", "Skelbrough", SKEL, (-6_200, 8_300), 6, 5, "HW22"),
    ward("Ravengill", "Skelbrough", SKEL, (-10_600, 6_200), 7, 4, "HW22"),
    ward("Cowgill Beck", "Skelbrough", SKEL, (-9_800, 11_600), 4, 4, "HW20"),
    ward("Oxenroyd East", "Oxenroyd", WHARROW, (-3_400, 5_100), 3, 5, "HW16"),
    ward("Oxenroyd West", "Oxenroyd", WHARROW, (-4_900, 5_600), 4, 5, "HW16"),
    ward("Harthwaite", "Oxenroyd", NORTH, (-6_800, 3_300), 6, 5, "HW15"),
    ward("Millroyd", "Oxenroyd", WHARROW, (-1_800, 6_400), 5, 5, "HW17"),
    ward("Kirkfoss Town", "Kirkfoss", WHARROW, (2_000, 7_200), 8, 5, "HW18"),
    ward("Kirkfoss Moor", "Kirkfoss", WHARROW, (3_600, 6_100), 9, 4, "HW18"),
    ward("Menley", "Kirkfoss", EAST, (5_100, 4_300), 9, 5, "HW19"),
    ward("Netherwharf", "Netherwharf", WHARROW, (4_700, 9_900), 10, 5, "HW29"),
    ward("Wharrowdale", "Netherwharf", WHARROW, (1_700, 11_300), 9, 5, "HW29"),
    ward("Langscar", "Netherwharf", SKEL, (-3_300, 12_700), 8, 4, "HW28"),
];

/// How far a ward reaches at most, in metres.
const REACH: i64 = 3_200;

/// A corner of an outline while it is cut.
type Corner = (f64, f64);

/// What of a polygon lies nearer to `here` than to `there`.
fn nearer(polygon: &[Corner], here: Corner, there: Corner) -> Vec<Corner> {
    let (middle, way) = (((here.0 + there.0) / 2.0, (here.1 + there.1) / 2.0), (there.0 - here.0, there.1 - here.1));
    // Below 0 on the side of `here`.
    let side = |p: &Corner| (p.0 - middle.0) * way.0 + (p.1 - middle.1) * way.1;
    let mut kept = Vec::new();
    for (i, one) in polygon.iter().enumerate() {
        let next = &polygon[(i + 1) % polygon.len()];
        let (a, b) = (side(one), side(next));
        if a <= 0.0 {
            kept.push(*one);
        }
        if (a < 0.0 && b > 0.0) || (a > 0.0 && b < 0.0) {
            let share = a / (a - b);
            kept.push((one.0 + (next.0 - one.0) * share, one.1 + (next.1 - one.1) * share));
        }
    }
    kept
}

/// The ward's outline, OSGB36 metres: what lies nearer to it than to any other, and not too far.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // Metres of the national grid.
pub(crate) fn outline(ward: &Ward) -> Vec<(i64, i64)> {
    let corner = |at: (i64, i64)| (at.0 as f64, at.1 as f64);
    let around = [(-2, -5), (2, -5), (5, -2), (5, 2), (2, 5), (-2, 5), (-5, 2), (-5, -2)];
    let mut polygon: Vec<Corner> =
        around.iter().map(|(x, y)| corner((ward.at.0 + x * REACH / 5, ward.at.1 + y * REACH / 5))).collect();
    for other in WARDS.iter().filter(|other| other.at != ward.at) {
        polygon = nearer(&polygon, corner(ward.at), corner(other.at));
    }
    polygon.into_iter().map(|(x, y)| (MIDDLE.0 + x.round() as i64, MIDDLE.1 + y.round() as i64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ward_has_an_outline_around_its_middle() {
        for ward in &WARDS {
            let outline = outline(ward);
            assert!(outline.len() >= 3, "{}", ward.name);
            let (x, y) = (MIDDLE.0 + ward.at.0, MIDDLE.1 + ward.at.1);
            assert!(outline.iter().any(|p| p.0 < x) && outline.iter().any(|p| p.0 > x), "{}", ward.name);
            assert!(outline.iter().any(|p| p.1 < y) && outline.iter().any(|p| p.1 > y), "{}", ward.name);
        }
    }
}
