//! `callboard serve`

use std::sync::Arc;

use anyhow::{Context, bail};
use app::{Assets, Site};
use chrono::TimeDelta;
use clap::Args;
use domain::access::Actor;
use records::sign_ins::SignInLimits;
use records::{Desk, authorities, demo};

use crate::config::{Config, ServeConfig};
use crate::mail::Mailer;
use crate::{http, jobs};

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    serve: ServeConfig,
}

impl Serve {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let Self { serve } = self;
        let public_url = serve.reached.url(serve.addr)?;
        let assets = Assets::at(&serve.site).with_context(|| {
            format!(
                "CALLBOARD_SITE: {} holds no built site (assets.json): run `make run`, which builds it",
                serve.site.display()
            )
        })?;
        if !assets.has_islands() {
            eprintln!(
                "The WebAssembly was not built, so pages work without their islands: no progress bars or tally pads."
            );
        }
        let mailer = Mailer::new(&serve.smtp_url, &serve.mail_from)?;
        let limits = SignInLimits {
            idle: TimeDelta::minutes(serve.sign_in_idle_minutes),
            most: TimeDelta::hours(serve.sign_in_hours),
        };
        let desk = config.desk().await?.reached_at(&public_url).with_sign_in_limits(limits);
        if serve.demo {
            demo_district(&desk).await?;
        }
        let site = Site {
            desk: desk.clone(),
            assets: Arc::new(assets),
            public_url: public_url.as_str().into(),
            demo: serve.demo,
        };
        let listener = tokio::net::TcpListener::bind(serve.addr)
            .await
            .with_context(|| format!("CALLBOARD_ADDR: cannot listen at {}", serve.addr))?;
        say!("Callboard is at {public_url}");
        say!("Mail goes {}", mailer.whither());
        if serve.demo {
            say!("{}", demo_help(&public_url));
        }
        let jobs = tokio::spawn(jobs::run(desk.clone(), mailer));
        let router = http::router(site);
        let router = match serve.client_address_header {
            Some(header) => http::behind_proxy(router, header),
            None => router,
        };
        http::serve(listener, router).await?;
        jobs.abort();
        desk.db().close().await;
        Ok(())
    }
}

/// Fills an empty database with the demo district. A database of real authorities is refused: under `--demo` anyone
/// signs in as anyone.
async fn demo_district(desk: &Desk) -> anyhow::Result<()> {
    let authorities = authorities::list(desk, &Actor::SYSTEM).await?;
    if authorities.is_empty() {
        say!("Filling the empty database with the demo district");
        let filled = demo::fill(desk, &Actor::SYSTEM).await?;
        say!("Filled with {}: {} schools, {} visits", filled.council, filled.schools, filled.visits);
    } else if !authorities.iter().any(|a| a.is_demo) {
        bail!(
            "--demo (CALLBOARD_DEMO): DATABASE_URL names a database that holds no demo district but {}; under --demo \
             anyone may sign in as anyone. Name another database, or leave --demo out",
            authorities.iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", ")
        );
    }
    Ok(())
}

/// How to sign in to the demo district.
fn demo_help(public_url: &str) -> String {
    let mut help = format!(
        "This is a demonstration: the district, its schools and everyone in it are invented.\n\
         Sign in with one press, as any of these, at {public_url}/demo\n"
    );
    for (role, who) in [
        ("Commissioner", "Helen Ackroyd plans, books on schools’ behalf and reads coverage"),
        ("School", "a PSHE lead at every school, an office, and a trust’s Philip Barraclough"),
        ("Provider", "Callum Thackray of the theatre company, Shabana Naylor of the police unit"),
        ("Evaluator", "Ruth Appleyard reads answers without names"),
        ("Safeguarding", "Naomi Firth for the council, Razia Holdsworth at a school"),
        ("Administrator", "Imran Sutcliffe minds people, the school list and calendars"),
    ] {
        help.push_str(&format!("  {role:<14} {who}\n"));
    }
    help.push_str("Ctrl+C stops it");
    help
}
