//! What an import of older records leaves for later: names that are remembered, choices that are offered again, rows
//! that were not taken over, and what its sessions do not say.

mod log;

use std::collections::BTreeMap;

use domain::session::State;
use log::{file, say, seen, upload};
use records::histories::Standing::{AlreadyThere, Asked, LeftOut, Ready};
use records::histories::{self, About, Applied, Choice, Found, Links, OUT};
use records::imports::File;
use records::testing::{Throwaway, Town, date, dump};
use records::{Desk, Error, Page, both, sessions, taking_back};
use uuid::Uuid;

async fn apply(desk: &Desk, town: &Town, id: Uuid) {
    let done = histories::apply(desk, &town.commissioner(), id, &Links::default(), None).await.expect("applied");
    assert!(matches!(done, Applied::Done { .. }), "{done:?}");
}

both!(
    async fn a_name_that_schools_share_is_remembered_only_where_somebody_says_so(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let log = "Date,School,Nos\n12/11/18,Kelder,30\n13/11/18,The Old Mill Site,9\n";
        let id = upload(&desk, &town, log).await;
        let names = seen(&desk, &town, id).await.names;
        let by_default: Vec<_> = names.iter().map(|name| (name.text.as_str(), name.is_remembered)).collect();
        assert_eq!(by_default, [("Kelder", false), ("The Old Mill Site", true)]);
        let decide = |names: &[histories::Name]| {
            names.iter().map(|name| Choice::new(About::School, &name.key, town.primary)).collect::<Vec<_>>()
        };
        say(&desk, &town, id, &decide(&names)).await;
        apply(&desk, &town, id).await;
        let known = async || {
            let aliases = histories::aliases(&desk, &commissioner, Page::new(1)).await.unwrap().0;
            aliases.into_iter().map(|alias| alias.text).collect::<Vec<_>>()
        };
        assert_eq!(known().await, ["The Old Mill Site"]);
        let next = upload(&desk, &town, &log.replace("/11/18", "/12/18")).await;
        let names = seen(&desk, &town, next).await.names;
        assert_eq!(names[0].found, Found::Review, "asked again");
        let said = Choice::new(About::Remember, &names[0].key, "yes");
        say(&desk, &town, next, &[decide(&names[..1]), vec![said]].concat()).await;
        apply(&desk, &town, next).await;
        assert_eq!(known().await, ["Kelder", "The Old Mill Site"]);
    }
);

both!(
    async fn a_name_that_was_no_school_is_asked_about_again_once_there_is_one(desk: Desk) {
        let town = Town::build(&desk).await;
        let log = "Date,School,Nos\n12/11/18,Hollin Bank Primary School,30\n13/11/18,Youth club,9\n\
            14/11/18,Kelder Primary,28\n";
        let id = upload(&desk, &town, log).await;
        let names = seen(&desk, &town, id).await.names;
        assert_eq!((&names[0].found, &names[1].found), (&Found::None, &Found::None));
        let out = names[..2].iter().map(|name| Choice::new(About::School, &name.key, OUT)).collect::<Vec<_>>();
        say(&desk, &town, id, &out).await;
        apply(&desk, &town, id).await;
        let next = log.replace("/11/18", "/12/18");
        let next = upload(&desk, &town, &next).await;
        let names = seen(&desk, &town, next).await.names;
        assert_eq!((&names[0].found, &names[1].found), (&Found::Out, &Found::Out));
        let new = "UPDATE setting SET name = 'Hollin Bank Primary School' WHERE name = 'Beck Primary School'";
        Throwaway::execute(&desk, new).await;
        let names = seen(&desk, &town, next).await.names;
        assert_eq!((&names[0].found, &names[1].found), (&Found::Review, &Found::Out));
    }
);

