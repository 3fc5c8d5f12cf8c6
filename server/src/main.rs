//! `callboard`: see `callboard --help`.

#![warn(clippy::unwrap_used)]

use std::process::ExitCode;

fn main() -> ExitCode {
    callboard::commands::main()
}
