//! `callboard import rolls`, as a script runs it.

use std::process::{Command, Output};

use records::testing::Throwaway;
use serde_json::Value;

const SCHOOLS: &str = "URN,LA (code),LA (name),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),\
    PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,NumberOfPupils\n\
    100001,380,Bradford,A,Community school,Open,Primary,4,11,210\n100002,380,Bradford,B,Community school,Open,Primary,4,11,420\n";
const CENSUS: &str = "Pupils by year group\n\ntime_period,geographic_level,URN,Full time boys Year group 6,Full time girls Year group 6,EHC plan\n\
    202627,National,,1,1,1\n202627,School,100001,14,15,c\n202627,School,100002,c,30,<5\n202627,School,999999,1,1,1\n";

#[test]
fn scripts_read_its_json_and_its_exit_code() {
    let database = Throwaway::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let run = |args: &[&str]| -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callboard"));
        command
            .args(args)
            .env("DATABASE_URL", &database.address)
            .env("CALLBOARD_SECRET_FILE", folder.path().join("secret"));
        command.output().unwrap()
    };
    let told =
        |output: &Output| -> Value { serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}")) };
    assert!(run(&["import", "schools", &write("schools.csv", SCHOOLS)]).status.success());
    let census = write("census.csv", CENSUS);
    // A file of another kind is told apart, and how it is taken in.
    for (args, file, says) in [
        (
            ["import", "rolls"],
            write("schools.csv", SCHOOLS),
            "looks like a list of schools. Import it with `callboard import schools`",
        ),
        (
            ["import", "schools"],
            census.clone(),
            "looks like numbers on roll from the census. Import it with `callboard import rolls`",
        ),
    ] {
        let refused = run(&[args[0], args[1], &file]);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && said.contains(says), "{said}");
    }
    let unknown = run(&["import", "schools", &write("prices.csv", "Item,Price\nTea,2\n")]);
    let said = String::from_utf8_lossy(&unknown.stderr);
    assert!(!unknown.status.success() && !said.contains("looks like"), "{said}");
    let dry = told(&run(&["import", "rolls", &census, "--dry-run", "--json"]));
    assert_eq!((&dry["year"], &dry["changed"], &dry["counted"]), (&2026.into(), &1.into(), &1.into()), "{dry}");
    let done = told(&run(&["import", "rolls", &census, "--authority", "380", "--json"]));
    assert_eq!((&done["elsewhere"], &done["withheld"], &done["totals"]), (&1.into(), &3.into(), &1.into()), "{done}");
    assert_eq!(told(&run(&["import", "rolls", &census, "--json"]))["unchanged"], 2);

    let more = write("more.csv", "URN,Pupils,Year 5,Year 6\n100001,60,70,30\n");
    let dry = told(&run(&["import", "rolls", &more, "--year", "2026", "--dry-run", "--json"]));
    assert_eq!(
        (&dry["above_headcount"][0]["row"], &dry["above_headcount"][0]["year_groups"]),
        (&2.into(), &100.into())
    );

    let apart = write("apart.csv", "URN,Y1,Y2-3,EHC plans\n100001,30,60,900\n");
    let dry = told(&run(&["import", "rolls", &apart, "--year", "2026", "--dry-run", "--json"]));
    assert_eq!((&dry["unread"][0]["column"], &dry["unread"][0]["heading"]), (&"C".into(), &"Y2-3".into()), "{dry}");
    assert_eq!(dry["implausible"][0]["why"], "900 EHC plans in a school of 210 pupils", "{dry}");
    let words = run(&["import", "rolls", &apart, "--year", "2026", "--dry-run"]);
    let words = String::from_utf8_lossy(&words.stdout);
    assert!(words.contains("1 school changed") && words.contains("“Y2-3”: not read as a year group"), "{words}");
    let old = told(&run(&["import", "rolls", &apart, "--year", "2020", "--dry-run", "--json"]));
    assert_eq!((&old["earlier_needs"], &old["far_above"]), (&1.into(), &serde_json::json!([])), "{old}");
    for (file, year, why) in [(&census, "2024", "of 2026/27, not of 2024/25"), (&apart, "2050", "has not begun")] {
        let refused = run(&["import", "rolls", file, "--year", year]);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && said.contains(why), "{said}");
    }

    let unnamed = write("rolls.csv", "URN,Year 6\n100001,30\n");
    let output = run(&["import", "rolls", &unnamed]);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("--year"), "{output:?}");
    assert!(run(&["import", "rolls", &unnamed, "--year", "2026"]).status.success());
    let marked = folder.path().join("marked.xlsx").display().to_string();
    let bad = run(&["import", "rolls", &write("bad.csv", "URN,Year 6\n100001,many\n"), "--json", "--marked", &marked]);
    assert_eq!((bad.status.code(), told(&bad)["problems"][0]["column"].as_str()), (Some(1), Some("Year 6")));
    let again = told(&run(&["import", "rolls", &marked, "--json"]));
    assert_eq!(again["problems"][0]["row"], 2, "{again}");
}
