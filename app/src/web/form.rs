//! Forms: what was typed, what is wrong with it, and its reading into the domain's types.

use std::fmt::Display;
use std::str::FromStr;

use axum::RequestExt;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use chrono::NaiveDate;
use records::FieldError;
use uuid::Uuid;

use super::answer::Problem;

/// The hidden field that makes a form's work happen once.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency_key";

/// A form as it was typed, with its errors. What was typed is shown again whatever is wrong with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form {
    pairs: Vec<(String, String)>,
    errors: Vec<FieldError>,
    /// What is on record now, once somebody else changed it while this was being typed.
    record: Option<Vec<(String, String)>>,
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let bad = |status| Problem::Bad(status, "The form could not be read. Go back and try again.".into());
        let axum::extract::Form(pairs) =
            request.extract::<axum::extract::Form<Vec<(String, String)>>, _>().await.map_err(|e| {
                bad(if e.status() == StatusCode::PAYLOAD_TOO_LARGE { e.status() } else { StatusCode::BAD_REQUEST })
            })?;
        let mut form = Self::default();
        pairs.iter().for_each(|(field, value)| form.put(field, typed(value)));
        Ok(form)
    }
}

impl Form {
    /// A form that holds what is on record, to be changed.
    pub(crate) fn of(pairs: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        let pairs = pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect();
        Self { pairs, ..Self::default() }
    }

    /// Adds a value, as if it had been typed.
    pub(crate) fn put(&mut self, field: &str, value: impl Into<String>) {
        self.pairs.push((field.to_owned(), value.into()));
    }

    /// Puts `value` in the place of what was in `field`.
    pub(crate) fn replace(&mut self, field: &str, value: impl Into<String>) {
        self.pairs.retain(|(k, _)| k != field);
        self.put(field, value);
    }

    /// What was typed in `field`, without the spaces around it; empty when it was not sent.
    pub(crate) fn get(&self, field: &str) -> &str {
        self.pairs.iter().find(|(k, _)| k == field).map_or("", |(_, v)| v.trim())
    }

