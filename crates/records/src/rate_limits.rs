//! How often something may be tried: fixed windows, counted under hashed keys.

use chrono::{DateTime, TimeDelta, Utc};

use crate::Desk;
use crate::db::Conn;
use crate::error::Result;

/// How many tries a window allows.
pub(crate) struct Limit {
    /// What is tried; part of the key.
    pub what: &'static str,
    /// Tries in one window.
    pub most: i64,
    /// The window's length.
    pub minutes: i64,
}

/// Mails with codes to one address.
pub(crate) const CODES_TO_ADDRESS: Limit = Limit { what: "codes-to-address", most: 5, minutes: 15 };
/// Codes asked for by one client: a whole school may share an address on the internet.
pub(crate) const CODES_BY_CLIENT: Limit = Limit { what: "codes-by-client", most: 100, minutes: 60 };
/// Codes typed wrongly for one address, over all its codes.
pub(crate) const FAILED_FOR_ADDRESS: Limit = Limit { what: "failed-for-address", most: 15, minutes: 60 };
/// Codes typed wrongly by one client.
pub(crate) const FAILED_BY_CLIENT: Limit = Limit { what: "failed-by-client", most: 50, minutes: 60 };
/// Codes of the authenticator app typed wrongly for one person.
pub(crate) const FAILED_APP_CODES: Limit = Limit { what: "failed-app-codes", most: 10, minutes: 15 };

impl Limit {
    fn key(&self, desk: &Desk, key: &str) -> String {
        desk.secret().digest("rate-limit", &format!("{} {key}", self.what))
    }

    fn window(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let length = self.minutes * 60;
        now - TimeDelta::seconds(now.timestamp().rem_euclid(length))
            - TimeDelta::nanoseconds(i64::from(now.timestamp_subsec_nanos()))
    }
}

/// Counts a try, and says whether it is still allowed.
pub(crate) async fn count(conn: &mut Conn, desk: &Desk, limit: &Limit, key: &str) -> Result<bool> {
    let tries = fetch_scalar!(
        conn,
        i64,
        "INSERT INTO rate_limit (key_hash, window_starts, tries) VALUES ($1, $2, 1)
         ON CONFLICT (key_hash, window_starts) DO UPDATE SET tries = rate_limit.tries + 1 RETURNING tries",
        limit.key(desk, key),
        limit.window(desk.now()),
    )?;
    Ok(tries <= limit.most)
}

/// Whether nothing more is allowed in this window.
pub(crate) async fn is_spent(conn: &mut Conn, desk: &Desk, limit: &Limit, key: &str) -> Result<bool> {
    let tries = fetch_optional!(
        conn,
        (i64,),
        "SELECT tries FROM rate_limit WHERE key_hash = $1 AND window_starts = $2",
        limit.key(desk, key),
        limit.window(desk.now()),
    )?;
    Ok(tries.is_some_and(|(tries,)| tries >= limit.most))
}
