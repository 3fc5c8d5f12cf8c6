//! The outlines of electoral wards as the Office for National Statistics publishes them: GeoJSON with a feature for
//! each ward, its name in a property such as `WD24NM`, its corners as longitude and latitude or on the national grid.

use geodesy::prelude::*;
use geojson::{FeatureCollection, GeoJson, GeometryValue, JsonObject, LineStringType};
use simplify_polyline::{Point, simplify};

use crate::problem::{Problem, Problems};

/// The largest file that is read, in bytes: all of England's wards, generalised, have about 10 MB.
pub const MAX_BYTES: usize = 16 << 20;

/// Most wards of a file: England has some 7,000.
const MAX_WARDS: usize = 12_000;

/// Most corners of one part of a ward: generalised outlines have some hundred. Thinning out goes as deep as there are
/// corners, and a thread's stack is bounded.
const MAX_CORNERS: usize = 3_000;

/// How far a corner may lie from the line that leaves it out, in metres: less than a dot on a map of a district.
const TOLERANCE: f64 = 40.0;

/// Where England lies on the national grid, with its islands, in metres.
const GRID: (std::ops::RangeInclusive<f64>, std::ops::RangeInclusive<f64>) = (0.0..=700_000.0, 0.0..=1_300_000.0);

/// From longitude and latitude (WGS84, degrees) to the national grid (OSGB36, metres), within about 5 m.
///
/// Source: Ordnance Survey, “A guide to coordinate systems in Great Britain”, annexes A and B and section 6.6.
const TO_GRID: &str = "gis:in | cart ellps=WGS84 \
    | helmert translation=-446.448,125.157,-542.060 rotation=-0.1502,-0.2470,-0.8421 scale=20.4894 \
      convention=position_vector exact \
    | cart inv ellps=airy \
    | tmerc lat_0=49 lon_0=-2 k_0=0.9996012717 x_0=400000 y_0=-100000 ellps=airy";

/// A closed line around an area: easting and northing of its corners, OSGB36 metres, the first not said again.
pub type Ring = Vec<(i64, i64)>;

/// A ward's outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// The ward's name.
    pub name: String,
    /// A line around each of its parts: most wards have one, those with islands more.
    pub rings: Vec<Ring>,
}

/// The outlines of a published file, by name, with no more corners than a map of a district can show.
///
/// # Errors
/// Every problem found; the row is the feature's number within the file.
pub fn read(bytes: &[u8]) -> Result<Vec<Outline>, Vec<Problem>> {
    let whole = |message: String| vec![Problem::of_file(message)];
    if bytes.len() > MAX_BYTES {
        return Err(whole("The file is larger than 16 MB. Choose the generalised (BGC or BSC) outlines, or only those of one council.".into()));
    }
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let parsed = text
        .map_err(|error| error.to_string())
        .and_then(|text| text.parse::<GeoJson>().map_err(|error| error.to_string()));
    let features = match parsed {
        Ok(GeoJson::FeatureCollection(features)) => features,
        Ok(_) => {
            return Err(whole(
                "The file is GeoJSON, but no collection of features: a feature for each ward is needed.".into(),
            ));
        }
        Err(error) => {
            return Err(whole(format!(
                "The file is not GeoJSON ({error}). Save the wards’ boundaries from geoportal.statistics.gov.uk as GeoJSON and choose that."
            )));
        }
    };
    if features.features.is_empty() {
        return Err(whole("The file has no ward.".into()));
    }
    if features.features.len() > MAX_WARDS {
        return Err(whole(
            "The file has more than 12,000 areas: are these wards? Output areas and postcodes are too small.".into(),
        ));
    }
    outlines(features)
}

