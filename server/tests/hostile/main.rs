//! Files that people did not mean to choose, and files made to do harm: each reader reads or refuses them with a
//! sentence, within seconds and bounded memory, by way of the process that reads workbooks.

mod bombs;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use intake::isolation::{self, Reader};
use intake::{Problem, contacts, history, matching, school_list, term_dates};

/// What a file may take.
const MOST_TIME: Duration = Duration::from_secs(10);
const MOST_MEGABYTES: u64 = 300;

/// What a reader says of a file, the rows or visits it read or the problems it found.
type Said = Result<usize, Vec<Problem>>;
type Read = fn(&[u8], &str) -> Said;

const READERS: [(&str, Read); 5] = [
    ("school list", |bytes, name| school_list::read(bytes, name, None).map(|list| list.rows.len())),
    ("history", |bytes, name| history::read(bytes, name).map(|history| history.visits.len())),
    ("term dates", |bytes, _| term_dates::read(bytes).map(|terms| terms.len())),
    ("people", |bytes, name| {
        contacts::read(bytes, name, &contacts::Corrections::default()).map(|read| read.lines.len())
    }),
    ("names", |bytes, name| matching::read_names(bytes, name).map(|names| names.len())),
];

fn isolated() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_callboard"));
        isolation::isolate(Reader {
            program,
            arguments: vec!["read-workbook".into()],
            environment: vec![("MIMALLOC_ARENA_RESERVE".into(), "0".into())],
        });
    });
}

/// Gives a file to every reader; what each said. Fails when one took too long or too much.
fn fed(name: &str, bytes: &[u8]) -> Vec<(&'static str, Said)> {
    /// One file at a time, so that it is its own time that is taken.
    static ALONE: Mutex<()> = Mutex::new(());
    isolated();
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    READERS
        .iter()
        .map(|(reader, read)| {
            let (watched, started) = (watch::begin(), Instant::now());
            let said = read(bytes, name);
            let (time, (child, own)) = (started.elapsed(), watched.peak_megabytes());
            let megabytes = child.max(own);
            match &said {
                Ok(rows) => println!("{name}, {reader}: {rows} read, {time:.1?}, {child} and {own} MB"),
                Err(problems) => {
                    println!("{name}, {reader}: {}, {time:.1?}, {child} and {own} MB", problems[0].message)
                }
            }
            assert!(time < MOST_TIME, "{name}, {reader}: {time:?}");
            assert!(megabytes < MOST_MEGABYTES, "{name}, {reader}: {megabytes} MB");
            if let Err(problems) = &said {
                assert!(problems.iter().all(|p| is_sentence(&p.message)), "{name}, {reader}: {problems:?}");
            }
            (*reader, said)
        })
        .collect()
}

/// Whether a message is one that people can act on: a sentence, and no program's own words alone.
fn is_sentence(message: &str) -> bool {
    message.ends_with(['.', '?', ')', '”']) && message.len() > 20 && !message.contains("panicked")
}

/// A file that every reader refuses, with these words.
fn refused(name: &str, bytes: &[u8], words: &str) {
    refused_with(name, bytes, &[words]);
}

/// A file that every reader refuses, with some of these words.
fn refused_with(name: &str, bytes: &[u8], words: &[&str]) {
    for (reader, said) in fed(name, bytes) {
        match said {
            Ok(rows) => panic!("{name}, {reader}: {rows} read"),
            // Term dates are small: a larger file is refused before it is looked at.
            Err(problems) if problems[0].message.contains("larger than 1 MB") => assert_eq!(reader, "term dates"),
            Err(problems) => {
                let told = words.iter().any(|words| problems[0].message.contains(words));
                assert!(told, "{name}, {reader}: {problems:?}");
            }
        }
    }
}

/// A school list that is read although of an odd kind.
fn read(name: &str, bytes: &[u8]) {
    let said = fed(name, bytes).remove(0).1;
    assert_eq!(said.map_err(|p| p[0].message.clone()), Ok(1), "{name}");
}

#[test]
fn every_file_of_the_corpus_is_read_or_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spreadsheets/corpus");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("skipped: {} is not there", folder.display());
        return;
    };
    let mut paths: Vec<_> = files.map(|f| f.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let said = fed(&name, &std::fs::read(&path).unwrap());
        if name == "pass_protected.ods" {
            for (reader, said) in said {
                assert!(said.unwrap_err()[0].message.contains("password"), "{reader}");
            }
        }
    }
}

