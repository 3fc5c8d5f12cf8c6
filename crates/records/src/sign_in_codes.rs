//! Signing in: an address, then a one-time code by mail, typed in the browser that asked.
//!
//! Whether an address is known can't be found out: an unknown one takes the same path, statement by statement, up
//! to a mail that is written but never sent; and no code ever opens it.

use chrono::TimeDelta;
use domain::contact::EmailAddress;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::outbox::{self, Mail};
use crate::rate_limits::{self, CODES_BY_CLIENT, CODES_TO_ADDRESS, FAILED_BY_CLIENT, FAILED_FOR_ADDRESS};
use crate::secret::token;
use crate::sign_ins::{self, Begin};
use crate::{Desk, Error, grants};

/// How long a code works.
pub const MINUTES: i64 = 10;

/// Wrong entries after which a code is spent.
pub const MOST_FAILURES: i64 = 5;

/// What asking for a code came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A code is on its way, if the address is known; the token is for the browser's cookie.
    OnItsWay {
        /// What binds the code to the browser that asked.
        browser: String,
    },
    /// Asked too often: nothing was sent.
    TooOften,
}

/// Asks for a code. `client` is the address on the internet it is asked from.
///
/// # Errors
/// The database does not answer.
pub async fn ask(desk: &Desk, address: &EmailAddress, client: &str) -> Result<Asked> {
    let mut conn = desk.write().await?;
    let by_client = rate_limits::count(&mut conn, desk, &CODES_BY_CLIENT, client).await?;
    let to_address = rate_limits::count(&mut conn, desk, &CODES_TO_ADDRESS, address.as_str()).await?;
    if !by_client || !to_address {
        conn.commit().await?;
        return Ok(Asked::TooOften);
    }
    // Who holds no grant any more is nobody.
    let person = fetch_optional!(
        conn,
        (Uuid,),
        "SELECT p.id FROM person p WHERE p.email = $1
           AND EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = p.id AND g.revoked_at IS NULL)",
        address.as_str(),
    )?
    .map(|(id,)| id);
    let (id, code, browser) = (Uuid::now_v7(), code()?, token()?);
    execute!(
        conn,
        "INSERT INTO sign_in_code (id, person_id, address_hash, browser_hash, code_hash, created_at, expires_at, failures)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
        id,
        person,
        desk.secret().digest("address", address.as_str()),
        desk.secret().digest("browser", &browser),
        desk.secret().digest("code", &format!("{id} {code}")),
        desk.now(),
        desk.now() + TimeDelta::minutes(MINUTES),
    )?;
    let mail = Mail {
        to: address.to_string(),
        subject: "Your code to sign in to Callboard".into(),
        body: mail_text(desk, &code),
        record_kind: "sign_in_code",
        record_id: id.to_string(),
        ..Mail::default()
    };
    match person {
        Some(_) => outbox::put(&mut conn, desk, mail).await?,
        None => outbox::put_unsent(&mut conn, desk, mail).await?,
    }
    conn.commit().await?;
    Ok(Asked::OnItsWay { browser })
}

fn mail_text(desk: &Desk, code: &str) -> String {
    let (first, last) = code.split_at(code.len() / 2);
    let link = desk.address(&format!("/sign-in/code?code={code}"));
    format!(
        "Your code to sign in to Callboard is

    {first} {last}

It works once, for {MINUTES} minutes, in the browser where you asked for it.

Or open this link in that browser. It fills in the code; you still press the button yourself:
{link}

If you did not ask for a code, somebody probably typed your address by mistake. You need not do anything: nobody \
can sign in as you without the code. Never give a code to anybody, even if they say they work for the council.
"
    )
}

/// A random code of eight digits.
fn code() -> Result<String> {
    // The highest multiple of 10⁸ below 2³²: above it, the first digits would be likelier than the last.
    const FAIR: u32 = 4_200_000_000;
    loop {
        let number = getrandom::u32().map_err(|e| Error::unavailable(e.to_string()))?;
        if number < FAIR {
            return Ok(format!("{:08}", number % 100_000_000));
        }
    }
}