fn outlines(features: FeatureCollection) -> Result<Vec<Outline>, Vec<Problem>> {
    let grid = Grid::new().map_err(|problem| vec![problem])?;
    let (mut outlines, mut problems): (Vec<Outline>, _) = (Vec::new(), Problems::default());
    for (number, feature) in (1_u32..).zip(features.features) {
        let mut wrong = |message: &str| problems.push(Problem { row: Some(number), ..Problem::of_file(message) });
        let Some(name) = feature.properties.as_ref().and_then(name_of) else {
            wrong("The area has no name: a property such as WD24NM or name is needed.");
            continue;
        };
        let parts = match feature.geometry.map(|geometry| geometry.value) {
            Some(GeometryValue::Polygon { coordinates }) => vec![coordinates],
            Some(GeometryValue::MultiPolygon { coordinates }) => coordinates,
            _ => {
                wrong("The area has no outline: a polygon is needed, not a point or a line.");
                continue;
            }
        };
        // What lies inside is another ward's to draw.
        let around: Vec<LineStringType> = parts.into_iter().filter_map(|part| part.into_iter().next()).collect();
        if around.iter().any(|line| line.len() > MAX_CORNERS) {
            wrong("The outline has more than 3,000 corners: choose the generalised (BGC or BSC) outlines.");
            continue;
        }
        let rings: Option<Vec<Ring>> = around.iter().map(|line| grid.ring(line)).collect();
        match rings {
            None => wrong(
                "A corner lies outside Great Britain. Longitude and latitude (WGS84) or eastings and northings (British National Grid) are needed.",
            ),
            // Parts too small for any map are left out; a ward of nothing else is drawn as nothing.
            Some(rings) => {
                outlines.push(Outline { name, rings: rings.into_iter().filter(|ring| ring.len() >= 3).collect() })
            }
        }
    }
    outlines.sort_by(|a, b| a.name.cmp(&b.name));
    if problems.is_empty() { Ok(outlines) } else { Err(problems.into_list()) }
}

/// A ward's name: `WD24NM` of whichever year, else a property called name.
fn name_of(properties: &JsonObject) -> Option<String> {
    let is_ward_name = |key: &str| {
        let key = key.to_ascii_uppercase();
        key.strip_prefix("WD")
            .and_then(|rest| rest.strip_suffix("NM"))
            .is_some_and(|year| year.chars().all(|c| c.is_ascii_digit()))
    };
    let of = |wanted: &dyn Fn(&str) -> bool| {
        properties.iter().find(|(key, _)| wanted(key)).and_then(|(_, value)| value.as_str())
    };
    let name = of(&is_ward_name)
        .or_else(|| of(&|key| key.eq_ignore_ascii_case("name") || key.eq_ignore_ascii_case("ward")))?;
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(120).collect();
    (!name.is_empty()).then_some(name)
}

/// Brings corners to the national grid.
struct Grid {
    context: Minimal,
    to_grid: OpHandle,
}

impl Grid {
    fn new() -> Result<Self, Problem> {
        let mut context = Minimal::new();
        let to_grid = context.op(TO_GRID).map_err(|error| Problem::of_file(error.to_string()))?;
        Ok(Self { context, to_grid })
    }

    /// The line on the grid, its corners thinned out; none when a corner lies outside Great Britain.
    fn ring(&self, line: &LineStringType) -> Option<Ring> {
        let at = |position: &geojson::Position| Some((*position.as_slice().first()?, *position.as_slice().get(1)?));
        let corners: Option<Vec<(f64, f64)>> = line.iter().map(at).collect();
        let corners = corners?;
        let is_degrees = corners.iter().all(|(x, y)| x.abs() <= 180.0 && y.abs() <= 90.0);
        let mut points: Vec<Coor3D> = corners.into_iter().map(|(x, y)| Coor3D::raw(x, y, 0.0)).collect();
        if is_degrees {
            self.context.apply(self.to_grid, Fwd, &mut points).ok()?;
        }
        let points: Vec<Point<2, f64>> = points.iter().map(|p| Point { vec: [p.0[0], p.0[1]] }).collect();
        if !points.iter().all(|p| GRID.0.contains(&p.vec[0]) && GRID.1.contains(&p.vec[1])) {
            return None;
        }
        #[allow(clippy::cast_possible_truncation)] // Within the grid.
        let mut ring: Ring = simplify(&points, TOLERANCE, true)
            .iter()
            .map(|p| (p.vec[0].round() as i64, p.vec[1].round() as i64))
            .collect();
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        Some(ring)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(features: &str) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
    }

