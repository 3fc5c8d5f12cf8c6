use super::*;

fn of(text: &str) -> Contacts {
    read(text.as_bytes(), "list.csv", &Corrections::default()).unwrap()
}

/// “school | name | job | address, or what is wrong | whose”, of each line.
fn shown(contacts: &Contacts) -> Vec<String> {
    let line = |l: &Line| {
        let address = match (&l.email, l.problems.last().or(l.doubt.as_ref())) {
            (_, Some(problem)) => format!("!{}", problem.column.clone().unwrap_or_default()),
            (Some(email), None) => email.to_string(),
            (None, None) => "-".to_owned(),
        };
        let whose = match l.whose {
            Whose::School => "school",
            Whose::Person { is_lead: true, is_more: false } => "lead",
            Whose::Person { is_lead: true, .. } => "both",
            Whose::Person { .. } => "person",
        };
        let school = [&l.school, &l.urn, &l.dfe].into_iter().filter(|t| !t.is_empty()).cloned().collect::<Vec<_>>();
        format!("{} | {} | {} | {address} | {whose}", school.join(" "), l.name, l.job)
    };
    contacts.lines.iter().map(line).collect()
}

#[test]
fn a_line_for_each_person_is_read_under_any_usual_heading() {
    let text = "PSHE contacts 2026/27,,,,,,\n,,,,,ask: jo@council.example,\n\
        Role,E-mail address,Contact name,Tel,Name of school,Town,Post code\n\
        PSHE lead,jo.lee@beck.example,Jo Lee,01274 1,Beck Primary,Kelder,KD1 2AB\n\
        DSL,Ann.Kaur@beck.example,Ann Kaur,,Beck Primary,Kelder,\n\
        Office,office@oak.example,,01274 2,Oak Lodge,,\n\
        Head,n/a,Sam Hill,,Oak Lodge,,\n\
        Head,sam.hill at mill.example,Sam Hill,,Mill School,,\n\
        DSL,pat@mill.example,Pat Row,,,,\n\
        DSL,pat@mill.example,Pat Row,,\"\"\"\",,\n\
        Role,E-mail address,Contact name,Tel,Name of school,Town,Post code\n\
        Total,,7,,,,\n";
    let contacts = of(text);
    assert_eq!(
        shown(&contacts),
        [
            "Beck Primary | Jo Lee | PSHE lead | jo.lee@beck.example | person",
            "Beck Primary | Ann Kaur | DSL | ann.kaur@beck.example | lead",
            "Oak Lodge |  | Office | office@oak.example | school",
            "Oak Lodge | Sam Hill | Head | - | person",
            "Mill School | Sam Hill | Head | !B8 | person",
            " | Pat Row | DSL | !E9 | lead",
            "Mill School | Pat Row | DSL | pat@mill.example | lead",
        ]
    );
    assert_eq!((contacts.lines[0].row, contacts.lines[0].cell.as_str()), (4, "B4"));
    assert_eq!((contacts.lines[0].town.as_str(), contacts.lines[0].postcode.as_str()), ("Kelder", "KD1 2AB"));
    assert_eq!(contacts.left_out.iter().map(|l| l.row).collect::<Vec<_>>(), [11, 12]);
    assert_eq!(contacts.blank_schools, 1);
    let table = &contacts.tables[0];
    assert_eq!((table.header_row, table.role_of("D"), table.role_of("E")), (3, None, Some(Role::School)));
}

#[test]
fn no_row_vanishes() {
    // “not-an-email” is no heading.
    let text = "School,LAESTAB,Name,Role,Email\n\
        Newby Primary School,,Fay,Head,not-an-email\n\
        Beck School,,Head teacher,,no email\n\
        School,LAESTAB,Name,Role,Email\n\
        ,,Jo Lee,Head,\n\
        ,,Jo Lee,Head,jo at beck\n";
    let contacts = of(text);
    assert_eq!(
        shown(&contacts),
        [
            "Newby Primary School | Fay | Head | !E2 | person",
            "Beck School | Head teacher |  | !E3 | person",
            " | Jo Lee | Head | !E6 | person"
        ]
    );
    assert_eq!(contacts.left_out.iter().map(|l| l.row).collect::<Vec<_>>(), [4, 5]);
    let both: Vec<_> = contacts.lines[2].problems.iter().filter_map(|p| p.column.as_deref()).collect();
    assert_eq!(both, ["A6", "E6"], "both at once");
    // A school of whose people none is named; a table above another one.
    let text = "School,Head,Head email,DSL,DSL email\nBeck,,,,\nOak,A Kaur,ann@oak.example,,\n";
    assert_eq!(of(text).left_out.iter().map(|l| l.row).collect::<Vec<_>>(), [2]);
    let text = "School,Email\nBeck,a@beck.example\nSchool,Town,Name,Email\nOak,Kelder,Jo,jo@oak.example\n";
    let contacts = of(text);
    assert_eq!(
        shown(&contacts),
        ["Beck |  |  | a@beck.example | person", "School |  |  | !B3 | person", "Oak |  |  | !B4 | person"]
    );
    // The headings again with a note below them are no better headings.
    let text = "School,Name,Email,Notes\nBeck,Jo,a@beck.example,\nSchool,Name,Email,Notes\n,,,last name missing\n";
    let contacts = of(text);
    assert_eq!(shown(&contacts), ["Beck | Jo |  | a@beck.example | person"]);
    assert_eq!(contacts.left_out.iter().map(|l| l.row).collect::<Vec<_>>(), [3, 4]);
    let two = "School,Notes,DSL\n,,Email\nBeck,,a@beck.example\n";
    assert_eq!(shown(&of(two)), ["Beck |  | DSL | a@beck.example | lead"]);
}

