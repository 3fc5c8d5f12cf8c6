//! Measures matching.
//!
//! `cargo run --release -p intake --example measure_matching -- [SEED] [show]` measures the shared sample and the first
//! generator's names. With `show`, every row that is not as it should be is printed.
//!
//! `… -- sheets|desks development|held-out [SEED] [show] [write FOLDER]` measures the second's or the third's. Of the districts every
//! other is held out, and so are its even seeds: there, only figures are printed. `write` puts names and truth into a
//! folder, in the shared format.
//!
//! `… -- others development|held-out [SEED] [show]` looks for official names of other authorities, its neighbours' and
//! some of the rest of England's, in one authority's list, for twelve of them: none is a school of the list.
//!
//! `… -- words` prints the words of England's school names, as `crates/intake/src/matching/lexicon/england.txt` has them.

#[path = "../tests/matching/desks/mod.rs"]
mod desks;
#[path = "../tests/matching/generator/mod.rs"]
mod generator;
#[path = "../tests/matching/made.rs"]
mod made;
#[path = "../tests/matching/others.rs"]
mod others;
#[allow(dead_code, reason = "the tests assert what is only printed here")]
#[path = "../tests/matching/score.rs"]
mod score;
#[path = "../tests/matching/shared.rs"]
mod shared;
#[path = "../tests/matching/sheets/mod.rs"]
mod sheets;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use desks::Desks;
use domain::setting::LaCode;
use generator::Generator;
use intake::matching::{Decision, Finding, Links, Register, tells_no_school, text_key};
use intake::school_list::{SchoolList, SchoolRow};
use made::Made;
use others::Others;
use score::Score;
use sheets::{Half, Sheets};

struct Lists {
    england: SchoolList,
    bradford: SchoolList,
    links: Links,
}

/// Whose names are measured.
#[derive(Clone, Copy)]
enum Hand {
    Sheets,
    Desks,
}

impl Hand {
    fn made(
        self,
        list: &SchoolList,
        country: &SchoolList,
        links: &Links,
        of: impl Fn(&SchoolRow) -> bool,
        seed: u64,
        many: usize,
    ) -> Vec<Made> {
        match self {
            Self::Sheets => Sheets::new(list, country, shared::rows(links), of, seed).make(many),
            Self::Desks => Desks::new(list, country, shared::rows(links), of, seed).make(many),
        }
    }
}

/// What is done with what was found, beside counting it.
struct Telling {
    show: bool,
    /// Whether only the whole country's names are measured.
    country_alone: bool,
    write: Option<PathBuf>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seed = arguments.iter().find_map(|a| a.parse().ok()).unwrap_or(1);
    let write = arguments.iter().position(|a| a == "write").and_then(|at| arguments.get(at + 1)).map(PathBuf::from);
    let telling = Telling {
        show: arguments.iter().any(|a| a == "show"),
        country_alone: arguments.iter().any(|a| a == "country"),
        write,
    };
    let (Some(england), Some(bradford), Some(links)) = (shared::england(), shared::bradford(), shared::links()) else {
        println!("Nothing is measured without ../shared.");
        return;
    };
    let lists = Lists { england, bradford, links };
    if arguments.first().is_some_and(|a| a == "words") {
        print_words(&lists.england);
        return;
    }
    let half = if arguments.iter().any(|a| a == "held-out") { Half::HeldOut } else { Half::Development };
    if arguments.first().is_some_and(|a| a == "others") {
        if (half == Half::HeldOut) == (seed % 2 == 1) || (half == Half::HeldOut && telling.show) {
            println!("Held out: even seeds, and no row is shown.");
        } else {
            of_others(&lists, half, seed, &telling);
        }
        return;
    }
    let hand = match arguments.first().map(String::as_str) {
        Some("sheets") => Some(Hand::Sheets),
        Some("desks") => Some(Hand::Desks),
        _ => None,
    };
    let Some(hand) = hand else {
        generated(&lists, seed, &telling);
        return;
    };
    if half == Half::HeldOut {
        if telling.show || seed % 2 == 1 {
            println!("Held out: even seeds, and no row is shown.");
            return;
        }
        by_halves(hand, &lists, Half::HeldOut, seed, &telling);
    } else if seed % 2 == 1 {
        by_halves(hand, &lists, Half::Development, seed, &telling);
    } else {
        println!("Even seeds are held out.");
    }
}

fn measure(what: &str, register: &Register, made: &[Made], telling: &Telling) -> Score {
    if let Some(folder) = &telling.write {
        write(folder, what, made);
    }
    let began = Instant::now();
    let score = Score::of(register, made, |made, finding| {
        if telling.show {
            tell(register, made, finding);
        }
    });
    println!("{what} ({:.0} ms): {score}\n", began.elapsed().as_secs_f64() * 1e3);
    score
}

fn generated(lists: &Lists, seed: u64, telling: &Telling) {
    let Lists { england, bradford, links } = lists;
    let mut all = Score::default();
    if let Some(sample) = shared::sample() {
        let old = shared::bytes("matching/links-bradford.csv").map(|b| Links::read(&b, "links").unwrap());
        let register = Register::of_list(bradford, &old.unwrap_or_default(), &[]);
        measure("sample", &register, &sample, telling);
    }
    let register = Register::of_list(bradford, links, &[]);
    let made = Generator::new(bradford, Some(england), shared::rows(links), seed).make(4_000);
    all.pool(&measure("bradford", &register, &made, telling));

    let began = Instant::now();
    let register = Register::of_list(england, links, &[]);
    println!("England made ready in {:.0} ms", began.elapsed().as_secs_f64() * 1e3);
    let made = Generator::new(england, None, shared::rows(links), seed).make(4_000);
    all.pool(&measure("england", &register, &made, telling));

    let mut districts = Score::default();
    for code in ["383", "330", "886", "210", "813", "925", "340", "873", "861", "356", "935", "815"] {
        let list = shared::district(england, code);
        let register = Register::of_list(&list, links, &[]);
        let made = Generator::new(&list, Some(england), shared::rows(links), seed).make(1_000);
        districts.pool(&measure(code, &register, &made, telling));
    }
    println!("Twelve districts: {districts}\n");
    all.pool(&districts);
    println!("All generated: {all}");
}