both!(
    async fn what_was_left_out_is_told_from_what_nobody_answered_for(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let log = "Date,School,Nos\n12/11/18,Kelder Primary,30\n13/11/18,Kelder,9\n14/11/18,Youth club,9\n";
        let id = upload(&desk, &town, log).await;
        assert_eq!(histories::left(&desk, &commissioner, id).await.unwrap(), None, "not taken over yet");
        let club = seen(&desk, &town, id).await.names[2].key.clone();
        say(&desk, &town, id, &[Choice::new(About::School, club, OUT)]).await;
        apply(&desk, &town, id).await;
        let left = histories::left(&desk, &commissioner, id).await.unwrap();
        assert_eq!(left, Some(histories::Left { unanswered: 1, left_out: 1 }));
        // Taken back, it says so still, and who did.
        taking_back::undo(&desk, &commissioner, id).await.unwrap();
        assert_eq!(histories::left(&desk, &commissioner, id).await.unwrap(), left);
        let import = histories::look(&desk, &commissioner, id).await.unwrap();
        assert_eq!((import.undone_at, import.undone_by.as_deref()), (Some(desk.now()), Some("commissioner")));
        let stranger = histories::left(&desk, &town.commissioner_elsewhere(), id).await;
        assert!(matches!(stranger, Err(Error::NotFound)), "{stranger:?}");
    }
);

both!(
    async fn year_groups_that_older_records_do_not_say_are_not_said_to_be_unfollowed(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let log = "Date,School,Nos\n12/11/18,Kelder Primary,30\n13/11/18,Oak Lodge School,9\n";
        let id = upload(&desk, &town, log).await;
        apply(&desk, &town, id).await;
        Throwaway::execute(&desk, "UPDATE setting SET year_groups_source = 'not_followed' WHERE urn = 900004").await;
        town.session(&desk, town.secondary, date(2026, 12, 8), State::Confirmed).await;
        Throwaway::execute(&desk, "UPDATE attending_group SET year_groups = 0").await;
        let lines = sessions::list(&desk, &commissioner, &sessions::Filter::default(), Page::new(1)).await.unwrap().0;
        let mut unsaid = BTreeMap::new();
        for line in lines {
            let group = sessions::get(&desk, &commissioner, line.id).await.unwrap().groups.remove(0);
            unsaid.insert(group.setting, group.is_unsaid);
        }
        let of = |name: &str| unsaid[name];
        assert!(of("Kelder Primary School"), "its file does not say them");
        assert!(!of("Oak Lodge School"), "the school follows none");
        assert!(!of("Kelder High School"), "left blank in a booking, the group follows none");
    }
);

both!(
    async fn what_was_chosen_for_an_earlier_file_is_offered_and_no_more(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let log =
            "Date,School,Nos,Topic\n12/11/18,Kelder Primary,30,Lantern walk\n13/11/18,Kelder Primary,9,Out of use\n";
        let plain = "Date,School,Nos\n12/12/18,Kelder Primary,30\n";
        let send = async |name: &str, text: &str| {
            let file = File { name: name.into(), ..file(text) };
            histories::upload(&desk, &commissioner, None, &file).await.unwrap()
        };
        let offered = async |id: Uuid| {
            let understood = seen(&desk, &town, id).await;
            histories::earlier(&desk, &commissioner, id, &understood).await.unwrap()
        };
        let (id, whole) = (send("log.csv", log).await, send("plain.csv", plain).await);
        assert_eq!(offered(id).await, histories::Earlier::default());
        let (programme, provider) = (town.programme.to_string(), town.provider.to_string());
        let choices = [
            Choice::new(About::Programme, "lantern walk", &programme),
            Choice::new(About::Programme, "out of use", OUT),
        ];
        say(&desk, &town, id, &choices).await;
        let choices = [Choice::new(About::Programme, "", &programme), Choice::new(About::Provider, "", &provider)];
        say(&desk, &town, whole, &choices).await;
        let waiting = send("x.csv", plain).await;
        assert_eq!(offered(waiting).await, histories::Earlier::default(), "none was taken over yet");
        apply(&desk, &town, id).await;
        apply(&desk, &town, whole).await;

        // The same topics in another file; the same file once more.
        let other = send("other.csv", &log.replace("/11/18", "/1/19")).await;
        let topics = offered(other).await.topics;
        let said: Vec<_> =
            topics.iter().map(|(key, s)| (key.as_str(), s.value.as_str(), s.file_name.as_str())).collect();
        assert_eq!(said, [("lantern walk", programme.as_str(), "log.csv"), ("out of use", OUT, "log.csv")]);
        let same = send("again.csv", plain).await;
        assert_eq!(offered(same).await, histories::Earlier::default(), "it is chosen already: the file is the same");
        assert_eq!(seen(&desk, &town, same).await.topics[0].programme, Some(town.programme));
        let found = offered(waiting).await;
        assert_eq!(found.programme.map(|s| (s.value, s.file_name)), Some((programme.clone(), "plain.csv".to_owned())));
        assert_eq!(found.provider, None, "there is one alone, and nothing to choose");
        assert!(seen(&desk, &town, waiting).await.topics[0].programme.is_none(), "nothing is chosen by itself");
        // With other headings, and of another council, it is nothing to it.
        let strange = send("strange.csv", "When,Venue,Nos\n12/12/18,Kelder Primary,30\n").await;
        assert_eq!(offered(strange).await, histories::Earlier::default());
        let elsewhere = town.commissioner_elsewhere();
        let theirs = histories::upload(&desk, &elsewhere, None, &file(log)).await.unwrap();
        let understood = histories::understand(&desk, &elsewhere, theirs).await.unwrap();
        let found = histories::earlier(&desk, &elsewhere, theirs, &understood).await.unwrap();
        assert_eq!(found, histories::Earlier::default());
        let foreign = histories::earlier(&desk, &elsewhere, same, &understood).await;
        assert!(matches!(foreign, Err(Error::NotFound)), "{foreign:?}");
        // What is chosen here is not offered; what was taken back neither.
        say(&desk, &town, other, &[Choice::new(About::Programme, "lantern walk", OUT)]).await;
        assert_eq!(offered(other).await.topics.keys().collect::<Vec<_>>(), ["out of use"]);
        taking_back::undo(&desk, &commissioner, whole).await.unwrap();
        assert_eq!(offered(waiting).await.programme, None);
    }
);

