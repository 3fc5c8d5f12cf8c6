//! Lines for standard output.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stdout};

/// Writes a line to standard output, as `println!` does, and goes on where nobody reads it any more.
macro_rules! say {
    ($($line:tt)*) => { $crate::say::line(format_args!($($line)*)) };
}

/// Writes the line of [`say!`].
///
/// # Panics
/// Where it cannot be written, though somebody reads.
pub(crate) fn line(line: Arguments<'_>) {
    if let Err(error) = as_far_as_read(writeln!(stdout().lock(), "{line}")) {
        panic!("cannot write to standard output: {error}");
    }
}

/// Whoever reads may stop in the middle, as `head` does: what the command came to do is done all the same, and its exit
/// code says how it went.
pub(crate) fn as_far_as_read(written: std::io::Result<()>) -> std::io::Result<()> {
    written.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}
