//! Signing in, sign-ins and the authenticator app, on both databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;
use domain::access::{Actor, Role};
use domain::clock::Clock;
use domain::contact::EmailAddress;
use records::authenticator::{self, Passed};
use records::secret::Secret;
use records::sign_in_codes::{self, Asked, Entered, Next};
use records::sign_ins::{self, SignInLimits, SignedIn};
use records::testing::{Throwaway, Town, present};
use records::{Desk, Error, both, outbox, sweep};

/// The same desk with a clock that the test moves on, in seconds.
fn moving(desk: &Desk) -> (Desk, Arc<AtomicI64>) {
    let seconds = Arc::new(AtomicI64::new(0));
    let hands = seconds.clone();
    let clock = Clock::new(move || present() + TimeDelta::seconds(hands.load(Ordering::SeqCst)));
    (Desk::new(desk.db().clone(), clock, Secret::random().unwrap()), seconds)
}

fn address(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

async fn ask(desk: &Desk, email: &str) -> String {
    match sign_in_codes::ask(desk, &address(email), "192.0.2.1").await.unwrap() {
        Asked::OnItsWay { browser } => browser,
        Asked::TooOften => panic!("asked too often"),
    }
}

/// The code in the one mail that waits.
async fn code(desk: &Desk) -> String {
    let mails = outbox::claim(desk, 10).await.unwrap();
    let [mail] = mails.as_slice() else { panic!("{} mails wait", mails.len()) };
    assert!(!mail.subject.contains(char::is_numeric), "a subject is shown on locked screens");
    let link = mail.body.lines().find(|l| l.contains("/sign-in/code?code=")).unwrap();
    let code = link.rsplit('=').next().unwrap().to_owned();
    assert_eq!(code.len(), 8);
    outbox::sent(desk, mail.id).await.unwrap();
    code
}

async fn enter(desk: &Desk, browser: &str, code: &str) -> Entered {
    sign_in_codes::enter(desk, browser, code, "192.0.2.1", "Firefox on Android").await.unwrap()
}

async fn sign_in(desk: &Desk, email: &str) -> String {
    let browser = ask(desk, email).await;
    match enter(desk, &browser, &code(desk).await).await {
        Entered::SignedIn { token, .. } => token,
        other => panic!("{other:?}"),
    }
}

async fn recognised(desk: &Desk, token: &str) -> SignedIn {
    sign_ins::recognise(desk, token).await.unwrap().expect("a sign-in")
}

/// Another code than `code`.
fn wrong(code: &str) -> String {
    format!("{:08}", (code.parse::<u64>().unwrap() + 1) % 100_000_000)
}

both! {
    async fn a_code_signs_in_once_in_the_browser_that_asked(desk: Desk) {
        let town = Town::build(&desk).await;
        let browser = ask(&desk, "commissioner@kelderdale.example").await;
        let code = code(&desk).await;
        assert_eq!(enter(&desk, "another browser", &code).await, Entered::AskAgain);
        let spaced = format!(" {} {} ", &code[..4], &code[4..]);
        let Entered::SignedIn { token, next: Next::Done } = enter(&desk, &browser, &spaced).await else { panic!() };
        assert_eq!(enter(&desk, &browser, &code).await, Entered::AskAgain, "single use");
        let signed_in = recognised(&desk, &token).await;
        assert_eq!(signed_in.actor, Some(town.commissioner()));
        assert!(sign_ins::recognise(&desk, "rubbish").await.unwrap().is_none());
        assert_eq!(
            Throwaway::count(&desk, &format!("SELECT COUNT(*) FROM sign_in WHERE token_hash = '{token}'")).await,
            0,
            "the token itself is not stored"
        );
        sign_ins::end(&desk, &token).await.unwrap();
        assert!(sign_ins::recognise(&desk, &token).await.unwrap().is_none());
    }
}

both! {
    async fn an_unknown_address_takes_the_same_way_and_opens_nothing(desk: Desk) {
        Town::build(&desk).await;
        let browser = ask(&desk, "nobody@kelderdale.example").await;
        assert!(outbox::claim(&desk, 10).await.unwrap().is_empty(), "no mail goes out");
        let kept = "SELECT COUNT(*) FROM outbox WHERE to_address <> '' OR body <> ''";
        assert_eq!(Throwaway::count(&desk, kept).await, 0, "the address is not kept");
        for left in (1..5).rev() {
            assert_eq!(enter(&desk, &browser, "12345678").await, Entered::Wrong { left });
        }
        assert_eq!(enter(&desk, &browser, "12345678").await, Entered::AskAgain);
    }
}

both! {
    async fn five_wrong_codes_spend_it_and_ten_minutes_end_it(desk: Desk) {
        Town::build(&desk).await;
        let (desk, clock) = moving(&desk);
        let browser = ask(&desk, "evaluator@kelderdale.example").await;
        let right = code(&desk).await;
        for left in (1..5).rev() {
            assert_eq!(enter(&desk, &browser, &wrong(&right)).await, Entered::Wrong { left });
        }
        assert_eq!(enter(&desk, &browser, &wrong(&right)).await, Entered::AskAgain);
        assert_eq!(enter(&desk, &browser, &right).await, Entered::AskAgain, "the right one comes too late");

        let browser = ask(&desk, "evaluator@kelderdale.example").await;
        let right = code(&desk).await;
        clock.store(601, Ordering::SeqCst);
        assert_eq!(enter(&desk, &browser, &right).await, Entered::AskAgain);
    }
}

both! {
    async fn asking_and_guessing_are_limited_for_known_and_unknown_addresses_alike(desk: Desk) {
        Town::build(&desk).await;
        let (desk, clock) = moving(&desk);
        for email in ["evaluator@kelderdale.example", "nobody@kelderdale.example"] {
            clock.fetch_add(86_400, Ordering::SeqCst);
            for _ in 0..5 {
                ask(&desk, email).await;
            }
            let again = sign_in_codes::ask(&desk, &address(email), "192.0.2.77").await.unwrap();
            assert_eq!(again, Asked::TooOften, "{email}");
            clock.fetch_add(900, Ordering::SeqCst);
            let mut wrong = 0;
            while wrong < 15 {
                let browser = ask(&desk, email).await;
                for _ in 0..5 {
                    enter(&desk, &browser, "no digits at all").await;
                    wrong += 1;
                }
            }
            let browser = ask(&desk, email).await;
            assert_eq!(enter(&desk, &browser, "12345678").await, Entered::TooOften, "{email}");
        }
        let stored = "SELECT COUNT(*) FROM rate_limit WHERE key_hash LIKE '%kelderdale%' OR key_hash LIKE '%192.%'";
        assert_eq!(Throwaway::count(&desk, stored).await, 0, "keys are hashed");
    }
}

both! {
    async fn one_client_cannot_ask_for_everybody(desk: Desk) {
        Town::build(&desk).await;
        for number in 0..100 {
            ask(&desk, &format!("person{number}@kelderdale.example")).await;
        }
        let asked = sign_in_codes::ask(&desk, &address("one.more@kelderdale.example"), "192.0.2.1").await.unwrap();
        assert_eq!(asked, Asked::TooOften);
        let asked = sign_in_codes::ask(&desk, &address("one.more@kelderdale.example"), "192.0.2.2").await.unwrap();
        assert!(matches!(asked, Asked::OnItsWay { .. }), "another client may");
    }
}

both! {
    async fn a_sign_in_ends_after_an_idle_hour_and_after_twelve(desk: Desk) {
        let town = Town::build(&desk).await;
        let (desk, clock) = moving(&desk);
        let grant = town.commissioner().grant.unwrap();
        let token = sign_ins::begin_as(&desk, &Actor::SYSTEM, grant, "test").await.unwrap();
        let alive = async || sign_ins::recognise(&desk, &token).await.unwrap().is_some();
        let touched = async || Throwaway::count(&desk, "SELECT COUNT(*) FROM sign_in WHERE last_seen_at > created_at").await;
        clock.store(59, Ordering::SeqCst);
        assert!(alive().await && touched().await == 0, "no write at every page");
        for hour in 0..14 {
            clock.store(hour * 3_540, Ordering::SeqCst);
            assert_eq!(alive().await, hour * 3_540 < 12 * 3_600, "{hour}");
        }
        assert_eq!(touched().await, 1);

        clock.store(100_000, Ordering::SeqCst);
        let token = sign_ins::begin_as(&desk, &Actor::SYSTEM, grant, "test").await.unwrap();
        clock.store(103_599, Ordering::SeqCst);
        assert!(sign_ins::recognise(&desk, &token).await.unwrap().is_some());
        clock.store(107_200, Ordering::SeqCst);
        assert!(sign_ins::recognise(&desk, &token).await.unwrap().is_none(), "idle for an hour");

        let short = desk.with_sign_in_limits(SignInLimits { idle: TimeDelta::minutes(5), most: TimeDelta::minutes(6) });
        let token = sign_ins::begin_as(&short, &Actor::SYSTEM, grant, "test").await.unwrap();
        clock.store(107_501, Ordering::SeqCst);
        assert!(sign_ins::recognise(&short, &token).await.unwrap().is_none(), "limits are configured");
    }
}

both! {
    async fn begin_as_is_for_the_system_and_the_demonstration_only(desk: Desk) {
        let town = Town::build(&desk).await;
        let grant = town.commissioner().grant.unwrap();
        let refused = sign_ins::begin_as(&desk, &town.official(Role::Administrator), grant, "x").await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        let refused = sign_ins::begin_demonstration(&desk, grant, "x").await;
        assert!(matches!(refused, Err(Error::NotFound)), "Kelderdale is no demonstration");
        Throwaway::execute(&desk, "UPDATE authority SET is_demo = (code = '990')").await;
        for actor in [town.commissioner(), town.company(), town.school(town.special)] {
            sign_ins::begin_demonstration(&desk, actor.grant.unwrap(), "x").await.unwrap();
        }
        let refused = sign_ins::begin_demonstration(&desk, town.commissioner_elsewhere().grant.unwrap(), "x").await;
        assert!(matches!(refused, Err(Error::NotFound)));
        let shown = records::grants::for_demonstration(&desk, None).await.unwrap();
        assert!(shown.iter().any(|g| g.id == grant) && shown.iter().all(|g| g.scope_name != "Vale Primary"));
        let found = records::grants::for_demonstration(&desk, Some("oak L")).await.unwrap();
        assert_eq!(found.iter().map(|g| g.scope_name.as_str()).collect::<Vec<_>>(), ["Oak Lodge School"]);
        assert!(records::grants::for_demonstration(&desk, Some("vale")).await.unwrap().is_empty());
    }
}

both! {
    async fn a_person_ends_their_own_sign_ins_and_nobody_elses(desk: Desk) {
        let town = Town::build(&desk).await;
        let (me, other) = (town.commissioner(), town.commissioner_elsewhere());
        let begin = async |actor: &Actor| sign_ins::begin_as(&desk, &Actor::SYSTEM, actor.grant.unwrap(), "test").await.unwrap();
        let (first, second, theirs) = (begin(&me).await, begin(&me).await, begin(&other).await);
        let third = begin(&me).await;
        let this = recognised(&desk, &first).await;
        assert_eq!(sign_ins::list(&desk, &me).await.unwrap().len(), 3);
        let their_id = recognised(&desk, &theirs).await.id;
        assert!(matches!(sign_ins::end_one(&desk, &me, their_id).await, Err(Error::NotFound)));
        sign_ins::end_one(&desk, &me, recognised(&desk, &second).await.id).await.unwrap();
        assert!(sign_ins::recognise(&desk, &second).await.unwrap().is_none());
        assert_eq!(sign_ins::end_others(&desk, &me, &this).await.unwrap(), 1);
        assert!(sign_ins::recognise(&desk, &third).await.unwrap().is_none());
        recognised(&desk, &first).await;
        recognised(&desk, &theirs).await;
    }
}

both! {
    async fn the_authenticator_app_is_asked_once_it_is_confirmed(desk: Desk) {
        let town = Town::build(&desk).await;
        let (desk, clock) = moving(&desk);
        let me = town.commissioner();
        let refused = authenticator::begin(&desk, &town.school(town.primary)).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "for privileged roles");
        let first = sign_in(&desk, "commissioner@kelderdale.example").await;
        let elsewhere = sign_ins::begin_as(&desk, &Actor::SYSTEM, me.grant.unwrap(), "test").await.unwrap();
        assert!(matches!(authenticator::enrolment(&desk, &me).await, Err(Error::NotFound)));
        authenticator::begin(&desk, &me).await.unwrap();
        let enrolment = authenticator::enrolment(&desk, &me).await.unwrap();
        assert!(enrolment.url.starts_with("otpauth://totp/") && enrolment.url.contains(&enrolment.key));
        let stored = format!("SELECT COUNT(*) FROM person WHERE totp_secret LIKE '%{}%'", enrolment.key);
        assert_eq!(Throwaway::count(&desk, &stored).await, 0, "the seed is sealed");
        let app_code = |at: i64| {
            let seed = totp_rs::Secret::try_from_base32(&enrolment.key).unwrap();
            let totp = totp_rs::Builder::new().with_secret(seed).with_account_name("x").build().unwrap();
            totp.generate(u64::try_from(present().timestamp() + at).unwrap()).to_string()
        };
        let this = recognised(&desk, &first).await;
        assert!(matches!(authenticator::confirm(&desk, &me, &this, "000000").await, Err(Error::Invalid(_))));
        // An enrolment that was never confirmed asks for nothing.
        recognised(&desk, &elsewhere).await;
        authenticator::confirm(&desk, &me, &this, &app_code(0)).await.unwrap();
        recognised(&desk, &first).await;
        assert!(sign_ins::recognise(&desk, &elsewhere).await.unwrap().is_none(), "signed out elsewhere");

        clock.store(60, Ordering::SeqCst);
        let browser = ask(&desk, "commissioner@kelderdale.example").await;
        let Entered::SignedIn { token, next: Next::App } = enter(&desk, &browser, &code(&desk).await).await else { panic!() };
        assert!(sign_ins::recognise(&desk, &token).await.unwrap().is_none(), "the mail's code alone opens nothing");
        assert!(sign_ins::waits_for_app(&desk, &token).await.unwrap());
        assert_eq!(authenticator::pass(&desk, &token, &app_code(0)).await.unwrap(), Passed::Wrong, "used before");
        assert_eq!(authenticator::pass(&desk, "rubbish", &app_code(60)).await.unwrap(), Passed::AskAgain);
        assert_eq!(authenticator::pass(&desk, &token, &app_code(60)).await.unwrap(), Passed::SignedIn(Next::Done));
        recognised(&desk, &token).await;
        clock.store(60 + 3_000, Ordering::SeqCst);
        recognised(&desk, &token).await;
        assert!(matches!(authenticator::remove(&desk, &me, &app_code(60)).await, Err(Error::Invalid(_))), "each code once");
        authenticator::remove(&desk, &me, &app_code(3_060)).await.unwrap();
        assert!(!authenticator::has_app(&desk, &me).await.unwrap());
        recognised(&desk, &token).await;
    }
}