#[test]
fn repeated_cells_are_not_unfolded() {
    refused("all-cells.ods", &bombs::repeated("1048576", "16384", "a"), "unpacks to more");
    refused("long-cells.ods", &bombs::repeated("1", "16000", &"x".repeat(20_000)), "unpacks to more");
    // Below what the reckoning refuses, above what memory there is.
    refused("many-cells.ods", &bombs::repeated("7000", "1000", &"x".repeat(30)), "unpacks to more");
}

#[test]
fn one_text_in_many_cells_is_not_copied_without_end() {
    refused("novel.xlsx", &bombs::shared(1_000_000, 20_000, 20), "more than 32767 characters");
    for (name, characters) in [("essays.xlsx", 30_000), ("notes.xlsx", 2_000)] {
        for (reader, said) in fed(name, &bombs::shared(characters, 20_000, 20)) {
            assert!(said.is_err(), "{name}, {reader}");
        }
    }
}

#[test]
fn archives_that_unpack_to_gigabytes_are_given_up() {
    refused("blank.xlsx", &bombs::xlsx_filled("xl/worksheets/sheet1.xml", b" ", 450 << 20), "unpacks to more");
    // Whichever is over first, its memory or its time.
    let strings = bombs::xlsx_filled("xl/sharedStrings.xml", b"<si><t>a</t></si>", 380 << 20);
    refused_with("strings.xlsx", &strings, &["unpacks to more", "seconds"]);
    let inner = bombs::archive(&[("a.xlsx", &bombs::xlsx_filled("a.xml", b" ", 1 << 20))]);
    refused("nested.xlsx", &inner, "Unpack it");
    let laughs =
        bombs::xlsx(&format!("<!DOCTYPE x [{}]>", bombs::laughs()), "<c t=\"inlineStr\"><is><t>&i;</t></is></c>", &[]);
    for (reader, said) in fed("laughs.xlsx", &laughs) {
        assert!(said.is_err(), "{reader}");
    }
}

#[test]
fn a_million_columns_are_refused() {
    let cells = "<c><v>1</v></c>".repeat(1_000_000);
    for (reader, said) in fed("wide.xlsx", &bombs::xlsx("", &cells, &[])) {
        assert!(said.unwrap_err()[0].message.contains("more than 1000 columns"), "{reader}");
    }
    let wide = vec![b','; 1_000_000];
    let long = vec![b','; 100 << 20];
    let open = [b"URN,name\n\"".as_slice(), &vec![b'x'; 50 << 20]].concat();
    let narrow = "1,2,3,4,5,6,7,8,9,a\n".repeat(5 << 20);
    for (name, bytes) in
        [("wide.csv", wide.as_slice()), ("long.csv", &long), ("open.csv", &open), ("many.csv", narrow.as_bytes())]
    {
        for (reader, said) in fed(name, bytes) {
            assert!(said.is_err(), "{name}, {reader}");
        }
    }
}

#[test]
fn protected_and_broken_files_say_so() {
    refused("protected.xlsx", &bombs::compound("/EncryptedPackage"), "password");
    refused("letter.doc", &bombs::compound("/WordDocument"), "document of another program");
    let good = bombs::school_list(&[]);
    refused("half.xlsx", &good[..good.len() / 2], "damaged or incomplete");
    refused("begun.xls", &bombs::compound("/Workbook")[..600], "damaged or incomplete");
    refused("nothing.csv", b"", "empty");
}

#[test]
fn a_wrong_extension_does_no_harm() {
    read("list.csv", &bombs::school_list(&[]));
    refused("picture.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a table");
    refused("page.xls", b"<!DOCTYPE html><table></table>", "web page");
    refused("letter.csv", b"%PDF-1.7", "PDF");
}

#[test]
fn macros_and_links_to_other_files_are_left_alone() {
    read("macros.xlsm", &bombs::school_list(&[("xl/vbaProject.bin", b"\xD0\xCF\x11\xE0 Shell(\"rm\")")]));
    let link = br#"<externalLink><externalBook r:id="r1"/></externalLink>"#;
    let target = br#"<Relationships><Relationship Id="r1" Type="externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/></Relationships>"#;
    read(
        "links.xlsx",
        &bombs::school_list(&[
            ("xl/externalLinks/externalLink1.xml", link),
            ("xl/externalLinks/_rels/externalLink1.xml.rels", target),
        ]),
    );
}
