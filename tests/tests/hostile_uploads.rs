//! Files made to do harm, uploaded to a running server: each is refused with a sentence within seconds and bounded
//! memory, and nobody else notices.

use std::io::{Cursor, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::Utc;
use domain::access::Actor;
use domain::clock::Clock;
use records::secret::Secret;
use records::testing::{Throwaway, Town};
use records::{Db, Desk, sign_ins};
use tests::process::Process;
use zip::write::{SimpleFileOptions, ZipWriter};

/// What an upload may take.
const MOST_TIME: Duration = Duration::from_secs(10);
const MOST_BYTES: u64 = 300 << 20;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// An archive whose last part is its text over and over, up to so many bytes.
fn archive(parts: &[(&str, &str)], bytes: usize) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_level(Some(1));
    for (number, (name, text)) in parts.iter().enumerate() {
        archive.start_file(*name, options).expect("a part begins");
        if number + 1 < parts.len() {
            archive.write_all(text.as_bytes()).expect("a part is written");
            continue;
        }
        let block = text.repeat((1 << 20) / text.len());
        for _ in 0..bytes / block.len() {
            archive.write_all(block.as_bytes()).expect("a part is written");
        }
    }
    archive.finish().expect("the archive ends").into_inner()
}

/// A workbook one part of which is filled.
fn xlsx(part: &str, text: &str, bytes: usize) -> Vec<u8> {
    let to_book = format!(
        "<Relationships><Relationship Id=\"r0\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!(
        "<workbook xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"Log\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let to_sheet = format!(
        "<Relationships><Relationship Id=\"r1\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         <Relationship Id=\"r2\" Type=\"{RELATIONS}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
    );
    archive(
        &[
            ("[Content_Types].xml", "<Types/>"),
            ("_rels/.rels", &to_book),
            ("xl/workbook.xml", &book),
            ("xl/_rels/workbook.xml.rels", &to_sheet),
            (part, text),
        ],
        bytes,
    )
}

/// A workbook of one cell that says it is repeated over all rows and columns there can be.
fn repeated() -> Vec<u8> {
    let content = "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"Log\">\
        <table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell office:value-type=\"string\" \
        table:number-columns-repeated=\"16384\"><text:p>School</text:p></table:table-cell></table:table-row>\
        </table:table></office:spreadsheet></office:body></office:document-content>";
    archive(
        &[
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", content),
            ("META-INF/manifest.xml", "<manifest:manifest/>"),
        ],
        1 << 20,
    )
}

/// A running server, and somebody who may import.
struct Place {
    server: Arc<Process>,
    http: reqwest::Client,
    cookie: String,
    _database: Throwaway,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn open() -> Option<Self> {
        let (database, folder) = (Throwaway::sqlite(), tempfile::tempdir().expect("a folder"));
        let secret = folder.path().join("secret");
        let db = Db::open(&database.address).await.expect("a database");
        db.migrate().await.expect("migrations");
        let desk = Desk::new(db, Clock::new(Utc::now), Secret::at(&secret).expect("a secret"));
        let town = Town::build(&desk).await;
        let grant = town.commissioner().grant.expect("a grant");
        let token = sign_ins::begin_as(&desk, &Actor::SYSTEM, grant, "test").await.expect("a sign-in");
        desk.db().close().await;
        let server = Arc::new(Process::start(&database.address, &secret).await?);
        let http = reqwest::Client::builder().timeout(MOST_TIME).build().expect("a client");
        Some(Self { server, http, cookie: format!("callboard={token}"), _database: database, _folder: folder })
    }

    /// Uploads a file. The page that answers, while other pages were asked for and the memory was watched.
    async fn upload(&self, name: &str, bytes: Vec<u8>) -> String {
        let (over, peak, rest) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)), self.server.held());
        let (until, highest, server) = (over.clone(), peak.clone(), self.server.clone());
        let watch = std::thread::spawn(move || {
            while !until.load(Ordering::Relaxed) {
                highest.fetch_max(server.held(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("file", part);
        let to = format!("{}/histories", self.server.url);
        let began = Instant::now();
        let sent = self.http.post(to).header("cookie", &self.cookie).multipart(form).send();
        let answered = async {
            let reply = sent.await.expect("an answer in time");
            let (status, to) = (reply.status().as_u16(), reply.url().clone());
            let mut body = reply.text().await.expect("a page");
            // What takes longer goes on beside a page that says so, and says how it went.
            while body.contains("Reading the file") && began.elapsed() < MOST_TIME {
                tokio::time::sleep(Duration::from_millis(200)).await;
                let again = self.http.get(to.clone()).header("cookie", &self.cookie).send().await;
                body = again.expect("an answer in time").text().await.expect("a page");
            }
            over.store(true, Ordering::Relaxed);
            (status, body, began.elapsed())
        };
        let others = async {
            let mut asked = 0;
            while asked == 0 || !over.load(Ordering::Relaxed) {
                for page in ["/healthz", "/schools"] {
                    let to = format!("{}{page}", self.server.url);
                    let reply = self.http.get(to).header("cookie", &self.cookie).send().await;
                    assert_eq!(reply.expect("another page").status().as_u16(), 200, "{page}");
                    asked += 1;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            asked
        };
        let ((status, body, took), asked) = tokio::join!(answered, others);
        watch.join().expect("the watch ends");
        let more = peak.load(Ordering::Relaxed).saturating_sub(rest);
        println!("{name}: {took:.1?}, {} MB more, {asked} other pages meanwhile", more >> 20);
        assert!(status == 422 || body.contains("This file cannot be read"), "{name}: {status} {body}");
        assert!(took < MOST_TIME, "{name}: {took:?}");
        assert!(more < MOST_BYTES, "{name}: {} MB more", more >> 20);
        body
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_uploads_a_bomb_is_told_and_nobody_else_notices() {
    let Some(place) = Place::open().await else { return };
    let row = "<row><c t=\"inlineStr\"><is><t>School</t></is></c></row>";
    for (name, bytes, said) in [
        ("bomb.xlsx", xlsx("xl/worksheets/sheet1.xml", row, 2_000 << 20), "unpacks to more than"),
        ("repeated.ods", repeated(), "unpacks to more than"),
        // Too large, or too slow, as the machine is.
        ("strings.xlsx", xlsx("xl/sharedStrings.xml", "<si><t>a</t></si>", 380 << 20), "he workbook "),
    ] {
        let body = place.upload(name, bytes).await;
        assert!(body.contains(said), "{name}: {body}");
    }
    // And one that is as it should be is still read.
    let rows = "Date,School\n12/09/2016,Kelder Primary\n";
    let form = reqwest::multipart::Form::new()
        .part("file", reqwest::multipart::Part::bytes(rows.as_bytes()).file_name("log.csv"));
    let to = format!("{}/histories", place.server.url);
    let reply = place.http.post(to).header("cookie", &place.cookie).multipart(form).send().await.expect("an answer");
    assert!(reply.url().path().starts_with("/histories/"), "{}", reply.url());
}
