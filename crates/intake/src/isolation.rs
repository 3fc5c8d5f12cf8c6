//! Workbooks read in a process of their own, which may run out of memory or time without anybody else noticing.
//!
//! The program names the process to start ([`isolate`]); it gets the file on its standard input and writes a transcript
//! of the sheets to its standard output ([`transcribe`]). It has no environment but what it is given, and limits its own
//! memory and processor time before it reads a byte. See `docs/decisions/0008-workbooks-in-a-process-of-their-own.md`.

use std::ffi::OsString;
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::problem::Problem;
use crate::workbook::{self, Piece, Transcript, Workbook};

/// Seconds after which a workbook that is still being read is refused.
pub const MOST_SECONDS: u64 = 8;
/// The most bytes of memory a reading process may ask for beyond what the program itself takes.
pub const MOST_MEMORY: u64 = 256 << 20;
/// The most bytes of a transcript. The official extract of all establishments makes about 60 MB. Who asked holds all of
/// it, and what is made of it besides.
const MOST_TRANSCRIPT: u64 = 80 << 20;
/// Bytes of it that are taken at a time.
const PIECE: usize = 1 << 16;
/// So many are read at a time; who comes later waits, at most for as long as these may take.
const AT_ONCE: usize = 2;

/// The process that reads workbooks.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The program.
    pub program: PathBuf,
    /// What it is called with.
    pub arguments: Vec<OsString>,
    /// All of its environment.
    pub environment: Vec<(OsString, OsString)>,
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
    /// Hands the file over; what the process says of it is taken while it is still reading.
    fn read(&self, bytes: &[u8]) -> Result<Transcript, Problem> {
        let turn = Turn::take();
        let deadline = Instant::now() + Duration::from_secs(MOST_SECONDS);
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| cannot_start())?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (say, said) = channel();
        let (hear, heard) = channel();
        if let Some(stdout) = stdout {
            let say = say.clone();
            thread::spawn(move || drop(hear.send(listen(stdout, &say))));
        }
        thread::spawn(move || {
            let why = see_off(&mut child, &heard, deadline);
            // Whatever it was at: its pipes close, and with them whoever listens or hands over ends. It is waited for,
            // so that nothing is left of it.
            let _ = child.kill();
            let _ = child.wait();
            drop(turn);
            let _ = say.send(Piece::End(why));
        });
        // A process that needs no more of the file closes its end: that is no failure.
        if let Some(mut stdin) = stdin {
            let _ = stdin.write_all(bytes);
        }
        Transcript::open(said)
    }
}

/// How listening to a process ended.
enum Heard {
    /// It said all that it had to say.
    All,
    /// It said more than it may.
    TooMuch,
}

/// Passes on what a process writes.
fn listen(mut stdout: ChildStdout, say: &Sender<Piece>) -> Heard {
    let mut all = 0;
    loop {
        let mut piece = vec![0; PIECE];
        match stdout.read(&mut piece) {
            Ok(0) => return Heard::All,
            Ok(read) => {
                all += read as u64;
                if all > MOST_TRANSCRIPT {
                    return Heard::TooMuch;
                }
                piece.truncate(read);
                if say.send(Piece::Bytes(piece)).is_err() {
                    // Nobody wants to know any more.
                    return Heard::All;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Heard::All,
        }
    }
}

/// Waits for the end of a process. Why its transcript is not whole, if it is not.
fn see_off(child: &mut Child, heard: &Receiver<Heard>, deadline: Instant) -> Problem {
    match heard.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(Heard::TooMuch) => workbook::too_large(),
        Err(RecvTimeoutError::Timeout) => too_slow(),
        Ok(Heard::All) | Err(RecvTimeoutError::Disconnected) => {
            // It has closed its output, and is about to end by itself: how, says why it broke off.
            let mut ended = child.try_wait();
            while matches!(ended, Ok(None)) && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(1));
                ended = child.try_wait();
            }
            why_it_broke_off(ended.ok().flatten())
        }
    }
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
        "Reading the workbook took more than {MOST_SECONDS} seconds, and was given up. Save the sheet that is needed alone, or as CSV, and try again."
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
        Reader { program: "/bin/sh".into(), arguments: vec!["-c".into(), script.into()], environment: Vec::new() }
    }

    fn refusal(script: &str) -> String {
        let read = shell(script).read(&[0; 1 << 20]).and_then(|transcript| {
            Workbook::of_transcript(transcript).rows("a", &mut |_, _| std::ops::ControlFlow::Continue(()))
        });
        read.err().unwrap().message
    }

    #[test]
    fn however_the_process_ends_the_file_is_refused_with_a_reason() {
        for (script, reason) in [
            ("exit 0", "damaged"),
            ("kill -SEGV $$", "damaged"),
            ("cat; echo E", "damaged"),
            ("printf 'S\\001\\000\\000\\000aR\\001\\000\\000\\000\\001'", "damaged"),
            ("printf 'S\\001\\000\\000\\000aR\\002\\000\\000\\000\\001\\000'; kill -ABRT $$", "unpacks to more"),
            ("kill -ABRT $$", "unpacks to more"),
            ("kill -XCPU $$", "seconds"),
            ("printf 'S\\377\\377\\377\\377'; cat /dev/zero", "unpacks to more"),
        ] {
            assert!(refusal(script).contains(reason), "{script}: {}", refusal(script));
        }
        let missing = Reader { program: "/nowhere/callboard".into(), arguments: Vec::new(), environment: Vec::new() };
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
        let read = shell("printf 'S\\001\\000\\000\\000aR\\006\\000\\000\\000\\001\\001\\000\\002hi.\\000\\000\\000\\000E\\000\\000\\000\\000'").read(&[0; 1 << 20]).unwrap();
        let mut rows = Vec::new();
        let mut book = Workbook::of_transcript(read);
        book.rows("a", &mut |number, row| {
            rows.push((number, row.cell(0).into_owned()));
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!((book.sheets(), rows), (vec!["a".to_owned()], vec![(1, "hi".to_owned())]));
    }
}
