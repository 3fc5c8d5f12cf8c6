-- A ward's outline has a line around each of its parts: those with islands have several.
ALTER TABLE area_outline RENAME TO ward_outline;
ALTER TABLE ward_outline RENAME COLUMN points TO rings; -- JSON: [[[easting, northing], …], …], OSGB36 metres
UPDATE ward_outline SET rings = '[' || rings || ']';