both!(
    async fn what_was_chosen_for_a_file_that_waits_is_offered_for_its_marked_copy(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let log = "Date,School,Nos,Topic\n12/11/18,Kelder Primary,30,Lantern walk\n13/11/18,Nowhere,9,Out of use\n";
        let id = upload(&desk, &town, log).await;
        let programme = town.programme.to_string();
        let offered = async |id: Uuid| {
            let understood = seen(&desk, &town, id).await;
            histories::earlier(&desk, &commissioner, id, &understood).await.unwrap()
        };
        let send = async |name: &str, bytes: Vec<u8>| {
            let file = File { name: name.into(), bytes: bytes.into() };
            histories::upload(&desk, &commissioner, None, &file).await.unwrap()
        };
        // A school is asked about; the copy is what comes back.
        say(&desk, &town, id, &[Choice::new(About::Programme, "lantern walk", &programme)]).await;
        say(&desk, &town, id, &[Choice::new(About::Programme, "out of use", &programme)]).await;
        let (name, bytes) = histories::marked(&desk, &commissioner, id).await.unwrap();
        assert_eq!(name, "log marked.xlsx");
        let copy = send("log marked (1).xlsx", bytes.clone()).await;
        let found = offered(copy).await;
        let of = |s: &histories::Suggestion| (s.value.clone(), s.file_name.clone(), s.at);
        let chosen = Some((programme.clone(), "log.csv".to_owned(), None));
        assert_eq!(found.programme.as_ref().map(of), chosen);
        assert_eq!(found.topics.keys().collect::<Vec<_>>(), ["lantern walk", "out of use"]);
        assert_eq!(found.topics.get("lantern walk").map(of), chosen);
        assert!(seen(&desk, &town, copy).await.topics.iter().all(|t| t.programme.is_none()), "nothing by itself");

        // Under another name it is no copy; dropped, the file says nothing; another council never hears of it.
        let other = send("mine.xlsx", bytes.clone()).await;
        assert_eq!(offered(other).await, histories::Earlier::default());
        let elsewhere = town.commissioner_elsewhere();
        let file = File { name, bytes: bytes.into() };
        let theirs = histories::upload(&desk, &elsewhere, None, &file).await.unwrap();
        let understood = histories::understand(&desk, &elsewhere, theirs).await.unwrap();
        let found = histories::earlier(&desk, &elsewhere, theirs, &understood).await.unwrap();
        assert_eq!(found, histories::Earlier::default());
        apply(&desk, &town, id).await;
        let after = offered(copy).await.programme.expect("as before");
        assert!(after.value == programme && after.at.is_some(), "taken over since: {after:?}");
        taking_back::undo(&desk, &commissioner, id).await.unwrap();
        assert_eq!(offered(copy).await, histories::Earlier::default(), "taken back, it is not offered");
    }
);