/// What typing a code came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entered {
    /// It was right.
    SignedIn {
        /// For the sign-in's cookie.
        token: String,
        /// What comes next.
        next: Next,
    },
    /// It was wrong; so many entries are left.
    Wrong {
        /// Entries left, at least one.
        left: i64,
    },
    /// This browser has no code that works: none was asked for here, or it is spent, used or too old.
    AskAgain,
    /// Wrong too often, over several codes.
    TooOften,
}

/// What comes after the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The authenticator app's code.
    App,
    /// The choice between several roles.
    ChooseRole,
    /// Nothing: the person is signed in.
    Done,
}

#[derive(sqlx::FromRow)]
struct Tried {
    id: Uuid,
    person_id: Option<Uuid>,
    address_hash: String,
    code_hash: String,
    failures: i64,
}

/// Enters `code` in the browser whose cookie holds `browser`.
///
/// # Errors
/// The database does not answer.
pub async fn enter(desk: &Desk, browser: &str, code: &str, client: &str, device: &str) -> Result<Entered> {
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let mut conn = desk.write().await?;
    if rate_limits::is_spent(&mut conn, desk, &FAILED_BY_CLIENT, client).await? {
        return Ok(Entered::TooOften);
    }
    // Counted as a failure until it proves right, in one statement: many entries at once cannot outrun the count.
    let tried = fetch_optional!(
        conn,
        Tried,
        "UPDATE sign_in_code SET failures = failures + 1
         WHERE browser_hash = $1 AND used_at IS NULL AND expires_at > $2 AND failures < $3
         RETURNING id, person_id, address_hash, code_hash, failures",
        desk.secret().digest("browser", browser),
        desk.now(),
        MOST_FAILURES,
    )?;
    let Some(tried) = tried else { return Ok(Entered::AskAgain) };
    if rate_limits::is_spent(&mut conn, desk, &FAILED_FOR_ADDRESS, &tried.address_hash).await? {
        conn.commit().await?;
        return Ok(Entered::TooOften);
    }
    let right = desk.secret().verify("code", &format!("{} {code}", tried.id), &tried.code_hash);
    let entered = match tried.person_id.filter(|_| right) {
        Some(person) => signed_in(&mut conn, desk, tried.id, person, device).await?,
        None => {
            rate_limits::count(&mut conn, desk, &FAILED_BY_CLIENT, client).await?;
            rate_limits::count(&mut conn, desk, &FAILED_FOR_ADDRESS, &tried.address_hash).await?;
            match MOST_FAILURES - tried.failures {
                left @ 1.. => Entered::Wrong { left },
                _ => Entered::AskAgain,
            }
        }
    };
    conn.commit().await?;
    Ok(entered)
}

async fn signed_in(conn: &mut Conn, desk: &Desk, code: Uuid, person: Uuid, device: &str) -> Result<Entered> {
    execute!(conn, "UPDATE sign_in_code SET used_at = $1 WHERE id = $2", desk.now(), code)?;
    let grants = grants::of_person(conn, person).await?;
    let has_app = fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM person WHERE id = $1 AND totp_confirmed_at IS NOT NULL",
        person,
    )? > 0;
    let (grant, next) = match grants.as_slice() {
        [only] => (Some(only.id), Next::Done),
        _ => (None, Next::ChooseRole),
    };
    // Until the app's code is typed, the sign-in opens nothing and lives as long as a code.
    let lasts = if has_app { TimeDelta::minutes(MINUTES) } else { desk.sign_in_limits().most };
    let new = Begin { person, grant, device, ends: desk.now() + lasts, totp_passed: false };
    let token = sign_ins::begin(conn, desk, new).await?;
    Ok(Entered::SignedIn { token, next: if has_app { Next::App } else { next } })
}