both! {
    async fn the_apps_codes_cannot_be_guessed(desk: Desk) {
        let town = Town::build(&desk).await;
        let me = town.official(Role::Administrator);
        authenticator::begin(&desk, &me).await.unwrap();
        let enrolment = authenticator::enrolment(&desk, &me).await.unwrap();
        let seed = totp_rs::Secret::try_from_base32(&enrolment.key).unwrap();
        let totp = totp_rs::Builder::new().with_secret(seed).with_account_name("x").build().unwrap();
        let right = totp.generate(u64::try_from(present().timestamp()).unwrap()).to_string();
        let token = sign_ins::begin_as(&desk, &Actor::SYSTEM, me.grant.unwrap(), "test").await.unwrap();
        let this = recognised(&desk, &token).await;
        let wrong = format!("{:06}", (right.parse::<u32>().unwrap() + 500_000) % 1_000_000);
        for _ in 0..10 {
            assert!(authenticator::confirm(&desk, &me, &this, &wrong).await.is_err());
        }
        assert!(authenticator::confirm(&desk, &me, &this, &right).await.is_err(), "too many were wrong");
    }
}

both! {
    async fn what_is_over_is_swept_away(desk: Desk) {
        Town::build(&desk).await;
        let (desk, clock) = moving(&desk);
        sign_in(&desk, "commissioner@kelderdale.example").await;
        ask(&desk, "nobody@kelderdale.example").await;
        assert_eq!(sweep::sweep(&desk).await.unwrap(), 0, "nothing is over yet");
        clock.store(2 * 86_400, Ordering::SeqCst);
        assert!(sweep::sweep(&desk).await.unwrap() > 0);
        for table in ["sign_in_code", "rate_limit"] {
            assert_eq!(Throwaway::count(&desk, &format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM sign_in").await, 1);
        clock.store(32 * 86_400, Ordering::SeqCst);
        sweep::sweep(&desk).await.unwrap();
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM sign_in").await, 0);
    }
}