#[test]
fn a_blank_school_is_the_one_above_once_a_person_says_so() {
    let text = "School,Name,Email\nBeck Primary,Jo Lee,jo@beck.example\n,Ann Kaur,ann@beck.example\n";
    assert_eq!(shown(&of(text))[1], " | Ann Kaur |  | !A3 | person");
    let said = Corrections { blank_is_above: true, ..Corrections::default() };
    let contacts = read(text.as_bytes(), "list.csv", &said).unwrap();
    assert_eq!(shown(&contacts)[1], "Beck Primary | Ann Kaur |  | ann@beck.example | person");
    let first = "School,Name,Email\n,Jo Lee,jo@beck.example\n";
    let contacts = read(first.as_bytes(), "list.csv", &said).unwrap();
    assert!(contacts.lines[0].problems[0].message.contains("Type its name"), "there is none above");
}

#[test]
fn a_line_for_each_school_has_its_people_side_by_side() {
    let text = "URN,School,School email,Headteacher,Head email,DSL,DSL email,PSHE Lead first name,PSHE Lead surname,PSHE Lead email\n\
        900001,Beck Primary,mail@beck.example,A Kaur,head@beck.example,J Lee,j.lee@beck.example,Pat,Row,pat@beck.example\n\
        900002,Oak Lodge,,B Hill,,,,,,\n";
    assert_eq!(
        shown(&of(text)),
        [
            "Beck Primary 900001 |  |  | mail@beck.example | school",
            "Beck Primary 900001 | A Kaur | Headteacher | head@beck.example | person",
            "Beck Primary 900001 | J Lee | DSL | j.lee@beck.example | lead",
            "Beck Primary 900001 | Pat Row | PSHE Lead | pat@beck.example | person",
            "Oak Lodge 900002 | B Hill | Headteacher | - | person",
        ]
    );
    // Two people beside one address are not one of both names; the office's address is nobody's.
    let contacts = of("School,Headteacher,PSHE lead,Email\nBeck,A Kaur,Pat Row,pat@beck.example\n\
        Oak,B Hill,,b.hill@oak.example\nElm,C Fox,D May,office@elm.example\n");
    assert_eq!(
        shown(&contacts)[1..],
        [
            "Oak | B Hill | Headteacher | b.hill@oak.example | person",
            "Elm |  | Headteacher | office@elm.example | school"
        ]
    );
    let problem = &contacts.lines[0].problems[0];
    assert!(problem.message.starts_with("“A Kaur” and “Pat Row” stand beside"), "{}", problem.message);
    // Headings in two rows, the address before the name.
    let text = "School,DSL,,Head,\n,Email,Name,Email,Name\nBeck,j.lee@beck.example,J Lee,ann@beck.example,A Kaur\n";
    let lines = shown(&of(text));
    assert_eq!(
        lines,
        ["Beck | J Lee | DSL | j.lee@beck.example | lead", "Beck | A Kaur | Head | ann@beck.example | person"]
    );
}

