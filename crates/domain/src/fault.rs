//! What is wrong with the fields of something a person filled in.

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field's name, as forms have it.
    pub field: &'static str,
    /// What is wrong and how to mend it, as a sentence without a full stop.
    pub message: String,
}

/// Collects faults, so that all of them are shown at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes `message` at `field` unless `good`.
    pub fn unless(&mut self, good: bool, field: &'static str, message: impl Into<String>) {
        if !good {
            self.0.push(Fault { field, message: message.into() });
        }
    }

    /// Notes a text that is longer than `most` characters; `what` begins the sentence.
    pub fn at_most(&mut self, text: &str, most: usize, field: &'static str, what: &str) {
        let length = text.chars().count();
        self.unless(length <= most, field, format!("{what} must be {most} characters or fewer: it has {length}"));
    }

    /// `value`, or the faults.
    ///
    /// # Errors
    /// There are faults.
    pub fn or<T>(self, value: T) -> Result<T, Vec<Fault>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}
