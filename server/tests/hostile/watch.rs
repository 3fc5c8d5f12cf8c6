//! How much memory the processes take that this one started.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A watch over this process's children.
pub(crate) struct Watch {
    over: Arc<AtomicBool>,
    peak: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

/// Begins to watch: what each child has taken at most is asked for every millisecond, so that only what it takes in its
/// last one is missed.
pub(crate) fn children() -> Watch {
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
    Watch { over, peak, thread }
}

impl Watch {
    /// The most that one child took; 0 where none was seen.
    pub(crate) fn peak_megabytes(self) -> u64 {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().expect("the watch ends");
        self.peak.load(Ordering::Relaxed) / 1024
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
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
