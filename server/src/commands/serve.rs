//! `callboard serve`

use std::sync::Arc;

use anyhow::Context;
use app::{Assets, Site};
use chrono::TimeDelta;
use clap::Args;
use records::sign_ins::SignInLimits;

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
        let public_url = match serve.public_url {
            Some(url) => {
                let parsed =
                    url::Url::parse(&url).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
                parsed.context("CALLBOARD_PUBLIC_URL is not an address like https://callboard.example.gov.uk")?;
                url.trim_end_matches('/').to_owned()
            }
            None => format!("http://{}", serve.addr),
        };
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
        let site = Site {
            desk: desk.clone(),
            assets: Arc::new(assets),
            public_url: public_url.as_str().into(),
            demo: serve.demo,
        };
        let listener = tokio::net::TcpListener::bind(serve.addr)
            .await
            .with_context(|| format!("CALLBOARD_ADDR: cannot listen at {}", serve.addr))?;
        println!("Callboard is at {public_url}");
        let jobs = tokio::spawn(jobs::run(desk.clone(), mailer));
        http::serve(listener, http::router(site)).await?;
        jobs.abort();
        desk.db().close().await;
        Ok(())
    }
}