    /// Everything that was chosen in `field`.
    pub(crate) fn all<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(k, _)| k == field).map(|(_, v)| v.trim()).filter(|v| !v.is_empty())
    }

    /// Whether `value` was chosen in `field`.
    pub(crate) fn has(&self, field: &str, value: &str) -> bool {
        self.pairs.iter().any(|(k, v)| k == field && v.trim() == value)
    }

    /// Somebody else changed the record while this was being typed. What was typed stays, the fields show beside it
    /// what `record` says now, and the next press means it.
    pub(crate) fn changed_meanwhile(&mut self, record: Self) {
        self.replace("version", record.get("version"));
        let fields = record.pairs.iter().chain(&self.pairs).map(|(field, _)| field.clone()).collect::<Vec<_>>();
        self.record = Some(record.pairs);
        let first = fields.iter().find(|field| *field != IDEMPOTENCY_KEY && self.on_record(field).is_some());
        let (field, sentence) = match first {
            Some(field) => {
                // A date's three boxes are one field.
                let field =
                    ["-day", "-month", "-year"].iter().find_map(|part| field.strip_suffix(part)).unwrap_or(field);
                (
                    field,
                    "Somebody else changed this meanwhile. Compare what you entered with what is on record now, then save again",
                )
            }
            None => (
                "",
                "Somebody else changed this meanwhile, to what you entered or elsewhere. Save again if you still want to",
            ),
        };
        self.refuse(field.to_owned(), sentence);
    }

    /// What is on record in `field` after [`changed_meanwhile`](Self::changed_meanwhile), where it is not what was
    /// entered. Empty where the record has nothing there.
    pub(crate) fn on_record<'a>(&'a self, field: &'a str) -> Option<Vec<&'a str>> {
        let record = self.record.as_ref()?;
        let there = record.iter().filter(|(k, _)| k == field).map(|(_, v)| v.trim()).filter(|v| !v.is_empty());
        let (there, here) = (there.collect::<Vec<_>>(), self.all(field).collect::<Vec<_>>());
        let same = |a: &str, b: &str| a.lines().map(str::trim_end).eq(b.lines().map(str::trim_end));
        let differs = there.len() != here.len() || !there.iter().all(|t| here.iter().any(|h| same(t, h)));
        differs.then_some(there)
    }

    /// What is on record in `field` after [`changed_meanwhile`](Self::changed_meanwhile), be it what was entered or not.
    pub(crate) fn recorded(&self, field: &str) -> Option<&str> {
        self.record.as_ref()?.iter().find(|(k, _)| k == field).map(|(_, v)| v.trim())
    }

    /// Every pair, to be carried to the next step.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The same, to be sent as another form: its work so far is done.
    pub(crate) fn anew(mut self) -> Self {
        self.pairs.retain(|(field, _)| field != IDEMPOTENCY_KEY);
        self
    }

    /// What makes the form's work happen once.
    pub(crate) fn idempotency_key(&self) -> Option<Uuid> {
        self.get(IDEMPOTENCY_KEY).parse().ok()
    }

    /// Says what is wrong with `field`.
    pub(crate) fn refuse(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.errors.push(FieldError { field: field.into(), message: message.into() });
    }

    /// Takes over what an operation found wrong.
    pub(crate) fn refuse_all(&mut self, errors: Vec<FieldError>) {
        self.errors.extend(errors);
    }

    /// The same with what an operation found wrong.
    pub(crate) fn refused(mut self, errors: Vec<FieldError>) -> Self {
        self.refuse_all(errors);
        self
    }

    /// What is wrong, in the order of the form's reading.
    pub(crate) fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_good(&self) -> bool {
        self.errors.is_empty()
    }

    /// What is wrong with `field`.
    pub(crate) fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|e| e.field == field).map(|e| e.message.as_str())
    }

    /// What was typed in `field`; `missing` is said when nothing was.
    pub(crate) fn required(&mut self, field: &str, missing: &str) -> Option<String> {
        let text = self.get(field).to_owned();
        if text.is_empty() {
            self.refuse(field, missing);
            return None;
        }
        Some(text)
    }

    /// What was typed in `field` as a `T`; `missing` is said when nothing was, the type's own error when it is no `T`.
    pub(crate) fn read<T: FromStr<Err: Display>>(&mut self, field: &str, missing: &str) -> Option<T> {
        let text = self.required(field, missing)?;
        self.parse(field, &text)
    }

    /// As [`read`](Self::read), but the field may be left blank.
    pub(crate) fn read_optional<T: FromStr<Err: Display>>(&mut self, field: &str) -> Option<T> {
        let text = self.get(field).to_owned();
        if text.is_empty() { None } else { self.parse(field, &text) }
    }

    fn parse<T: FromStr<Err: Display>>(&mut self, field: &str, text: &str) -> Option<T> {
        match text.parse() {
            Ok(value) => Some(value),
            Err(e) => {
                self.refuse(field, e.to_string());
                None
            }
        }
    }

    /// A whole number between `low` and `high`, or nothing when the field was left blank.
    pub(crate) fn number(&mut self, field: &str, what: &str, low: i64, high: i64) -> Option<i64> {
        let text = self.get(field).replace(',', "");
        if text.is_empty() {
            return None;
        }
        match text.parse() {
            Ok(n) if (low..=high).contains(&n) => Some(n),
            _ => {
                self.refuse(field, format!("{what} must be a whole number between {low} and {high}"));
                None
            }
        }
    }

    /// The date in `field-day`, `field-month`, `field-year`; `what` begins the sentence that says what is wrong.
    pub(crate) fn date(&mut self, field: &str, what: &str) -> Option<NaiveDate> {
        let part = |form: &Self, part: &str| form.get(&format!("{field}-{part}")).to_owned();
        let (day, month, year) = (part(self, "day"), part(self, "month"), part(self, "year"));
        if day.is_empty() && month.is_empty() && year.is_empty() {
            self.refuse(field, format!("Enter {what}"));
            return None;
        }
        let date = match (year.parse::<i32>(), month.parse(), day.parse()) {
            (Ok(y @ 1990..=2100), Ok(m), Ok(d)) => NaiveDate::from_ymd_opt(y, m, d),
            _ => None,
        };
        if date.is_none() {
            self.refuse(field, format!("{} must be a real date, like 27 3 2027", capitalise(what)));
        }
        date
    }

    /// As [`date`](Self::date), but may be left blank.
    pub(crate) fn date_optional(&mut self, field: &str, what: &str) -> Option<NaiveDate> {
        let blank = ["day", "month", "year"].iter().all(|part| self.get(&format!("{field}-{part}")).is_empty());
        if blank { None } else { self.date(field, what) }
    }

    /// Puts a date into `field`'s three parts.
    pub(crate) fn put_date(&mut self, field: &str, date: NaiveDate) {
        use chrono::Datelike;
        self.put(&format!("{field}-day"), date.day().to_string());
        self.put(&format!("{field}-month"), date.month().to_string());
        self.put(&format!("{field}-year"), date.year().to_string());
    }
}

/// Text as it was typed, without the control characters that nobody types and PostgreSQL does not take (NUL).
pub(crate) fn typed(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect()
}

/// The text with a capital at its beginning.
pub(crate) fn capitalise(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_not_typed() {
        assert_eq!(typed("Year 6\0\u{1b}, hall\r\n\tand stage\u{85}"), "Year 6, hall\r\n\tand stage");
    }

    #[test]
    fn dates_are_read_or_named() {
        let mut form = Form::of([("on-day", "31"), ("on-month", "2"), ("on-year", "2027")]);
        assert_eq!(form.date("on", "the first day"), None);
        assert_eq!(form.error("on"), Some("The first day must be a real date, like 27 3 2027"));
        let mut form = Form::of([("on-day", " 1"), ("on-month", "03"), ("on-year", "2027")]);
        assert_eq!(form.date("on", "the first day"), NaiveDate::from_ymd_opt(2027, 3, 1));
        assert!(form.is_good());
        assert_eq!(form.date_optional("off", "the last day"), None);
        assert!(form.is_good());
    }
}
