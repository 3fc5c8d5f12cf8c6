//! Measures matching: `cargo run --release -p intake --example measure_matching -- [SEED] [show]`. With `show`, every row
//! that is not as it should be is printed.

#[path = "../tests/matching/generator.rs"]
mod generator;
#[allow(dead_code, reason = "the tests assert what is only printed here")]
#[path = "../tests/matching/score.rs"]
mod score;
#[path = "../tests/matching/shared.rs"]
mod shared;

use std::time::Instant;

use generator::{Generator, Made};
use intake::matching::{Decision, Finding, Links, Register};
use score::Score;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seed = arguments.first().and_then(|a| a.parse().ok()).unwrap_or(1);
    let show = arguments.iter().any(|a| a == "show");
    let (Some(england), Some(bradford), Some(links)) = (shared::england(), shared::bradford(), shared::links()) else {
        println!("Nothing is measured without ../shared.");
        return;
    };
    let mut all = Score::default();
    let measure = |what: &str, register: &Register, made: &[Made]| {
        let began = Instant::now();
        let score = Score::of(register, made, |made, finding| {
            if show {
                tell(register, made, finding);
            }
        });
        let milliseconds = began.elapsed().as_secs_f64() * 1e3;
        println!("{what} ({milliseconds:.0} ms): {score}\n");
        score
    };
    if let Some(sample) = shared::sample() {
        let old = shared::bytes("matching/links-bradford.csv").map(|b| Links::read(&b, "links").unwrap());
        let register = Register::of_list(&bradford, &old.unwrap_or_default(), &[]);
        measure("Sample", &register, &sample);
    }
    let register = Register::of_list(&bradford, &links, &[]);
    let made = Generator::new(&bradford, Some(&england), shared::rows(&links), seed).make(4_000);
    all.pool(&measure("Bradford", &register, &made));

    let began = Instant::now();
    let register = Register::of_list(&england, &links, &[]);
    println!("England made ready in {:.0} ms", began.elapsed().as_secs_f64() * 1e3);
    let made = Generator::new(&england, None, shared::rows(&links), seed).make(4_000);
    all.pool(&measure("England", &register, &made));

    let mut districts = Score::default();
    for code in ["383", "330", "886", "210", "813", "925", "340", "873", "861", "356", "935", "815"] {
        let list = shared::district(&england, code);
        let register = Register::of_list(&list, &links, &[]);
        let made = Generator::new(&list, Some(&england), shared::rows(&links), seed).make(1_000);
        districts.pool(&Score::of(&register, &made, |made, finding| {
            if show {
                tell(&register, made, finding);
            }
        }));
    }
    println!("Twelve districts: {districts}\n");
    all.pool(&districts);
    println!("All generated: {all}");
}

fn tell(register: &Register, made: &Made, finding: &Finding) {
    let what = match finding.decision {
        Decision::Matched(urn) if made.urn != Some(urn) => "WRONG",
        Decision::None if made.urn.is_some() => "FALSE NONE",
        Decision::Review if made.urn.is_some() && !made.review_ok => "asked",
        Decision::Review if made.urn.is_none() && !made.review_ok => "not none",
        _ => return,
    };
    let meant = made.urn.and_then(|urn| register.name_of(urn)).unwrap_or("-");
    let best: Vec<String> =
        finding.candidates.iter().take(3).map(|c| format!("{} {:.3} {:?}", c.name, c.score, c.reasons)).collect();
    println!(
        "{what} {:?}: “{}” [{}] [{}] = {meant} | {:.3} {}",
        made.kind,
        made.name,
        made.postcode,
        made.town,
        finding.confidence,
        best.join(" | ")
    );
}
