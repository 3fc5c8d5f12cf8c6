//! Workbooks read in a process of their own, which may run out of memory or time without anybody else noticing.
//!
//! The program names the process to start ([`isolate`]); it gets the file on its standard input and writes a transcript
//! of the sheets to its standard output ([`transcribe`]). It has no environment, and limits its own memory and processor
//! time before it reads a byte. See `docs/decisions/0008-workbooks-in-a-process-of-their-own.md`.

use std::ffi::OsString;
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::problem::Problem;
use crate::workbook::{self, Transcript, Workbook};

/// Seconds after which a workbook that is still being read is refused.
pub const MOST_SECONDS: u64 = 9;
/// The most bytes of memory a reading process may ask for beyond what the program itself takes.
pub const MOST_MEMORY: u64 = 256 << 20;
/// The most bytes of a transcript. The official extract of all establishments makes about 60 MB.
const MOST_TRANSCRIPT: u64 = 128 << 20;
/// So many are read at a time; who comes later waits, at most for as long as these may take.
const AT_ONCE: usize = 2;

/// The process that reads workbooks.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The program.
    pub program: PathBuf,
    /// What it is called with.
    pub arguments: Vec<OsString>,
}

static READER: OnceLock<Reader> = OnceLock::new();
static READING: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// From now on workbooks are read by `reader`; without it, by the process itself. Once said, it stays.
pub fn isolate(reader: Reader) {
    let _ = READER.set(reader);
}

/// What the reading process does once it has limited itself: a workbook in, its transcript out.
///
/// # Errors
/// Input or output broke off.
pub fn transcribe(input: &mut dyn Read, output: &mut dyn Write) -> io::Result<()> {
    let mut bytes = Vec::new();
    input.take(crate::MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    let book = match Workbook::recognise(&bytes) {
        Some(kind) => Workbook::open_here(&bytes, kind),
        None => Err(workbook::damaged(&"it does not begin like a workbook")),
    };
    workbook::write_transcript(book, &mut BufWriter::with_capacity(1 << 16, output))
}

/// A workbook read by the process that was named; none when none was.
pub(crate) fn read(bytes: &[u8]) -> Option<Result<Transcript, Problem>> {
    READER.get().map(|reader| reader.read(bytes))
}

impl Reader {
    fn read(&self, bytes: &[u8]) -> Result<Transcript, Problem> {
        let _turn = Turn::take();
        let started = Instant::now();
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| cannot_start())?;
        let answer = converse(&mut child, bytes, started + Duration::from_secs(MOST_SECONDS));
        // Waited for, so that nothing is left of it.
        let _ = child.wait();
        match answer {
            Answer::Late => Err(too_slow()),
            Answer::TooLong => Err(workbook::too_large()),
            Answer::Said(transcript, status) => {
                Transcript::read(transcript).unwrap_or_else(|| Err(why_it_broke_off(status)))
            }
        }
    }
}

enum Answer {
    /// What it wrote, and how it ended by itself.
    Said(Vec<u8>, Option<ExitStatus>),
    Late,
    TooLong,
}

/// Hands the file over and takes the answer, each on a thread, so that neither side waits for the other.
fn converse(child: &mut Child, bytes: &[u8], deadline: Instant) -> Answer {
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Answer::Said(Vec::new(), None);
    };
    thread::scope(|scope| {
        // A process that needs no more of the file closes its end: that is no failure.
        scope.spawn(move || drop(stdin.write_all(bytes)));
        let (said, heard) = sync_channel(1);
        scope.spawn(move || {
            let mut answer = Vec::new();
            let _ = stdout.take(MOST_TRANSCRIPT + 1).read_to_end(&mut answer);
            let _ = said.send(answer);
        });
        let answer = match heard.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(answer) if answer.len() as u64 > MOST_TRANSCRIPT => Answer::TooLong,
            Ok(answer) => {
                // It has closed its output, and is about to end by itself: how, says why it broke off.
                let mut ended = child.try_wait();
                while matches!(ended, Ok(None)) && Instant::now() < deadline {
                    thread::sleep(Duration::from_millis(1));
                    ended = child.try_wait();
                }
                Answer::Said(answer, ended.ok().flatten())
            }
            Err(RecvTimeoutError::Timeout) => Answer::Late,
            Err(RecvTimeoutError::Disconnected) => Answer::Said(Vec::new(), None),
        };
        // Whatever it was at: its pipes close, and with them both threads end.
        let _ = child.kill();
        answer
    })
}

/// What the end of a process tells that wrote no whole transcript.
fn why_it_broke_off(status: Option<ExitStatus>) -> Problem {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        /// What a program does that gets no more memory.
        const ABORTED: i32 = 6;
        /// What the system does to one whose processor time is over.
        const OVER_TIME: [i32; 2] = [9, 24];
        match status.and_then(|s| s.signal()) {
            Some(ABORTED) => return workbook::too_large(),
            Some(signal) if OVER_TIME.contains(&signal) => return too_slow(),
            _ => {}
        }
    }
    #[cfg(not(unix))]
    let _ = status;
    workbook::damaged(&"its parts contradict each other")
}

fn too_slow() -> Problem {
    Problem::of_file(format!(
        "Reading the workbook took more than {MOST_SECONDS} seconds, and was given up. Save the list's sheet alone, or as CSV, and try again."
    ))
}

fn cannot_start() -> Problem {
    Problem::of_file("Workbooks cannot be read at this moment. Try again later, or save the list as CSV.")
}

/// One of the few places at which workbooks are read.
struct Turn;

impl Turn {
    fn take() -> Self {
        let (reading, freed) = &READING;
        let mut count = reading.lock().unwrap_or_else(PoisonError::into_inner);
        while *count >= AT_ONCE {
            count = freed.wait(count).unwrap_or_else(PoisonError::into_inner);
        }
        *count += 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let (reading, freed) = &READING;
        *reading.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        freed.notify_one();
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Reader {
        Reader { program: "/bin/sh".into(), arguments: vec!["-c".into(), script.into()] }
    }

    fn refusal(script: &str) -> String {
        shell(script).read(&[0; 1 << 20]).err().unwrap().message
    }

    #[test]
    fn however_the_process_ends_the_file_is_refused_with_a_reason() {
        for (script, reason) in [
            ("exit 0", "damaged"),
            ("kill -SEGV $$", "damaged"),
            ("cat; echo E", "damaged"),
            ("kill -ABRT $$", "unpacks to more"),
            ("kill -XCPU $$", "seconds"),
            ("cat /dev/zero", "unpacks to more"),
        ] {
            assert!(refusal(script).contains(reason), "{script}: {}", refusal(script));
        }
        let missing = Reader { program: "/nowhere/callboard".into(), arguments: Vec::new() };
        assert!(missing.read(b"PK").err().unwrap().message.contains("Try again later"));
    }

    #[test]
    fn a_process_that_hangs_is_ended() {
        let started = Instant::now();
        assert!(refusal("exec sleep 60").contains("seconds"));
        assert!(started.elapsed() < Duration::from_secs(MOST_SECONDS + 1), "{:?}", started.elapsed());
    }

    #[test]
    fn an_answer_is_taken_although_the_file_was_not_read_to_its_end() {
        let read = shell("printf 'S\\001aR\\001\\001\\000\\002hiE'").read(&[0; 1 << 20]).unwrap();
        let mut rows = Vec::new();
        let mut book = Workbook::Transcript(read);
        book.rows("a", &mut |number, row| {
            rows.push((number, row.cell(0).into_owned()));
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!((book.sheets(), rows), (vec!["a".to_owned()], vec![(1, "hi".to_owned())]));
    }
}
