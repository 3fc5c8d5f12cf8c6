//! Whether a school is open, by the list's own word.

/// What a list says of a school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Nothing.
    Unstated,
    /// It is open.
    Open,
    /// It is open, and to close.
    Closing,
    /// It has closed.
    Closed,
    /// It is to open.
    NotYetOpen,
}

/// The statuses of a list's rows.
#[derive(Debug, Default)]
pub(super) struct Statuses {
    /// Whether a row has one.
    stated: bool,
    /// The rows without.
    blank: Vec<u32>,
}

impl Statuses {
    /// The status of a row; what is wrong with it, where it is none of the list's.
    pub(super) fn read(&mut self, row: u32, text: &str) -> Result<Status, String> {
        if text.is_empty() {
            self.blank.push(row);
            return Ok(Status::Unstated);
        }
        self.stated = true;
        status(text)
    }

    /// The rows whose status is missing among others that have one, each with what is wrong.
    pub(super) fn blank(self) -> impl Iterator<Item = (u32, String)> {
        let blank = if self.stated { self.blank } else { Vec::new() };
        blank
            .into_iter()
            .map(|row| (row, "The status is blank, and other rows have one. Write Open or Closed.".to_owned()))
    }
}

/// The status that a text is: in the list's words, by its number there, or as people write it.
pub(super) fn status(text: &str) -> Result<Status, String> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let right = match words.join(" ").as_str() {
        "open" | "opened" | "currently open" | "1" => return Ok(Status::Open),
        "open but proposed to close" | "open proposed to close" | "proposed to close" | "3" => {
            return Ok(Status::Closing);
        }
        "closed" | "2" => return Ok(Status::Closed),
        "proposed to open" | "not yet open" | "not open yet" | "4" => return Ok(Status::NotYetOpen),
        "shut" | "closed down" | "shut down" | "permanently closed" | "close" => {
            "Write Closed where it has closed for good."
        }
        text if text.contains("temporar") => {
            "Write Open where it will open again, and Closed where it has closed for good."
        }
        _ => "Write Open, “Open, but proposed to close”, Closed or “Proposed to open”.",
    };
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    Err(format!("“{shown}” is no status of the list. {right}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_one_of_the_lists_or_a_problem() {
        for (text, expected) in [
            ("Open", Ok(Status::Open)),
            ("OPEN", Ok(Status::Open)),
            ("Opened", Ok(Status::Open)),
            ("Open, but proposed to close", Ok(Status::Closing)),
            ("Open but proposed to close", Ok(Status::Closing)),
            ("closed", Ok(Status::Closed)),
            ("Proposed to open", Ok(Status::NotYetOpen)),
            ("1", Ok(Status::Open)),
            ("2", Ok(Status::Closed)),
            ("Shut", Err("Write Closed where")),
            ("Temporarily closed", Err("Write Open where it will open again")),
            ("Clsoed", Err("“Clsoed” is no status")),
            ("Open?", Ok(Status::Open)),
            ("Not open", Err("Write Open, “Open, but")),
            ("Open until July", Err("Write Open, “Open, but")),
            ("5", Err("“5” is no status")),
            ("é".repeat(50).as_str(), Err("…” is no status")),
        ] {
            match (status(text), expected) {
                (Ok(status), Ok(expected)) => assert_eq!(status, expected, "{text}"),
                (Err(message), Err(part)) => assert!(message.contains(part), "{text}: {message}"),
                (got, _) => panic!("{text}: {got:?}"),
            }
        }
    }
}
