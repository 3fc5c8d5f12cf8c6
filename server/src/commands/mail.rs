//! `callboard mail bounced [FILE]`: a mail server's report that a mail could not be delivered, as RFC 3464 has it.

use std::io::Read;
use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;
use domain::access::Actor;
use records::{Error, failed_mails};
use uuid::Uuid;

use super::in_words;
use crate::config::Config;

/// Bytes of a report that are read: what matters stands in its beginning, the returned mail comes last.
const MOST_BYTES: u64 = 1 << 20;

#[derive(Debug, Subcommand)]
pub(super) enum Mail {
    /// Note that a mail came back, so that people see it under “Mails that did not arrive”
    #[command(after_help = "The mail server can do it by itself: have what arrives for the sender's address
(CALLBOARD_MAIL_FROM) piped into this command. What is no report of a mail
of Callboard's is left alone, with exit 0.

Examples:
  callboard mail bounced < returned.eml
  callboard mail bounced returned.eml")]
    Bounced {
        /// The report as it arrived; without it, standard input
        file: Option<PathBuf>,
    },
}

impl Mail {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let Self::Bounced { file } = self;
        let mut bytes = Vec::new();
        match &file {
            Some(path) => std::fs::File::open(path)
                .and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
                .with_context(|| format!("{} cannot be read", path.display()))?,
            None => std::io::stdin().take(MOST_BYTES).read_to_end(&mut bytes).context("standard input")?,
        };
        let Some(report) = read(&String::from_utf8_lossy(&bytes)) else {
            say!("Nothing was noted: this is no report that a mail of Callboard's could not be delivered.");
            return Ok(());
        };
        let desk = config.desk().await?;
        match failed_mails::came_back(&desk, &Actor::SYSTEM, report.mail, &report.why).await {
            Ok(_) => say!("Noted that the mail came back: {}", report.why),
            Err(Error::NotFound) => say!("Nothing was noted: the mail is not known any more, or was noted before."),
            Err(other) => return Err(in_words(other)),
        }
        desk.db().close().await;
        Ok(())
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Report {
    mail: Uuid,
    why: String,
}

/// Which of Callboard's mails a report is about, and why it failed for good; none: it says neither.
fn read(text: &str) -> Option<Report> {
    // Headers go on in lines that begin with a blank.
    let unfolded = text.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let fields = |name: &str| {
        let name = format!("{name}:");
        let of = move |line: &str| {
            line.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(&name))?;
            Some(line[name.len()..].trim().to_owned())
        };
        unfolded.lines().filter_map(of).collect::<Vec<_>>()
    };
    fields("Action").iter().find(|action| action.eq_ignore_ascii_case("failed"))?;
    // A mail's Message-ID is its key. The report has one of its own; what it returns comes last.
    let mail =
        fields("Message-ID").iter().rev().find_map(|id| id.trim_start_matches('<').split('@').next()?.parse().ok())?;
    let reasons = [fields("Diagnostic-Code"), fields("Status")].concat();
    let why = reasons.first().map_or("no reason given", |reason| reason.trim_start_matches("smtp;").trim());
    Some(Report { mail, why: why.chars().take(300).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "From: MAILER-DAEMON@relay.example\r\nMessage-Id: <4F7A@relay.example>\r\n\
        Content-Type: multipart/report; report-type=delivery-status\r\n\r\nSorry.\r\n\r\n\
        Final-Recipient: rfc822; gone@school.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
        Diagnostic-Code: smtp; 550 5.1.1 <gone@school.example>:\r\n Recipient address rejected\r\n\r\n\
        Subject: Offered\r\nMessage-ID: <01a2279e-20c1-7151-995c-ea78635887a0@council.example>\r\n\r\nText\r\n";

    #[test]
    fn a_report_names_the_mail_and_why_it_failed() {
        let report = read(REPORT).expect("a report");
        assert_eq!(report.mail.to_string(), "01a2279e-20c1-7151-995c-ea78635887a0");
        assert_eq!(report.why, "550 5.1.1 <gone@school.example>: Recipient address rejected");
        let terse = REPORT.replace("Diagnostic-Code", "X-Other");
        assert_eq!(read(&terse).map(|r| r.why).as_deref(), Some("5.1.1"));
    }

    #[test]
    fn what_only_is_late_or_answers_by_itself_is_no_failure() {
        for (text, what) in [
            (REPORT.replace("Action: failed", "Action: delayed"), "it is tried on"),
            (REPORT.replace("01a2279e-20c1-7151-995c-ea78635887a0", "x"), "somebody else's mail"),
            ("Subject: Out of office\nIn-Reply-To: <01a2279e-20c1-7151-995c-ea78635887a0@c.example>\n".into(), "away"),
            (String::new(), "nothing"),
        ] {
            assert_eq!(read(&text), None, "{what}");
        }
    }
}