#[test]
fn whoever_left_or_governs_is_asked_about() {
    let text = "School,Name,Job,Email,Notes,Status\n\
        Beck,Jo Lee,DSL,jo@beck.example,left July 2026,\n\
        Beck,Ann Kaur,Head,ann@beck.example,,Left\n\
        Beck,Pat Row,Chair of governors,pat@beck.example,,\n\
        Beck,Sam Hill,Former head,sam@beck.example,,\n\
        Beck,Lou May (leaver),PSHE lead,lou@beck.example,,\n\
        Beck,,Office,office@beck.example,head left in May,\n\
        Beck,,Office,admin@beck.example,wrong address,\n\
        Beck,Kit Dale,PSHE lead,kit@beck.example,left a message in May,Active\n\
        Beck,TBC,DSL,kim@beck.example,,\n\
        Beck,same as head,DSL,TBC,,\n\
        Beck,Liz Fox - Chair of Governors,DSL,liz@beck.example,,\n\
        Beck,Flo Kay,DSL,flo@beck.example,,,seconded\n\
        Beck,Kay Orr,DSL,kay at beck,retiring,\n";
    let contacts = of(text);
    assert_eq!(
        shown(&contacts),
        [
            "Beck | Jo Lee | DSL | !E2 | lead",
            "Beck | Ann Kaur | Head | !F3 | person",
            "Beck | Pat Row | Chair of governors | !C4 | person",
            "Beck | Sam Hill | Former head | !C5 | person",
            "Beck | Lou May (leaver) | PSHE lead | !B6 | person",
            "Beck |  | Office | office@beck.example | school",
            "Beck |  | Office | !E8 | school",
            "Beck | Kit Dale | PSHE lead | kit@beck.example | person",
            "Beck |  | DSL | kim@beck.example | lead",
            "Beck |  | DSL | - | person",
            "Beck | Liz Fox - Chair of Governors | DSL | !B12 | lead",
            "Beck | Flo Kay | DSL | !G13 | lead",
            "Beck | Kay Orr | DSL | !D14 | person",
        ]
    );
    assert!(contacts.lines[12].doubt.is_some(), "what is asked once the address is mended is asked now");
    // Side by side, under headings of their own.
    let text = "School,Head,Head email,DSL,DSL email,PSHE lead,PSHE email,Chair of governors email\n\
        Beck,A Kaur,ann@beck.example,same as head,n/a,TBC,TBC,pat@beck.example\n";
    assert_eq!(
        shown(&of(text)),
        ["Beck | A Kaur | Head | ann@beck.example | person", "Beck |  | DSL | - | person", "Beck |  |  | !H2 | person"]
    );
}

/// Which cells are asked about, and how often no cell is.
fn asked(contacts: &Contacts) -> Vec<String> {
    contacts.lines.iter().map(|l| l.doubt.as_ref().and_then(|p| p.column.clone()).unwrap_or_default()).collect()
}

#[test]
fn who_is_not_of_the_staff_is_asked_about() {
    let text = "School,Name,Email,Role\n\
        Beck,Kit,kit@beck.example,Year 6 pupil\n\
        Beck,Mo,mo@beck.example,Head Girl\n\
        Beck,Jo,jo@beck.example,Parent\n\
        Beck,Al,al@beck.example,LA adviser\n\
        Beck,Sam,sam@beck.example,Pupil premium lead\n\
        Beck,Pat (PTA chair),pat@beck.example,\n\
        Beck,Di,di@beck.example,DSL from Sept 2027\n\
        Beck,Bo,bo@beck.example,not DSL\n\
        Beck,,office@beck.example,Parent\n\
        Beck,,kit@pupils.beck.example,\n";
    assert_eq!(asked(&of(text)), ["D2", "D3", "D4", "D5", "", "B7", "D8", "D9", "", "C11"]);
    // A child's name is not repeated; a head under their own heading is not the child.
    let contacts = of("School,Pupil,Email\nBeck,Kit Day,kd@beck.example\n");
    let doubt = contacts.lines[0].doubt.as_ref().unwrap();
    assert!(doubt.message.starts_with("“Pupil”: ") && !doubt.message.contains("Kit"), "{}", doubt.message);
    assert_eq!(asked(&of("School,Head,Head email,Pupil\nBeck,A Kaur,a@beck.example,Kit Day\n")), [""]);
    // How many pupils a school has says nothing of its head.
    assert_eq!(asked(&of("School,Pupils,Name,Email\nBeck,210,A Kaur,a@beck.example\n")), [""]);
}

#[test]
fn addresses_of_pupils_and_parents_are_not_read() {
    let contacts =
        of("School,Name,Email,Parent email,Student E-mail\nBeck,Jo,jo@beck.example,mum@x.example,kit@x.example\n");
    assert_eq!(shown(&contacts), ["Beck | Jo |  | jo@beck.example | person"]);
    let said: Vec<_> = contacts.not_read.iter().map(|l| l.text.as_str()).collect();
    assert!(said.len() == 2 && said[0].starts_with("Column D, “Parent email”: "), "{said:?}");
    let alone = read(b"School,Pupil,Parent email\nBeck,Kit,mum@x.example\n", "list.csv", &Corrections::default());
    let refused = alone.unwrap_err().remove(0).message;
    assert!(refused.contains("“Parent email”: addresses of pupils, parents and families are not read"), "{refused}");
}

