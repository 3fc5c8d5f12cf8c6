//! `callboard read-workbook`: a workbook on standard input, what its sheets hold on standard output. The server starts
//! it for each workbook that somebody uploads, and survives whatever becomes of it.

use std::io;
use std::process::ExitCode;

use intake::isolation::{self, MOST_MEMORY, MOST_SECONDS, Reader};
use rustix::process::{Resource, Rlimit, setrlimit};

/// The sub-command’s name.
pub(super) const NAME: &str = "read-workbook";

/// How much address space the allocator sets aside before anybody asks for it: none here. What it had set aside would
/// count as the program's own, and the limit would lie higher by as much.
const ARENA: &str = "MIMALLOC_ARENA_RESERVE";

/// Bytes of memory the program itself takes where the system does not say.
const PROGRAM: u64 = 256 << 20;

/// Has this process's workbooks read by processes of their own.
pub(super) fn isolate() {
    // On Linux the running program stays within reach although a newer one has taken its place.
    let own = std::path::PathBuf::from("/proc/self/exe");
    let program = if own.exists() { Ok(own) } else { std::env::current_exe() };
    if let Ok(program) = program {
        let environment = vec![(ARENA.into(), "0".into())];
        isolation::isolate(Reader { program, arguments: vec![NAME.into()], environment });
    }
}

/// Reads, within limits that are set first. It runs on one thread: each more would take address space of its own.
pub(super) fn run() -> ExitCode {
    let limited = limit(Resource::As, taken().unwrap_or(PROGRAM) + MOST_MEMORY)
        .and_then(|()| limit(Resource::Cpu, MOST_SECONDS))
        .and_then(|()| limit(Resource::Core, 0));
    if let Err(error) = limited {
        eprintln!("callboard: the process could not be limited: {error}");
        return ExitCode::FAILURE;
    }
    match isolation::transcribe(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}

/// The address space in use, in bytes.
fn taken() -> Option<u64> {
    let sizes = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = sizes.split_whitespace().next()?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}
