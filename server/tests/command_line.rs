//! The command line as people meet it: its help, what it says about bad configuration, the mail it sends.

use std::process::{Command, Output};

use records::testing::Throwaway;

fn callboard(args: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callboard"));
    command.args(args).env_clear().envs(environment.iter().copied());
    command.output().expect("callboard runs")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn every_command_has_help_that_fits_a_terminal() {
    for command in [
        "",
        "serve",
        "migrate",
        "demo",
        "authority",
        "authority add",
        "authority list",
        "person",
        "person add",
        "person reset-app",
        "mail",
        "mail bounced",
        "import",
        "import schools",
        "import contacts",
        "import calendar",
        "import rolls",
        "import attendance",
        "import feedback",
        "import list",
        "import undo",
        "coverage",
        "match",
        "plan",
        "backup",
        "restore",
    ] {
        let args: Vec<_> = command.split_whitespace().chain(["--help"]).collect();
        let output = callboard(&args, &[]);
        let help = said(&output);
        assert!(output.status.success() && help.contains("Usage: callboard"), "{command}: {help}");
        let (own, everywhere) = help.split_once("Options of every command:").expect("a heading of its own");
        assert!(!own.contains("--database-url") && everywhere.contains("--secret-file"), "{command}: {help}");
        let widest = help.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(100), "{command} is {widest:?} wide: {help}");
    }
}

#[test]
fn whoever_reads_may_stop_in_the_middle() {
    let database = Throwaway::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let (list, names) = (folder.path().join("list.csv"), folder.path().join("names.csv"));
    std::fs::write(
        &list,
        "URN,LA (code),LA (name),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),\
        PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge\n\
        100001,380,Bradford,Elm Primary,Community school,Open,Primary,4,11\n",
    )
    .unwrap();
    std::fs::write(&names, "name\nElm\n").unwrap();
    let (list, names) = (list.display().to_string(), names.display().to_string());
    for args in [&["migrate"][..], &["import", "list"], &["match", &names, "--schools", &list]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_callboard"));
        command.args(args).env("DATABASE_URL", &database.address).stdout(writer);
        let output = command.output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
    }
}

#[test]
fn a_bad_value_is_named_with_where_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (database, secret) = (format!("sqlite://{}", at("db.sqlite")), at("secret"));
    for (name, value, status, says) in [
        ("CALLBOARD_ADDR", "nowhere", 2, "The value is that of CALLBOARD_ADDR in the environment"),
        ("CALLBOARD_SIGN_IN_HOURS", "0", 2, "The value is that of CALLBOARD_SIGN_IN_HOURS in the environment"),
        ("CALLBOARD_DEMO", "perhaps", 2, "The value is that of CALLBOARD_DEMO in the environment"),
        ("CALLBOARD_PUBLIC_URL", "callboard", 1, "CALLBOARD_PUBLIC_URL is not an address"),
        ("CALLBOARD_SMTP_URL", "mail", 1, "CALLBOARD_SMTP_URL is not an address"),
        ("CALLBOARD_MAIL_FROM", "nobody", 1, "CALLBOARD_MAIL_FROM is not a sender"),
        ("CALLBOARD_SITE", "/nowhere", 1, "CALLBOARD_SITE: /nowhere holds no built site"),
        ("DATABASE_URL", "mysql://db", 1, "DATABASE_URL"),
        ("RUST_LOG", "callboard=loudly", 1, "RUST_LOG is no filter"),
    ] {
        let site = folder.path().join("site");
        std::fs::create_dir_all(&site).unwrap();
        std::fs::write(site.join("assets.json"), "{}").unwrap();
        let mut environment = vec![
            ("DATABASE_URL", database.as_str()),
            ("CALLBOARD_SECRET_FILE", &secret),
            ("CALLBOARD_ADDR", "127.0.0.1:0"),
        ];
        let site = site.display().to_string();
        environment.push(("CALLBOARD_SITE", &site));
        environment.retain(|(known, _)| *known != name);
        environment.push((name, value));
        let output = callboard(&["serve"], &environment);
        assert_eq!(output.status.code(), Some(status), "{name}: {}", said(&output));
        assert!(said(&output).contains(says), "{name}: {}", said(&output));
    }
    // Typed, it is named as it was typed.
    let typed = callboard(&["serve", "--addr", "nowhere"], &[("CALLBOARD_ADDR", "127.0.0.1:0")]);
    assert!(said(&typed).contains("--addr") && !said(&typed).contains("environment"), "{}", said(&typed));
}

#[tokio::test]
async fn the_mail_to_somebody_new_leads_to_the_site() {
    let database = Throwaway::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret").display().to_string();
    let environment = [
        ("DATABASE_URL", database.address.as_str()),
        ("CALLBOARD_SECRET_FILE", secret.as_str()),
        ("CALLBOARD_PUBLIC_URL", "https://callboard.northmoor.example/"),
    ];
    let added = callboard(&["authority", "add", "380", "Northmoor"], &environment);
    assert!(added.status.success(), "{}", said(&added));
    let person = ["person", "add", "lee@northmoor.example", "--role", "commissioner", "--scope", "380"];
    let added = callboard(&person, &environment);
    assert!(added.status.success(), "{}", said(&added));
    let desk = database.desk().await;
    let led = "SELECT COUNT(*) FROM outbox WHERE body LIKE '%https://callboard.northmoor.example/sign-in%'";
    assert_eq!(Throwaway::count(&desk, led).await, 1);
}
