//! Attendance: headcounts, never names.
