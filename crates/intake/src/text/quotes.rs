//! Quotation marks around the cells of a text file.

/// Where a row stands after its last byte, and what went wrong before.
#[derive(Default)]
struct Walked {
    quoted: bool,
    /// Something stands behind the last mark that began a cell.
    filled: bool,
    /// A mark closed a cell of several lines, and text follows it.
    stray: bool,
}

fn walk(raw: &[u8], separator: u8) -> Walked {
    let mut walked = Walked::default();
    let (mut begins, mut closed, mut lines) = (true, false, false);
    for byte in raw.iter().skip_while(|byte| matches!(byte, b'\r' | b'\n')) {
        let is_mark = *byte == b'"' && (walked.quoted || begins);
        let ends_cell = *byte == separator || matches!(byte, b'\r' | b'\n');
        walked.stray |= closed && lines && !is_mark && !ends_cell;
        closed = walked.quoted && is_mark;
        walked.filled = walked.quoted && (walked.filled || !byte.is_ascii_whitespace());
        lines = walked.quoted && (lines || *byte == b'\n') || (closed && lines);
        walked.quoted ^= is_mark;
        begins = !walked.quoted && (is_mark || *byte == separator);
    }
    walked
}

/// Whether a row ends inside quotation marks that hold something. A mark alone repeats what stands above it.
pub(super) fn ends_quoted(raw: &[u8], separator: u8) -> bool {
    let walked = walk(raw, separator);
    walked.quoted && walked.filled
}

/// Whether a mark of a row was meant to close before: the cell that it begins goes over several lines, and what closes it
/// is the first mark of another cell.
pub(super) fn is_unclosed(raw: &[u8], separator: u8) -> bool {
    let line = raw.trim_ascii();
    line.contains(&b'"') && line.contains(&b'\n') && walk(raw, separator).stray
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_without_its_second_one_is_found() {
        for (raw, unclosed) in [
            ("12/9,Oak,\"said \"\"hi,30\n13/9,Elm,ok,30\n14/9,Ash,\"x\",20\n", true),
            ("1,\"two\nlines\" and more,3\n", true),
            ("1,\"two\nlines\",3\n", false),
            ("1,\"two \"\"big\"\"\nlines\",3\r\n", false),
            ("1,\"\"\"two\"\"\nlines\"\"\",3", false),
            ("1,\"one\" line,3\n", false),
            ("1,5\" pipe,\"a\nb\"\n", false),
            ("\n\n1,\"one\" line,3\n", false),
        ] {
            assert_eq!(is_unclosed(raw.as_bytes(), b','), unclosed, "{raw}");
        }
    }
}
