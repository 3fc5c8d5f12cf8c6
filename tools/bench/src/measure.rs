//! Programs run, timed and watched.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde::Serialize;

/// How often a time is taken; the median counts.
pub(crate) const TIMES: usize = 5;

/// One line of the table.
#[derive(Debug, Serialize)]
pub(crate) struct Measurement {
    pub(crate) name: String,
    pub(crate) ours: f64,
    pub(crate) peer: Option<f64>,
    /// Ours ÷ peer.
    pub(crate) ratio: Option<f64>,
    pub(crate) unit: &'static str,
    pub(crate) limit: Option<f64>,
    /// Of a plan: what else is to be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) plan: Option<Planned>,
}

/// How a plan was made.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Planned {
    /// No plan scores more.
    pub(crate) bound: i64,
    /// Seconds that planning took, start and reading included.
    pub(crate) seconds: f64,
    /// The most memory it held, in MiB.
    pub(crate) peak_mib: f64,
}

impl std::fmt::Display for Planned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, " (bound {}, {:.2} s, {:.0} MiB)", self.bound, self.seconds, self.peak_mib)
    }
}

impl Measurement {
    /// A figure against a peer's, and what their ratio should stay below.
    pub(crate) fn against(name: &str, ours: f64, peer: f64, unit: &'static str, limit: f64) -> Self {
        Self {
            name: name.to_owned(),
            ours,
            peer: Some(peer),
            ratio: Some(ours / peer),
            unit,
            limit: Some(limit),
            plan: None,
        }
    }

    /// Points a plan falls short of its bound, and a greedy one; `limit` is for ours.
    #[allow(clippy::cast_precision_loss)] // Far below 2^52.
    pub(crate) fn of_plan(name: &str, short: i64, greedy: i64, limit: f64, plan: Planned) -> Self {
        let (ours, peer) = (short as f64, greedy as f64);
        Self { plan: Some(plan), ..Self::against(name, ours, peer, "points short", limit) }
    }

    /// A figure by itself, and what it should stay below.
    pub(crate) fn alone(name: &str, ours: f64, unit: &'static str, limit: f64) -> Self {
        Self { name: name.to_owned(), ours, peer: None, ratio: None, unit, limit: Some(limit), plan: None }
    }

    pub(crate) fn is_within_limit(&self) -> bool {
        let counts = if self.plan.is_some() { self.ours } else { self.ratio.unwrap_or(self.ours) };
        self.limit.is_none_or(|limit| counts <= limit)
    }
}

/// The programs that are measured.
pub(crate) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// `callboard` built the same way as this program, in the same folder.
    pub(crate) fn beside_this_one() -> anyhow::Result<Self> {
        let here = std::env::current_exe()?;
        let folder = here.parent().context("a program stands in a folder")?.to_owned();
        let programs = Self { folder };
        ensure!(
            programs.callboard().is_file(),
            "{} is missing: run `make bench`, which builds it",
            programs.callboard().display()
        );
        if cfg!(debug_assertions) {
            eprintln!("These are figures of a debug build: run `make bench` for true ones.");
        }
        Ok(programs)
    }

    pub(crate) fn callboard(&self) -> PathBuf {
        self.folder.join("callboard")
    }

    /// The folder cargo builds in.
    pub(crate) fn build_folder(&self) -> &Path {
        self.folder.parent().unwrap_or(&self.folder)
    }
}

/// How a program went.
pub(crate) struct Run {
    pub(crate) seconds: f64,
    /// The most memory it held, in MiB; 0 where the system does not tell (`/proc` of Linux does).
    pub(crate) peak_mib: f64,
    pub(crate) stdout: String,
}

/// Runs a program to its end.
///
/// # Errors
/// It cannot be started, or says that it failed.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<Run> {
    let began = Instant::now();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .with_context(|| format!("{} cannot be started", command.get_program().display()))?;
    let mut pipe = child.stdout.take().context("nothing to read the program's answer from")?;
    // Read while it runs: a pipe holds little, and a program with more to say would wait for ever.
    let reader = std::thread::spawn(move || {
        let mut stdout = Vec::new();
        pipe.read_to_end(&mut stdout).map(|_| stdout)
    });
    let peak_mib = watch(&mut child)?;
    let seconds = began.elapsed().as_secs_f64();
    let stdout = reader.join().ok().context("reading the program's answer was given up")??;
    let status = child.wait()?;
    if !status.success() {
        bail!("{} failed: {status}", command.get_program().display());
    }
    Ok(Run { seconds, peak_mib, stdout: String::from_utf8_lossy(&stdout).into_owned() })
}

/// Waits for a program and notes its high water mark, which the system keeps (`VmHWM`) until the program ends.
fn watch(child: &mut Child) -> anyhow::Result<f64> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0_f64;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = mark.and_then(|mark| mark.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
        peak = peak.max(kib.unwrap_or_default() / 1024.0);
        if child.try_wait()?.is_some() {
            return Ok(peak);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The most memory a program and those it starts held together at one moment, in MiB.
///
/// # Errors
/// It cannot be started, or says that it failed.
pub(crate) fn peak_of_all(command: &mut Command) -> anyhow::Result<f64> {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()?;
    let mut peak = 0.0_f64;
    loop {
        peak = peak.max(resident(child.id()));
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "{} failed: {status}", command.get_program().display());
            return Ok(peak);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What a process and those it started hold now, in MiB; 0 where the system does not tell.
fn resident(process: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let held = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = held.and_then(|held| held.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let started = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    let started: f64 = started
        .flat_map(|ids| ids.split(' ').filter_map(|id| id.parse().ok()).collect::<Vec<u32>>())
        .map(resident)
        .sum();
    kib.unwrap_or_default() / 1024.0 + started
}

/// The middle one of several figures.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