/// The telling words of all names, the commonest first, with how many names have them.
fn print_words(england: &SchoolList) {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for row in &england.rows {
        let key = text_key(&row.name);
        let words: BTreeSet<&str> = key.split(' ').filter(|word| !tells_no_school(word)).collect();
        let telling = words.into_iter().filter(|word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase()));
        for word in telling {
            *names.entry(word.to_owned()).or_default() += 1;
        }
    }
    let mut by_count: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (word, count) in names {
        by_count.entry(count).or_default().push(word);
    }
    for (count, words) in by_count.iter().rev() {
        let mut line = count.to_string();
        for word in words {
            if line.len() + word.len() > 400 {
                println!("{line}");
                line = count.to_string();
            }
            let _ = write!(line, " {word}");
        }
        println!("{line}");
    }
}

fn of_others(lists: &Lists, half: Half, seed: u64, telling: &Telling) {
    let Lists { england, bradford, links } = lists;
    let told = |row: &SchoolRow, finding: &Finding| {
        if telling.show
            && let Some(first) = finding.candidates.first()
        {
            println!("TAKEN “{}” = {} {:.3} {:?}", row.name, first.name, first.score, first.reasons);
        }
    };
    if half == Half::Development {
        println!("bradford: {}\n", Others::of(england, bradford, links, seed, told));
    }
    let mut all = Others::default();
    for code in half.districts(england, seed, 12) {
        let of = Others::of(england, &shared::district(england, &code), links, seed, told);
        println!("{code}: {of}");
        all.pool(&of);
    }
    println!("\nTwelve districts: {all}");
}

fn by_halves(hand: Hand, lists: &Lists, half: Half, seed: u64, telling: &Telling) {
    let Lists { england, bradford, links } = lists;
    let mut all = Score::default();
    if !telling.country_alone
        && half.has("380")
        && let Some((before, sponsors)) = shared::bradford_before()
    {
        let register = Register::of_list(bradford, links, &[]);
        let made = match hand {
            Hand::Sheets => Sheets::new(bradford, england, shared::rows(links), |_| true, seed)
                .with_release(&before, sponsors)
                .make(4_000),
            Hand::Desks => Desks::new(bradford, england, shared::rows(links), |_| true, seed).make(4_000),
        };
        all.pool(&measure("bradford", &register, &made, telling));
    }
    let register = Register::of_list(england, links, &[]);
    let of = |row: &SchoolRow| half.has(row.authority.as_str());
    let made = hand.made(england, england, links, of, seed, 4_000);
    all.pool(&measure("england", &register, &made, telling));

    let (mut alone, mut files) = (Score::default(), Score::default());
    for code in half.districts(england, seed, 12) {
        let list = shared::district(england, &code);
        let mut made = hand.made(&list, england, links, |_| true, seed, 950);
        // A school of anywhere now and then.
        made.extend(hand.made(england, england, links, of, seed + 2, 50));
        let not_elsewhere: Vec<Made> = made.iter().filter(|one| one.kind != made::Kind::OutOfArea).cloned().collect();
        alone.pool(&Score::of(&register, &not_elsewhere, |_, _| {}));
        let district = |codes: &BTreeSet<LaCode>| Register::of_list(&england.of(codes), links, &[]);
        files.pool(&Score::of_file(&register, &made, district, |made, finding| {
            if telling.show {
                tell(&register, made, finding);
            }
        }));
    }
    println!("Twelve districts in all England, each row alone: {alone}\n");
    println!("Twelve districts in all England, as files: {files}\n");
    let district = |codes: &BTreeSet<LaCode>| Register::of_list(&england.of(codes), links, &[]);
    println!("England as one file: {}\n", Score::of_file(&register, &made, district, |_, _| {}));
    if telling.country_alone {
        return;
    }

    let mut districts = Score::default();
    for code in half.districts(england, seed, 12) {
        let list = shared::district(england, &code);
        let register = Register::of_list(&list, links, &[]);
        let made = hand.made(&list, england, links, |_| true, seed, 1_000);
        districts.pool(&measure(&code, &register, &made, telling));
    }
    println!("Twelve districts: {districts}\n");
    all.pool(&districts);
    println!("All: {all}");
}

fn write(folder: &std::path::Path, what: &str, made: &[Made]) {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut names = "row,name,postcode,town\n".to_owned();
    let mut truth = "row,urn,kind,review_ok,alts\n".to_owned();
    for (row, made) in (1..).zip(made) {
        let _ = writeln!(names, "{row},{},{},{}", quoted(&made.name), quoted(&made.postcode), quoted(&made.town));
        let urn = made.urn.map(|urn| urn.to_string()).unwrap_or_default();
        let _ = writeln!(truth, "{row},{urn},{:?},{},", made.kind, u8::from(made.review_ok));
    }
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(format!("{what}-names.csv")), names).unwrap();
    std::fs::write(folder.join(format!("{what}-truth.csv")), truth).unwrap();
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
