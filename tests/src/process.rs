//! The real program as a process of its own, for what only several servers can show.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// `callboard serve`, stopped when this is dropped.
pub struct Process {
    /// Where it answers.
    pub url: String,
    child: Child,
    _folder: tempfile::TempDir,
}

/// What a process and those it started hold now, in bytes: memory of their own, not the pages of the program, which
/// they share with each other and which the system takes back when it needs them.
fn held(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let own = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes: u64 = own.and_then(|own| own.split_whitespace().next()?.parse().ok()).unwrap_or_default();
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let started = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    let started: Vec<u32> =
        started.flat_map(|ids| ids.split_whitespace().flat_map(str::parse).collect::<Vec<_>>()).collect();
    // Until a process that was started runs its own program, it is in its parent's memory, which would count twice.
    let command = |process: u32| std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    let parent = command(process);
    kilobytes * 1024 + started.into_iter().filter(|child| command(*child) != parent).map(held).sum::<u64>()
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// What it and the processes it started hold now, in bytes; 0 where the system has no `/proc`.
    #[must_use]
    pub fn held(&self) -> u64 {
        held(self.child.id())
    }

    /// Serves a migrated database, with its mail into a folder of its own. None where `CALLBOARD_TEST_BINARY` and
    /// `CALLBOARD_SITE` name no program and no site: then it says so.
    ///
    /// # Panics
    /// When it does not come up within half a minute.
    pub async fn start(database: &str, secret: &Path) -> Option<Self> {
        let (Ok(binary), Some(site)) = (std::env::var("CALLBOARD_TEST_BINARY"), super::site_folder()) else {
            println!("skipped: no CALLBOARD_TEST_BINARY and CALLBOARD_SITE");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        // The port is free again as soon as the listener is dropped.
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let child = Command::new(binary)
            .arg("serve")
            .args(["--addr", &format!("127.0.0.1:{port}"), "--database-url", database])
            .arg("--secret-file")
            .arg(secret)
            .arg("--site")
            .arg(site)
            .args(["--smtp-url", &format!("file://{}", folder.path().join("mail").display())])
            .stdout(Stdio::null())
            .spawn()
            .expect("the program");
        let process = Self { url: format!("http://127.0.0.1:{port}"), child, _folder: folder };
        let began = Instant::now();
        while reqwest::get(format!("{}/readyz", process.url)).await.map_or(true, |r| !r.status().is_success()) {
            assert!(began.elapsed() < Duration::from_secs(30), "the server does not come up");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Some(process)
    }
}
