//! `callboard`: see `callboard --help`.

#![warn(clippy::unwrap_used)]

use std::process::ExitCode;

/// The embedded database has a thread of its own, so what one thread asks for another gives back, row by row: the
/// system's allocator has them wait for each other, and importing all England takes half as long again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    callboard::commands::main()
}
