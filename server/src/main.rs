//! `callboard`: see `callboard --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    callboard::commands::main()
}
