//! The shared lists and the sample with its truth.

use std::path::Path;

use domain::setting::Urn;
use intake::matching::{self, Link, Links};
use intake::school_list::{self, SchoolList};

use super::made::{Kind, Made};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");

/// A shared file, none where the folder is not there.
pub fn bytes(path: &str) -> Option<Vec<u8>> {
    let path = Path::new(FOLDER).join(path);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        println!("skipped: {} is not there", path.display());
    }
    bytes
}

/// A shared school list.
pub fn list(path: &str) -> Option<SchoolList> {
    bytes(path).map(|bytes| school_list::read(&bytes, path, None).unwrap())
}

/// All schools of England.
pub fn england() -> Option<SchoolList> {
    list("data/register/gias_layout_england_2024-25.csv")
}

/// Bradford's schools.
pub fn bradford() -> Option<SchoolList> {
    list("data/register/gias_layout_bradford_2024-25.csv")
}

/// The links of all England.
pub fn links() -> Option<Links> {
    bytes("data/register/links_edubasealldata20250422.csv").map(|b| Links::read(&b, "links").unwrap())
}

/// The schools of one authority.
pub fn district(country: &SchoolList, code: &str) -> SchoolList {
    let mut list = country.clone();
    list.rows.retain(|row| row.authority.as_str() == code);
    list.authorities.retain(|authority, _| authority.as_str() == code);
    list
}

/// Bradford's schools of an earlier release, and what trust each had then.
pub fn bradford_before() -> Option<(SchoolList, Vec<(Urn, String)>)> {
    const PATH: &str = "data/register/gias_layout_bradford_2023.csv";
    let bytes = bytes(PATH)?;
    let mut sponsors = Vec::new();
    let mut reader = csv::Reader::from_reader(&*bytes);
    let header = reader.byte_headers().unwrap().clone();
    let column = header.iter().position(|name| name == b"SchoolSponsors (name)").unwrap();
    for record in reader.byte_records() {
        let record = record.unwrap();
        let cell = |at: usize| String::from_utf8_lossy(&record[at]).into_owned();
        sponsors.push((cell(0).parse().unwrap(), cell(column)));
    }
    sponsors.retain(|(_, name): &(Urn, String)| !name.is_empty());
    list(PATH).map(|list| (list, sponsors))
}

/// The links as rows.
pub fn rows(links: &Links) -> &[Link] {
    links.rows()
}

/// The sample, with what each row means.
pub fn sample() -> Option<Vec<Made>> {
    let names = matching::read_names(&bytes("matching/names-sample.csv")?, "names").unwrap();
    let truth = bytes("matching/truth-sample.csv")?;
    let truth = String::from_utf8(truth).unwrap();
    let made = names.iter().zip(truth.lines().skip(1)).map(|(name, truth)| {
        let cells: Vec<&str> = truth.split(',').collect();
        assert_eq!(cells[0], name.row.to_string());
        let kind = match cells[2] {
            "exact" => Kind::Exact,
            "abbrev" => Kind::Abbrev,
            "dropped" => Kind::Dropped,
            "punct" => Kind::Punct,
            "order" => Kind::Order,
            "affix" => Kind::Affix,
            "town" => Kind::Town,
            "note" => Kind::Note,
            "typo" => Kind::Typo,
            "case" => Kind::Case,
            "space" => Kind::Space,
            "combo" => Kind::Combo,
            "old_name" => Kind::OldName,
            "wrong_postcode" => Kind::WrongPostcode,
            "ambiguous" => Kind::Ambiguous,
            "none" => Kind::NotASchool,
            "out_of_area" => Kind::OutOfArea,
            other => panic!("a kind that is not known: {other}"),
        };
        Made {
            name: name.name.clone(),
            postcode: name.postcode.clone(),
            town: name.town.clone(),
            kind,
            urn: cells[1].parse().ok(),
            review_ok: cells[3] == "1",
        }
    });
    Some(made.collect())
}
