//! Whether some text of a workbook may be part of a key to its colours: most have none, and need not be looked at.

use std::io::Read;

use memchr::memmem::Finder;

/// So many bytes are looked at together.
const PIECE: usize = 1 << 16;
/// In small letters: parts of the words in which a key says that something did not take place, or may not have. Those that
/// most workbooks of visits have somewhere come first.
const WORDS: [&str; 36] = [
    "not ",
    "canc",
    "onfirm",
    "postp",
    "tbc",
    "n't",
    "provis",
    "sched",
    "waiting",
    "dna",
    "pending",
    "request",
    "planned",
    "withdr",
    "rearr",
    "re-arr",
    "no show",
    "no-show",
    "noshow",
    "declin",
    "refus",
    "abandon",
    "outstand",
    "undeliv",
    "enquir",
    "propos",
    "reserv",
    "defer",
    "draft",
    "tba",
    "never",
    "pencil",
    "called off",
    "cncl",
    "canx",
    ">cx",
];
/// The longest of them is shorter.
const LONGEST: usize = 16;

/// Whether one of the words stands in a part.
pub(super) fn may_be(mut part: impl Read) -> bool {
    let words = WORDS.map(|word| Finder::new(word.as_bytes()));
    let (mut buffer, mut held) = (vec![0; PIECE + LONGEST], 0);
    loop {
        // What cannot be read is not known to have none.
        let Ok(read) = part.read(&mut buffer[held..held + PIECE]) else { return true };
        let all = held + read;
        buffer[held..all].make_ascii_lowercase();
        if words.iter().any(|word| word.find(&buffer[..all]).is_some()) {
            return true;
        }
        if read == 0 {
            return false;
        }
        held = all.min(LONGEST);
        buffer.copy_within(all - held..all, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_wherever_it_begins() {
        for before in [0, 3, PIECE - 2, PIECE, 2 * PIECE - 1] {
            let text = [vec![b'x'; before], b"<t>Visits that DID NOT take place</t>".to_vec()].concat();
            assert!(may_be(&text[..]), "{before}");
        }
        assert!(may_be(&b"Cancelled"[..]));
        assert!(!may_be(&b"Oak Primary 12/09/2016 lovely"[..]));
    }
}
