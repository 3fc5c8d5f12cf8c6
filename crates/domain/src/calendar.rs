//! The school calendar: weekdays, bank holidays, terms.
