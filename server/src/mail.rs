//! Mail: what the outbox holds, over SMTP or into a folder.

use anyhow::Context;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType};
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use records::Desk;
use records::outbox::{self, Claimed};

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(AsyncFileTransport<Tokio1Executor>),
}

/// Sends what the outbox holds.
pub struct Mailer {
    way: Way,
    whither: String,
    from: Mailbox,
    host: String,
}

/// Mails claimed in one turn.
const BATCH: i64 = 20;

impl Mailer {
    /// A mailer to `url` (`smtp://`, `smtps://` or `file://FOLDER`) that sends as `from`.
    ///
    /// # Errors
    /// An address or sender that cannot be read, or a folder that cannot be made.
    pub fn new(url: &str, from: &str) -> anyhow::Result<Self> {
        let from: Mailbox =
            from.parse().context("CALLBOARD_MAIL_FROM is not a sender like Callboard <callboard@example.gov.uk>")?;
        let host = from.email.domain().to_owned();
        let (way, whither) = match url.strip_prefix("file://") {
            Some(folder) => {
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("CALLBOARD_SMTP_URL: cannot make the folder {folder}"))?;
                (Way::Folder(AsyncFileTransport::new(folder)), format!("into the folder {folder}, nowhere else"))
            }
            None => {
                let bad =
                    || anyhow::anyhow!("CALLBOARD_SMTP_URL is not an address like smtp://host:25 or file://FOLDER");
                let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| bad())?;
                // The address may hold a password: only the host is told.
                let host = url::Url::parse(url).ok().and_then(|u| u.host_str().map(str::to_owned)).ok_or_else(bad)?;
                (Way::Smtp(smtp.build()), format!("by SMTP over {host}"))
            }
        };
        Ok(Self { way, whither, from, host })
    }

    /// Where mail goes, as start-up says it: “by SMTP over …” or “into the folder …”.
    #[must_use]
    pub fn whither(&self) -> &str {
        &self.whither
    }

    /// Sends what is due.
    ///
    /// # Errors
    /// The database does not answer. A mail that cannot be handed over is noted there and tried again.
    pub async fn deliver(&self, desk: &Desk) -> records::Result<()> {
        loop {
            let claimed = outbox::claim(desk, BATCH).await?;
            if claimed.is_empty() {
                return Ok(());
            }
            for mail in claimed {
                match self.send(&mail).await {
                    Ok(()) => outbox::sent(desk, mail.id).await?,
                    Err(error) => {
                        tracing::warn!(mail = %mail.id, attempt = mail.attempts, "a mail was not accepted");
                        outbox::failed(desk, &mail, &format!("{error:#}")).await?;
                    }
                }
            }
        }
    }

    async fn send(&self, mail: &Claimed) -> anyhow::Result<()> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(mail.to_address.parse().context("not an address")?)
            .subject(&mail.subject)
            // Stable, so that a mail sent twice after a crash is recognised as one.
            .message_id(Some(format!("<{}@{}>", mail.id, self.host)));
        let text = SinglePart::plain(mail.body.clone());
        let message = match (&mail.attachment, &mail.attachment_name, &mail.attachment_type) {
            (Some(body), Some(name), Some(kind)) => {
                let file = Attachment::new(name.clone()).body(body.clone(), ContentType::parse(kind)?);
                message.multipart(MultiPart::mixed().singlepart(text).singlepart(file))?
            }
            _ => message.singlepart(text)?,
        };
        match &self.way {
            Way::Smtp(smtp) => smtp.send(message).await.map(drop).context("SMTP"),
            Way::Folder(folder) => folder.send(message).await.map(drop).context("folder"),
        }
    }
}