    fn ward(properties: &str, geometry: &str) -> String {
        format!(r#"{{"type":"Feature","properties":{properties},"geometry":{geometry}}}"#)
    }

    const SQUARE: &str = r#"{"type":"Polygon","coordinates":[[[400000,430000],[402000,430000],[402000,432000],[401000,432001],[400000,432000],[400000,430000]]]}"#;

    #[test]
    fn corners_are_thinned_out_and_wards_sorted() {
        let text = file(&format!(
            "{},{}",
            ward(r#"{"WD24NM":"Tong","WD24CD":"E1"}"#, SQUARE),
            ward(r#"{"name":"City"}"#, SQUARE)
        ));
        let square = vec![(400_000, 430_000), (402_000, 430_000), (402_000, 432_000), (400_000, 432_000)];
        let outline = |name: &str| Outline { name: name.into(), rings: vec![square.clone()] };
        assert_eq!(read(text.as_bytes()).unwrap(), [outline("City"), outline("Tong")]);
    }

    #[test]
    fn a_ward_of_several_parts_keeps_them() {
        let two = r#"{"type":"MultiPolygon","coordinates":[[[[-1.76,53.86],[-1.75,53.87],[-1.74,53.86],[-1.76,53.86]]],[[[-1.8,53.8],[-1.79,53.81],[-1.78,53.8],[-1.8,53.8]]]]}"#;
        let outlines = read(file(&ward(r#"{"WD11NM":"Isles"}"#, two)).as_bytes()).unwrap();
        assert_eq!(outlines[0].rings.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3]);
    }

    #[test]
    fn what_is_wrong_is_said_by_area() {
        let named = r#"{"name":"A"}"#;
        let point = r#"{"type":"Point","coordinates":[-1.7,53.8]}"#;
        let rome = r#"{"type":"Polygon","coordinates":[[[12.4,41.9],[12.5,41.9],[12.5,42.0],[12.4,41.9]]]}"#;
        let bad = [
            ward("{}", SQUARE),
            ward(named, point),
            ward(named, rome),
            ward(named, "null"),
            ward(r#"{"name":" "}"#, SQUARE),
        ];
        let rows: Vec<_> = read(file(&bad.join(",")).as_bytes()).unwrap_err().iter().map(|p| p.row).collect();
        assert_eq!(rows, [1, 2, 3, 4, 5].map(Some));
        for text in ["", "[]", "{}", "not json", &file(""), point] {
            assert_eq!(read(text.as_bytes()).unwrap_err().len(), 1, "{text}");
        }
        assert!(read(&vec![b' '; MAX_BYTES + 1]).is_err());
        assert!(read("[".repeat(100_000).as_bytes()).is_err(), "nesting is refused, not followed");
        assert!(read(b"\xff\xfe").is_err());
    }

    #[test]
    fn the_published_wards_lie_where_the_file_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/geography/bradford_wards_2024.geojson");
        let Ok(bytes) = std::fs::read(path) else {
            println!("skipped: no ../shared/data");
            return;
        };
        let outlines = read(&bytes).unwrap();
        assert_eq!(outlines.len(), 30);
        assert!(outlines.iter().all(|o| o.rings.len() == 1 && o.rings[0].len() >= 5));
        // The file gives each ward's middle both ways.
        let features: FeatureCollection = serde_json::from_slice(&bytes).unwrap();
        let grid = Grid::new().unwrap();
        for feature in features {
            let number = |name: &str| feature.property(name).and_then(serde_json::Value::as_f64).unwrap();
            let mut middle = [Coor3D::raw(number("LONG"), number("LAT"), 0.0)];
            grid.context.apply(grid.to_grid, Fwd, &mut middle).unwrap();
            let off = (middle[0].0[0] - number("BNG_E")).hypot(middle[0].0[1] - number("BNG_N"));
            assert!(off < 5.0, "{off} m");
        }
    }
}
