//! Which character separates a text file's cells.

use super::MAX_ROW_BYTES;

/// The separators that are told apart; a comma where nothing speaks for another.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// The separator is told from so many lines at the top, in no more bytes than a row may have.
const SEPARATOR_LINES: usize = 20;

/// How often each separator stands in each of the first lines that hold something, outside quotation marks.
fn separators_of_lines(bytes: &[u8]) -> Vec<[usize; SEPARATORS.len()]> {
    let mut lines = Vec::new();
    let (mut counts, mut quoted, mut begins, mut holds) = ([0_usize; SEPARATORS.len()], false, true, false);
    for byte in bytes.iter().take(MAX_ROW_BYTES) {
        match byte {
            // A mark within a text, as in 5" nails, quotes nothing.
            b'"' if quoted || begins => quoted = !quoted,
            b'\n' if !quoted => {
                if holds {
                    lines.push(counts);
                }
                if lines.len() == SEPARATOR_LINES {
                    return lines;
                }
                (counts, begins, holds) = ([0; SEPARATORS.len()], true, false);
                continue;
            }
            _ => {}
        }
        let separator = SEPARATORS.iter().position(|separator| separator == byte).filter(|_| !quoted);
        if let Some(separator) = separator {
            counts[separator] += 1;
        }
        // The second of two marks in a quoted text opens it again.
        begins = separator.is_some() || (*byte == b'"' && !quoted);
        holds |= !byte.is_ascii_whitespace();
    }
    if holds {
        lines.push(counts);
    }
    lines
}

/// The separator of a file: that of its first line, a comma unless there are more of another; or, where
/// the first line is a title, the one that most of the first lines have equally often.
pub(super) fn separator(bytes: &[u8]) -> u8 {
    let lines = separators_of_lines(bytes);
    let counts = lines.first().copied().unwrap_or_default();
    // The first of those that stand there most often.
    let first = (0..SEPARATORS.len()).rev().max_by_key(|of| counts[*of]).unwrap_or_default();
    // In how many lines a separator stands as often as it mostly does.
    let alike = |of: usize| {
        let with = |count: usize| lines.iter().filter(|line| line[of] == count).count();
        lines.iter().map(|line| line[of]).filter(|count| *count > 0).map(with).max().unwrap_or_default()
    };
    let all = |of: usize| lines.iter().map(|line| line[of]).sum::<usize>();
    let better = (0..SEPARATORS.len())
        .filter(|of| alike(*of) > alike(first) && all(*of) >= all(first))
        .filter(|of| alike(*of) >= 2 && alike(*of) * 2 > lines.len())
        .max_by_key(|of| (alike(*of), all(*of)));
    SEPARATORS[better.unwrap_or(first)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_told_from_the_first_lines() {
        for (text, wanted) in [
            ("a,b;c\n1,2;3\n", b','),
            ("a;b,c;d\n1;2;3\n", b';'),
            ("Date|School|Year\n1|A, B|Y6\n", b'|'),
            ("Our visits\nDate|School\n1|A\n2|B\n", b'|'),
            ("URN\tSchool\n1\tA, B\n", b'\t'),
            // A title, with commas of its own or with none.
            ("Our schools\nURN;School name;Town\n1;A;B\n2;C;D\n", b';'),
            ("Schools, as of May, 2026\n\nURN;School name;Town\n1;A;B\n2;C;D\n", b';'),
            ("Our schools\nURN\tSchool\n1\tA\n2\tB\n", b'\t'),
            ("Our schools; 2026\nURN,School\n1,A\n2,B\n", b','),
            ("Our schools\r\n\r\nURN,School\r\n1,A; B\r\n2,C\r\n", b','),
            // Quoted separators count for nothing, nor does an inch mark quote.
            ("Title\na;\"x,y,z\nu,v\";c\n1;\"p,\"\"q\"\",r,s\";3\n", b';'),
            ("a,5\" nails;x\nb,6\" nails\n", b','),
            // Lists in a column, in rows of several lengths, are lists.
            ("School,Name,Email\nA,B,a@x; b@x\nC,D,c@x; d@x\nE,F,e@x; f@x\n", b','),
            ("a,b,c,d\n1,2,x;y\n1,2,3,4,x;y\n1,x;y\n1,2,3,4,5,x;y\n", b','),
            ("a;b\n1,5;2\n2,5;3\n3,5;4\n", b';'),
            ("Schools\nA\nB; C\n", b','),
            ("", b','),
        ] {
            assert_eq!(char::from(separator(text.as_bytes())), char::from(wanted), "{text}");
        }
    }
}
