//! `callboard plan PROBLEM.json > RESULT.json`, and `callboard plan --check PROBLEM.json RESULT.json`

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, bail};
use clap::Args;
use planner::{PlanResult, Problem};
use serde::de::DeserializeOwned;

#[derive(Debug, Args)]
pub(super) struct Plan {
    /// The problem, in the format callboard-plan/1
    problem: PathBuf,
    /// With --check: the result to check
    #[arg(requires = "check")]
    result: Option<PathBuf>,
    /// Check a result against its problem instead of planning
    #[arg(long, requires = "result")]
    check: bool,
}

impl Plan {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let problem: Problem = read(&self.problem)?;
        if let Some(path) = &self.result {
            let result: PlanResult = read(path)?;
            let errors = planner::check(&problem, &result);
            if errors.is_empty() {
                say!("{} keeps every rule: score {}, {} placed", path.display(), result.score, result.placements.len());
                return Ok(());
            }
            bail!("{} is untrue:\n  {}", path.display(), errors.join("\n  "));
        }
        let stop = stopped_by_signal();
        let result = planner::plan_with(&problem, &stop, &mut |_| {})
            .map_err(|faults| anyhow::anyhow!("{} is refused:\n  {}", self.problem.display(), faults.0.join("\n  ")))?;
        say!("{}", serde_json::to_string(&result)?);
        Ok(())
    }
}

/// A flag that rises when the program is interrupted or told to end: the best plan so far is then printed.
fn stopped_by_signal() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    // Commands run beside a runtime; where there is none, signals end the program as they do any other.
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            crate::http::stopped().await;
            raised.store(true, Ordering::Relaxed);
        });
    }
    stop
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not in the format", path.display()))
}
