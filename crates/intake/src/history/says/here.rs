//! What each place of a clause says: by its words, those before, and where the text stands.

use super::phrases::*;
use super::{Clause, Place, Says, other, own};
use crate::history::date;

/// A place in a clause.
struct Here<'a> {
    words: &'a [&'a str],
    at: usize,
    /// The words of the clauses before it.
    before: &'a [&'a str],
    /// The words before it, the nearest first.
    lead: Vec<&'a str>,
    place: Place,
    /// The clause asks, or says “perhaps”.
    hedged: bool,
}

/// What a clause says; `before` are the words of those before it.
pub(super) fn read<'a>(clause: &'a Clause<'_>, before: &'a [&'a str], place: Place, found: &mut Vec<Says>) {
    let words = clause.words.as_slice();
    if place == Place::Status && before.is_empty() && matches!(words, ["no" | "n"]) && !clause.asks {
        found.push(Says::Cancelled);
    }
    let hedged = clause.asks || has(words, HEDGES);
    let mut here = Here { words, at: 0, before, lead: Vec::new(), place, hedged };
    while here.at < words.len() {
        // Outside of remarks, what stands before a dash or in front of brackets is the cell's own matter: “Y6 - cancelled”.
        let before = if place == Place::Elsewhere { &[] } else { before };
        here.lead = before.iter().chain(&words[..here.at]).rev().take(4).copied().collect();
        let taken = match here.event() {
            Some((taken, said)) => {
                found.push(said);
                taken
            }
            None => 1,
        };
        here.at += taken;
    }
}

fn has(words: &[&str], any: &[&str]) -> bool {
    words.iter().any(|word| any.contains(word))
}

