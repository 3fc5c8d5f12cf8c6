//! Maps drawn from the national grid: no tile, no third party.

use leptos::prelude::*;
use records::ward_outlines::Outline;

/// The map's width in its own units; its height follows what it shows.
pub(crate) const MAP_WIDTH: f64 = 600.0;
/// Room around what is drawn.
const MARGIN: f64 = 24.0;

/// From the national grid to the picture: north is up.
pub(crate) struct Frame {
    west: f64,
    north: f64,
    scale: f64,
    /// The picture's height, in its own units.
    pub height: f64,
}

#[allow(clippy::cast_precision_loss)] // Metres of the national grid lie far below 2^52.
const fn metres(at: (i64, i64)) -> (f64, f64) {
    (at.0 as f64, at.1 as f64)
}

impl Frame {
    /// Shows these points, and never less than 2 km.
    pub(crate) fn around(points: impl Iterator<Item = (i64, i64)>) -> Self {
        let (mut west, mut east, mut south, mut north) = (f64::MAX, f64::MIN, f64::MAX, f64::MIN);
        for (x, y) in points.map(metres) {
            (west, east, south, north) = (west.min(x), east.max(x), south.min(y), north.max(y));
        }
        let (wide, high) = ((east - west).max(2_000.0), (north - south).max(2_000.0));
        let scale = ((MAP_WIDTH - 2.0 * MARGIN) / wide).min((MAP_WIDTH - 2.0 * MARGIN) / high);
        Self { west, north, scale, height: high * scale + 2.0 * MARGIN }
    }

    /// Where a point of the grid is drawn.
    pub(crate) fn at(&self, point: (i64, i64)) -> (f64, f64) {
        let (x, y) = metres(point);
        (MARGIN + (x - self.west) * self.scale, MARGIN + (self.north - y) * self.scale)
    }

    /// The points as SVG writes a line.
    pub(crate) fn line(&self, points: impl Iterator<Item = (i64, i64)>) -> String {
        points.map(|p| self.at(p)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
    }
}

/// The corners of all outlines.
pub(crate) fn corners(outlines: &[Outline]) -> impl Iterator<Item = (i64, i64)> {
    outlines.iter().flat_map(|o| o.rings.iter().flatten().copied())
}

/// The wards as areas of a map.
pub(crate) fn wards(frame: &Frame, outlines: &[Outline]) -> impl IntoView + use<> {
    outlines
        .iter()
        .flat_map(|o| o.rings.iter().map(|ring| (o.name.clone(), ring)))
        .map(|(name, ring)| view! { <polygon class="app-map__ward" points=frame.line(ring.iter().copied())><title>{name}</title></polygon> })
        .collect_view()
}
