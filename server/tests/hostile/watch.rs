//! How much memory reading takes: of the processes that this one started, and of itself.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A watch over this process's children, and what it takes itself beyond what it had.
pub(crate) struct Watch {
    before: u64,
    over: Arc<AtomicBool>,
    peak: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

/// Begins to watch: what this process has taken at most is forgotten, and what each child has taken at most is asked for every millisecond, so that only what it takes in its
/// last one is missed.
pub(crate) fn begin() -> Watch {
    // See proc(5): 5 makes the high-water mark what the process has now.
    fs::write("/proc/self/clear_refs", "5").expect("the mark is set anew");
    let before = kilobytes("self", "VmHWM:").expect("a mark");
    let (over, peak) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let (until, highest) = (over.clone(), peak.clone());
    let thread = thread::spawn(move || {
        while !until.load(Ordering::Relaxed) {
            for kilobytes in own_children().iter().filter_map(|child| high_water(child)) {
                highest.fetch_max(kilobytes, Ordering::Relaxed);
            }
            thread::sleep(Duration::from_millis(1));
        }
    });
    Watch { before, over, peak, thread }
}

impl Watch {
    /// The most that one child took, 0 where none was seen, and that this process took more than before.
    pub(crate) fn peak_megabytes(self) -> (u64, u64) {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().expect("the watch ends");
        let own = kilobytes("self", "VmHWM:").expect("a mark").saturating_sub(self.before);
        (self.peak.load(Ordering::Relaxed) / 1024, own / 1024)
    }
}

fn own_children() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|children| children.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// `VmHWM` of a process that reads a workbook, in kilobytes; none before it has become one, while it shares the memory
/// of this process.
fn high_water(process: &str) -> Option<u64> {
    let called = fs::read_to_string(format!("/proc/{process}/cmdline")).ok()?;
    if !called.contains("read-workbook") {
        return None;
    }
    kilobytes(process, "VmHWM:")
}

fn kilobytes(process: &str, what: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(what))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