#[test]
fn a_sheet_named_after_pupils_or_parents_is_asked_about() {
    let mut book = rust_xlsxwriter::Workbook::new();
    for name in ["Staff", "Pupils", "Parents", "Leavers"] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (row, cells) in [["School", "Name", "Email"], ["Beck", "Jo", "jo@beck.example"]].iter().enumerate() {
            for (column, text) in cells.iter().enumerate() {
                sheet.write(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), *text).unwrap();
            }
        }
    }
    let contacts = read(&book.save_to_buffer().unwrap(), "list.xlsx", &Corrections::default()).unwrap();
    assert_eq!(asked(&contacts), ["", "C2", "C2", "C2"]);
}

#[test]
fn an_authority_is_a_place_and_a_town_a_better_one() {
    for (text, wanted) in [
        ("School,LA,Email\nBeck,Leeds,a@beck.example\n", "Leeds"),
        ("School,Local authority,Email\nBeck,Kelder Metropolitan District Council,a@beck.example\n", "Kelder"),
        ("School,Council,Town,Email\nBeck,Kelder,Overbeck,a@beck.example\n", "Overbeck"),
        ("School,LA name,Email\nBeck,Leeds,a@beck.example\n", "Leeds"),
        ("School,LA,Email\nBeck,380,a@beck.example\n", ""),
    ] {
        let contacts = of(text);
        assert_eq!((contacts.lines[0].town.as_str(), contacts.lines[0].name.as_str()), (wanted, ""), "{text}");
    }
}

#[test]
fn a_cell_may_hold_the_offices_address_too() {
    let text = "DfE number,Name,Email\n9902034,Jo Lee,office@beck.example; jo@beck.example\n9902035,Jo,a.b@x.example; c.d@x.example\n";
    assert_eq!(
        shown(&of(text)),
        [
            "9902034 | Jo Lee |  | office@beck.example | school",
            "9902034 | Jo Lee |  | jo@beck.example | person",
            "9902035 | Jo |  | !C3 | person",
        ]
    );
}

#[test]
fn what_a_person_says_of_a_column_holds() {
    let text = "School,Who,Reached at\nBeck,Jo Lee,jo@beck.example\n";
    let refused = read(text.as_bytes(), "list.csv", &Corrections::default()).unwrap_err();
    assert!(refused[0].message.contains("“Email”"), "{refused:?}");
    let text = "School,Email,Named\nBeck,jo@beck.example,Jo Lee\n";
    assert_eq!(shown(&of(text)), ["Beck |  |  | jo@beck.example | person"]);
    let role = vec![("C".to_owned(), Some(Role::Name))];
    let shape = of(text).tables[0].shape.clone();
    for said in [
        Corrections { columns: [(String::new(), role.clone())].into(), ..Corrections::default() },
        Corrections { shapes: [(shape, role)].into(), ..Corrections::default() },
    ] {
        let contacts = read(text.as_bytes(), "list.csv", &said).unwrap();
        assert_eq!(shown(&contacts), ["Beck | Jo Lee |  | jo@beck.example | person"]);
    }
}

#[test]
fn headings_are_known_by_their_words() {
    for (heading, wanted) in [
        ("School", Some(Role::School)),
        ("Establishment Name", Some(Role::School)),
        ("School phase", None),
        ("School contact", Some(Role::Name)),
        ("School No.", Some(Role::Dfe)),
        ("LAESTAB", Some(Role::Dfe)),
        ("URN", Some(Role::Urn)),
        ("E-mail", Some(Role::Email)),
        ("DSL EMAIL ADDRESS", Some(Role::Email)),
        ("Email consent", None),
        ("Telephone", None),
        ("Mobile number", None),
        ("Address", None),
        ("Job title", Some(Role::Job)),
        ("Title", None),
        ("Designated Safeguarding Lead", Some(Role::Name)),
        ("Forename", Some(Role::FirstName)),
        ("HeadLastName", Some(Role::LastName)),
        ("Last updated", None),
        ("Last contact", None),
        ("First contacted", None),
        ("Trust", None),
    ] {
        assert_eq!(columns::role(heading), wanted, "{heading}");
    }
}

#[test]
fn what_is_no_list_is_refused() {
    for text in ["", "a,b\n1,2\n", "Name,Email\nJo,jo@beck.example\n", "School,Telephone\nBeck,01274 1\n"] {
        assert_eq!(read(text.as_bytes(), "list.csv", &Corrections::default()).unwrap_err().len(), 1, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_uploaded_is_answered(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let bytes = [b"School,Name,Email\n".as_slice(), &bytes].concat();
        if let Ok(contacts) = read(&bytes, "x", &Corrections::default()) {
            for line in contacts.lines {
                proptest::prop_assert!(line.row > 1 && (line.whose != Whose::School || line.email.is_some()));
            }
        }
    }
}
