//! The desk operations are done at: the database, the clock and the secret.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Operation, permitted};
use domain::clock::Clock;
use uuid::Uuid;

use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::sign_ins::SignInLimits;

/// Everything an operation needs besides its actor. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Desk {
    db: Db,
    clock: Clock,
    secret: Arc<Secret>,
    public_url: Arc<str>,
    sign_in_limits: SignInLimits,
    form: Option<Uuid>,
}

impl Desk {
    /// A desk at an open database.
    #[must_use]
    pub fn new(db: Db, clock: Clock, secret: Secret) -> Self {
        Self {
            db,
            clock,
            secret: Arc::new(secret),
            public_url: "http://127.0.0.1:3000".into(),
            sign_in_limits: SignInLimits::default(),
            form: None,
        }
    }

    /// The same desk for a site that people reach at `public_url`: mails lead there.
    #[must_use]
    pub fn reached_at(self, public_url: &str) -> Self {
        Self { public_url: public_url.trim_end_matches('/').into(), ..self }
    }

    /// The same desk with other limits on sign-ins.
    #[must_use]
    pub fn with_sign_in_limits(self, sign_in_limits: SignInLimits) -> Self {
        Self { sign_in_limits, ..self }
    }

    /// How long sign-ins last.
    #[must_use]
    pub const fn sign_in_limits(&self) -> SignInLimits {
        self.sign_in_limits
    }

    /// The same desk for the work of one form: its operation's transaction stores `idempotency_key`, and a second
    /// sending gets [`Error::Repeated`].
    #[must_use]
    pub fn for_form(&self, idempotency_key: Option<Uuid>) -> Self {
        Self { form: idempotency_key, ..self.clone() }
    }

    /// The database.
    #[must_use]
    pub const fn db(&self) -> &Db {
        &self.db
    }

    /// The clock.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Today where the schools are.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.clock.today()
    }

    /// The installation's secret.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The full address of a path of this site, for mails.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// Asks the permission table: the first line of every operation.
    pub(crate) fn authorise(&self, actor: &Actor, operation: Operation) -> Result<()> {
        if permitted(actor.role, operation) { Ok(()) } else { Err(Error::Forbidden(operation)) }
    }

    pub(crate) async fn read(&self) -> Result<Conn> {
        self.db.read().await
    }

    /// Begins a transaction that writes; under a form that was already sent, refuses with what it did.
    pub(crate) async fn write(&self) -> Result<Conn> {
        let mut conn = self.db.write().await?;
        if let Some(key) = self.form {
            // A second sending waits here for the first, and then inserts nothing.
            let fresh = execute!(
                conn,
                "INSERT INTO form_post (idempotency_key, result_id, at) VALUES ($1, '', $2) ON CONFLICT DO NOTHING",
                key,
                self.now(),
            )?;
            if fresh == 0 {
                let result =
                    fetch_scalar!(conn, String, "SELECT result_id FROM form_post WHERE idempotency_key = $1", key)?;
                return Err(Error::Repeated(result));
            }
        }
        Ok(conn)
    }

    /// Commits the work of a form, remembering the id of what it made or changed.
    pub(crate) async fn commit(&self, mut conn: Conn, result_id: impl ToString) -> Result<()> {
        if let Some(key) = self.form {
            execute!(
                conn,
                "UPDATE form_post SET result_id = $1 WHERE idempotency_key = $2",
                result_id.to_string(),
                key
            )?;
        }
        conn.commit().await
    }
}
