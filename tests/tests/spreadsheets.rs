//! What people do with files: a refused list is mended where it is marked.

use records::testing::Town;
use tests::{TestApp, databases};

const HEADER: &str = "URN,LA (code),EstablishmentName,TypeOfEstablishment (name),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_list_is_marked_and_uploaded_again() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk, false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let list =
            format!("{HEADER}100001,990,Good School,Community school,Primary,4,11\n100002,990,,=1+1,Primary,four,11\n");
        let reply = client.upload("/schools/import", &[], "file", "list of 2026.csv", list.into_bytes()).await;
        let here = reply.location.expect("the import's page");
        let page = client.follow(&here).await;
        assert!(page.body.contains("2 problems") && page.body.contains("The name is blank"), "{}", page.body);
        assert!(page.body.contains(&format!("href=\"{here}/marked\"")), "{}", page.body);

        let (status, name, marked) = client.download(&format!("{here}/marked")).await;
        assert_eq!((status, marked.starts_with(b"PK")), (200, true));
        assert!(name.contains("filename=\"list of 2026 marked.xlsx\""), "{name}");
        let other = app.signed_in(&town.commissioner_elsewhere()).await;
        assert_eq!(other.download(&format!("{here}/marked")).await.0, 404);

        // Not mended, it is refused for the same cells.
        let reply = client.upload("/schools/import", &[], "file", "list of 2026 marked.xlsx", marked).await;
        let again = client.follow(&reply.location.expect("the import's page")).await;
        assert!(again.body.contains("2 problems") && again.body.contains("list of 2026.csv"), "{}", again.body);

        // A file in which no cell is at fault is not marked.
        let reply = client.upload("/schools/import", &[], "file", "a.xlsx", b"PK\x03\x04".to_vec()).await;
        let here = reply.location.expect("the import's page");
        assert!(!client.follow(&here).await.body.contains("/marked"));
        assert_eq!(client.get(&format!("{here}/marked")).await.status, 409);
    }
}