impl Here<'_> {
    /// What begins here: how many words it is, and what it says.
    fn event(&self) -> Option<(usize, Says)> {
        let here = &self.words[self.at..];
        let off = if is_cancelled(here[0]) { 1 } else { any(OFF, here) };
        if off > 0 {
            return Some((off, self.cancelled(off)));
        }
        let taken = any(PUT_OFF, here);
        if taken > 0 {
            return Some((taken, self.put_off(taken)));
        }
        let taken = any(TOOK_PLACE, here);
        if taken > 0 {
            return Some((taken, self.took_place(taken)));
        }
        if self.place == Place::Elsewhere
            || (self.place == Place::Notes && other::is_of_other(self.words, self.at, self.before))
        {
            return None;
        }
        let taken = any(PERHAPS_OFF, here);
        if taken > 0 {
            return Some((taken, self.perhaps_off()));
        }
        let taken = any(CARRIED, here);
        if taken > 0 {
            return Some((taken, self.carried(taken)));
        }
        if any(TO_COME, here) > 0 && (self.is_of_session() || self.place == Place::Status) {
            return Some((1, if here.contains(&"again") { Says::Nothing } else { Says::Unsure }));
        }
        let taken = any(MOVED, here);
        if taken > 0 {
            return Some((taken, self.moved(taken)));
        }
        let taken = any(PERHAPS_PUT_OFF, here).max(any(TO_CONFIRM, here));
        if taken > 0 {
            let is_since = here.contains(&"from") && self.place == Place::Notes;
            return Some((taken, if is_since { Says::Nothing } else { Says::Unsure }));
        }
        if any(PERHAPS_HELD, here) > 0 {
            return Some((1, self.held()));
        }
        (any(PERHAPS_DONE, here) > 0).then(|| (1, self.done()))
    }

    fn rest(&self, taken: usize) -> &[&str] {
        self.words.get(self.at + taken..).unwrap_or_default()
    }

    fn sure(&self, said: Says) -> Says {
        if self.hedged { Says::Unsure } else { said }
    }

    /// “Not”, close before.
    fn is_denied(&self) -> bool {
        has(&self.words[self.at.saturating_sub(3)..self.at], NOT)
    }

    /// “To be”, “will”: it is to come.
    fn is_to_come(&self) -> bool {
        self.at > 0 && matches!(self.words[self.at - 1], "to" | "be" | "will" | "should" | "can" | "could" | "must")
    }

    /// Whether what stands before it in its clause is of the session itself.
    fn is_of_session(&self) -> bool {
        self.words[..self.at].iter().all(|w| SUBJECTS.contains(w) || NOT.contains(w) || matches!(*w, "did" | "a"))
    }

    /// Whether it is said of a part of what the row is about.
    fn is_of_part(&self) -> bool {
        self.lead.iter().any(|word| is_part(word))
    }

    fn cancelled(&self, taken: usize) -> Says {
        let (here, rest) = (self.words[self.at], self.rest(taken));
        // “To cancel”, “cancellation fee”: not that it was.
        let is_noun =
            (here == "cancel" && self.words.len() > 1) || rest.first().is_some_and(|w| OF_CANCELLATION.contains(w));
        let is_of_part = self.is_of_part()
            || match rest {
                ["am" | "pm" | "morning" | "afternoon" | "one" | "half" | "part" | "first" | "second", ..] => true,
                [number, of, ..] => {
                    is_part(number) && matches!(*of, "class" | "classes" | "group" | "groups" | "session")
                }
                _ => false,
            };
        let is_of_other = self.place == Place::Elsewhere && !self.is_of_session();
        // “Kids were cancelled from swimming”, “invoice cancelled”.
        let lead = &self.words[..self.at];
        let is_of_children = has(lead, CHILDREN) || has(lead, &["kids"]) || rest.first() == Some(&"from");
        let is_of_other = is_of_other || is_of_children || lead.last().is_some_and(|word| PAPERS.contains(word));
        let is_none = self.at > 0 && here.starts_with("cancellation") && matches!(self.words[self.at - 1], "no" | "0");
        if is_none {
            Says::Nothing
        } else if self.is_denied() {
            Says::Held
        } else if is_noun || is_of_part || is_of_other || own::is_of_thing(rest) {
            Says::Unsure
        } else {
            self.sure(Says::Cancelled)
        }
    }

    fn put_off(&self, taken: usize) -> Says {
        let rest = self.rest(taken);
        let is_of_other = self.place == Place::Elsewhere && !self.is_of_session();
        // “Put off by noise”.
        let is_by_thing = self.words[self.at] == "put"
            && rest.first() == Some(&"by")
            && !has(rest, &["school", "head", "us", "them", "office", "unit", "team"]);
        let is_length =
            self.words[self.at] == "held" && rest.first().is_some_and(|word| is_part(word) || *word == "several");
        if is_length {
            // “Held over two sessions”.
            Says::Nothing
        } else if self.is_denied() {
            Says::Held
        } else if rest.contains(&"from") {
            // “Rearranged from 3 May” stands at the day it was moved to.
            if self.place != Place::Notes || rest.contains(&"to") { Says::Unsure } else { Says::Nothing }
        } else if has(self.words, THINGS) || self.is_of_part() || is_of_other || own::is_of_thing(rest) || is_by_thing {
            Says::Unsure
        } else {
            self.sure(Says::Postponed)
        }
    }

    fn took_place(&self, taken: usize) -> Says {
        let is_to_come = self.is_to_come() || has(&self.lead, &["will", "can", "could", "should", "must"]);
        if !self.is_denied() {
            return if is_to_come { Says::Unsure } else { self.sure(Says::Held) };
        }
        let again = self.rest(taken).first() == Some(&"again");
        if has(self.words, &["yet"]) || self.is_of_part() || is_to_come || again {
            Says::Unsure
        } else {
            self.sure(Says::Cancelled)
        }
    }

    fn perhaps_off(&self) -> Says {
        let of_children = has(self.words, CHILDREN);
        match self.place {
            Place::Status if !of_children && !self.is_denied() => self.sure(Says::Cancelled),
            Place::Notes if of_children => Says::Nothing,
            _ => Says::Unsure,
        }
    }

    fn carried(&self, taken: usize) -> Says {
        let rest = self.rest(taken);
        if self.place == Place::Notes && (rest.contains(&"from") || !self.is_of_session()) {
            return Says::Nothing;
        }
        let to = rest.first().filter(|word| matches!(**word, "to" | "until" | "till")).and_then(|_| day(&rest[1..]));
        if to == Some(true) && !self.is_denied() { self.sure(Says::Postponed) } else { Says::Unsure }
    }

    fn moved(&self, taken: usize) -> Says {
        // Rebooked for May: that visit again, or the next one.
        if self.words[self.at] == "rebooked" && self.place == Place::Notes {
            return Says::Unsure;
        }
        match day(self.rest(taken)) {
            Some(true) if !self.is_denied() => self.sure(Says::Postponed),
            None if self.place == Place::Notes => Says::Nothing,
            _ => Says::Unsure,
        }
    }

    fn held(&self) -> Says {
        let is_status = self.place == Place::Status;
        if !self.is_denied() {
            return match (is_status, self.is_to_come() || self.hedged) {
                (true, false) => Says::Held,
                (true, true) => Says::Unsure,
                (false, to_come) => {
                    if to_come || self.at > 1 {
                        Says::Nothing
                    } else {
                        Says::Held
                    }
                }
            };
        }
        if has(self.words, CHILDREN) && !is_status {
            Says::Nothing
        } else if has(self.words, &["yet"]) || has(self.words, CHILDREN) || !(is_status || self.is_of_session()) {
            Says::Unsure
        } else {
            self.sure(Says::Cancelled)
        }
    }

    fn done(&self) -> Says {
        let (is_status, of_children) = (self.place == Place::Status, has(self.words, CHILDREN));
        if !self.is_denied() {
            return match (is_status, self.is_to_come() || self.hedged) {
                (true, false) => Says::Held,
                (true, true) => Says::Unsure,
                (false, _) => Says::Nothing,
            };
        }
        if !is_status && (of_children || !self.is_of_session()) {
            return Says::Nothing;
        }
        // “The team did not attend” is plain; “did not attend” may be of a child, “not completed” of a form.
        let is_plain = is_status || (self.at > 2 && self.words[self.at].starts_with("attend"));
        if is_plain && !of_children && !has(self.words, &["yet"]) { self.sure(Says::Cancelled) } else { Says::Unsure }
    }
}

fn is_part(word: &str) -> bool {
    PARTS.contains(&word)
        || word.bytes().all(|b| b.is_ascii_digit())
        || ["y", "yr", "ks", "year"]
            .iter()
            .any(|p| word.strip_prefix(p).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())))
}

/// Whether the words after “moved to” begin with a day; false where they may, none where they do not.
fn day(words: &[&str]) -> Option<bool> {
    let first = words.iter().find(|word| **word != "the")?;
    let ordinal =
        ["st", "nd", "rd", "th"].iter().find_map(|s| first.strip_suffix(s)).is_some_and(|n| n.parse::<u8>().is_ok());
    let named = matches!(
        *first,
        "next" | "later" | "another" | "new" | "autumn" | "spring" | "summer" | "tbc" | "tomorrow" | "after"
    );
    if ordinal || named || date::month(first).is_some() || date::weekday(first).is_some() {
        return Some(true);
    }
    if !first.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // “12 Oct” and “12/10/16” are days; “9.30” and “12.10” may be times.
    let month_follows = words.get(1).is_some_and(|word| date::month(word).is_some());
    let numbers = words.iter().take_while(|word| word.bytes().all(|b| b.is_ascii_digit())).count();
    Some(first.parse::<u8>().is_ok() && (month_follows || numbers > 2))
}