both!(
    async fn what_was_answered_for_a_file_holds_when_it_is_uploaded_again(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let log = "Date,School,Nos,Notes\n31/11/18,Kelder,30,\n12/11/18,Youth club,9,\n13/11/18,Kelder Primary,25-30,\n\
            14/11/18,Kelder Primary,9,to be confirmed\n15/11/18,Kelder High School,9,\n";
        let send = async || histories::upload(&desk, &commissioner, None, &file(log)).await.unwrap();
        let standings = async |id: Uuid| {
            let understood = seen(&desk, &town, id).await;
            understood.rows.iter().map(|row| row.standing).collect::<Vec<_>>()
        };
        let first = upload(&desk, &town, log).await;
        let understood = seen(&desk, &town, first).await;
        let key = |text: &str| understood.names.iter().find(|n| n.text == text).unwrap().key.clone();
        let answers = [
            Choice::new(About::School, key("Kelder"), town.secondary),
            Choice::new(About::Remember, key("Kelder"), "no"),
            Choice::new(About::School, key("Youth club"), OUT),
            Choice::new(About::Cell, "\tA2", "30/11/18"),
            Choice::new(About::Outcome, &understood.rows[3].place, "cancelled"),
        ];
        say(&desk, &town, first, &answers).await;
        assert_eq!(
            seen(&desk, &town, send().await).await.choices.get(About::Before, ""),
            None,
            "it was not taken over"
        );
        apply(&desk, &town, first).await;

        let was = dump(&desk).await;
        let again = send().await;
        assert_eq!(standings(again).await, [AlreadyThere, LeftOut, Asked, AlreadyThere, AlreadyThere]);
        let said = seen(&desk, &town, again).await.choices;
        assert_eq!(said.get(About::Before, ""), Some(first.to_string().as_str()), "and where it comes from");
        say(&desk, &town, again, &[Choice::new(About::Cell, "\tC4", "28")]).await;
        assert_eq!(standings(again).await[2], Ready);
        apply(&desk, &town, again).await;
        // The third time, the second is what counts; taken back, everything is as after the first.
        let third = send().await;
        assert_eq!(standings(third).await[2], AlreadyThere);
        taking_back::undo(&desk, &commissioner, again).await.unwrap();
        let now = dump(&desk).await;
        for (table, rows) in was.iter().filter(|(table, _)| !table.starts_with("import") && *table != "audit") {
            assert_eq!(rows, &now[table], "{table}");
        }
        let fourth = send().await;
        assert_eq!(standings(fourth).await[2], Asked, "what was taken back is not said again");
        // Nor is it when the first was taken back too; and another council's same file has none of it.
        taking_back::undo(&desk, &commissioner, first).await.unwrap();
        assert_eq!(seen(&desk, &town, send().await).await.choices, histories::Choices::default());
        let elsewhere = town.commissioner_elsewhere();
        let theirs = histories::upload(&desk, &elsewhere, None, &file(log)).await.unwrap();
        let theirs = histories::understand(&desk, &elsewhere, theirs).await.unwrap();
        assert_eq!(theirs.choices, histories::Choices::default());
    }
);

both!(
    async fn headings_that_somebody_pointed_at_are_found_in_the_next_file(desk: Desk) {
        let town = Town::build(&desk).await;
        let diary = "Our diary\nWhere we went,When,Who,How many\nKelder Primary School,12/11/18,Y6,28\n";
        let id = upload(&desk, &town, diary).await;
        assert!(seen(&desk, &town, id).await.tables.is_empty(), "nobody knows them yet");
        say(&desk, &town, id, &[Choice::new(About::Headings, "", "2")]).await;
        let columns = [("A", "school"), ("B", "date"), ("C", "years"), ("D", "pupils")];
        let columns: Vec<_> =
            columns.iter().map(|(at, role)| Choice::new(About::Column, format!("\t{at}"), *role)).collect();
        say(&desk, &town, id, &columns).await;
        assert_eq!(seen(&desk, &town, id).await.count(Ready), 1);
        apply(&desk, &town, id).await;
        let next = upload(&desk, &town, &diary.replace("/11/18", "/12/18")).await;
        let understood = seen(&desk, &town, next).await;
        assert_eq!((understood.count(Ready), understood.skipped.len()), (1, 0), "{:?}", understood.rows);
        // What was taken back is not known any more.
        taking_back::undo(&desk, &town.commissioner(), id).await.unwrap();
        assert!(seen(&desk, &town, next).await.tables.is_empty());
    }
);
