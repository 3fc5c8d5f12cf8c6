//! The three programmes, each with a full visit pack.

use chrono::{DateTime, Months, NaiveDate, Utc};
use domain::programme::ProgrammeKind;
use domain::{YearGroup, YearGroups};

use crate::draw::{Draw, Stream};
use crate::rows::Programme;

/// The three programmes.
pub(crate) struct Programmes {
    /// For Year 10.
    pub play: Programme,
    /// For Year 6.
    pub year_six: Programme,
    /// For Years 3 to 11.
    pub cyber: Programme,
}

fn years(low: i64, high: i64) -> YearGroups {
    match (YearGroup::new(low), YearGroup::new(high)) {
        (Ok(low), Ok(high)) => YearGroups::range(low, high),
        _ => YearGroups::NONE,
    }
}

const THEATRE_ASSURANCE: &str = "Wool Loft Theatre Company confirms that everyone who comes to your school holds an \
enhanced DBS certificate with a check of the children’s barred list, seen by the company manager and renewed every \
three years; that references and right to work were checked; and that each has had safeguarding training (level 2) \
within the last twelve months. The names of those who come stand on your visit’s page, and they carry photo \
identity.\n\nNobody of the company is ever alone with pupils. A concern about a pupil is passed to your designated \
safeguarding lead before the company leaves the building; a concern about one of us goes to your headteacher, who \
tells the authority’s designated officer.";

const THEATRE_RISKS: &str = "Set and lights: the set stands by itself (2.2 m, 60 kg) and is weighted; cables are taped; \
all electrical equipment was tested within the last year. Pupils keep two metres from the stage.\n\
Lifting: the company carries its own equipment; the school keeps the way from the door to the hall clear from the \
get-in until fifteen minutes before the performance.\n\
Sound and light: no strobe, no haze, no sudden loud noise in the relaxed version.\n\
Distress: content is told to the school beforehand; a member of staff sits at the end of each row; a quiet room is \
agreed at the get-in.\n\
Fire: capacity and exits as the school directs; the company follows the school’s evacuation.";

/// The programmes, for a district whose history begins at `at`.
pub(crate) fn programmes(today: NaiveDate, at: DateTime<Utc>) -> Programmes {
    let draw = &mut Draw::new(Stream::Programmes);
    let guidance = NaiveDate::from_ymd_opt(2025, 7, 15).unwrap_or_default();
    let play = Programme {
        id: draw.key(at),
        kind: ProgrammeKind::Play,
        name: "Running the Line",
        summary: "A play for Year 10 about how friends become handlers: Kez is given a phone, then a favour to do, then \
a debt. Fifty minutes, followed by a discussion led by the cast.",
        setting_types: "mainstream,special,alternative",
        year_groups: years(10, 10),
        largest_group: 240,
        needs: "hall,parking,staff_stay",
        adaptations: "relaxed,bsl",
        topics: "exploitation,grooming,substances",
        topics_as_of: guidance,
        parts: &[("Performance and discussion", 85)],
        assurance: THEATRE_ASSURANCE,
        insurance_expires: today + Months::new(7),
        risk_assessment: THEATRE_RISKS,
        content_notes: "Shows the threat of violence, drug dealing (no drugs are shown being taken) and a young person \
in debt to an adult. No blood, no weapons on stage; mild swearing. Pupils who know exploitation from their own lives \
may be upset: please tell your designated safeguarding lead the date.",
        parent_letter: "Dear parents and carers,\n\nYour child’s year group will see “Running the Line”, a play about \
how gangs draw young people in and how to get out. It is part of the statutory relationships, sex and health \
education. A discussion with the cast follows, and pupils are told where they can turn for help.\n\nYou may see what \
is covered in the notes beside this letter. Please speak to us if you have questions.",
        parent_materials: "What the play covers: false friendship, debts and favours, running errands with a phone that \
is not yours, where to get help.\n\nTalking at home: ask what they would tell Kez to do after the first favour, and \
who they would go to themselves.",
    };
    let year_six = Programme {
        id: draw.key(at),
        kind: ProgrammeKind::Play,
        name: "The Kindest Stranger",
        summary: "A play for Year 6 about a new friend in an online game who is kind, funny and not who they say. Forty \
minutes, followed by a workshop in which pupils stop the story and change it.",
        setting_types: "mainstream,special,alternative",
        year_groups: years(6, 6),
        largest_group: 120,
        needs: "hall,projector,parking,staff_stay",
        adaptations: "relaxed,bsl,symbols",
        topics: "online_safety,grooming,relationships",
        topics_as_of: guidance,
        parts: &[("Performance and workshop", 90)],
        assurance: THEATRE_ASSURANCE,
        insurance_expires: today + Months::new(7),
        risk_assessment: THEATRE_RISKS,
        content_notes: "A stranger online asks a child for secrets, photographs of her house and, at last, to meet. The \
meeting is prevented by a friend who tells. Nothing sexual is shown or named. The relaxed version keeps the lights up, \
has no sudden sounds and lets pupils come and go; a story in symbols can be read beforehand.",
        parent_letter: "Dear parents and carers,\n\nOn the day named by the school your child’s class will see “The \
Kindest Stranger”, a play about making friends online and telling somebody when a friendship feels wrong. A workshop \
follows in which children practise what to say. It is part of the relationships education that every primary school \
teaches.\n\nThe notes beside this letter show what is covered and what you might ask at home.",
        parent_materials: "What the play covers: people online may not be who they say; secrets that feel bad are told; \
a trusted adult helps and is not cross.\n\nAt home: ask your child to name three grown-ups they would tell. Look \
together at who can send messages in the games they play.",
    };
    let cyber = Programme {
        id: draw.key(at),
        kind: ProgrammeKind::Session,
        name: "Cyber-safety with the police",
        summary: "An officer of the cyber-safety unit talks with a class or two about passwords, privacy, kindness and \
the law online. Fifty minutes, adapted to the year group.",
        setting_types: "mainstream,special,alternative",
        year_groups: years(3, 11),
        largest_group: 90,
        needs: "projector,staff_stay",
        adaptations: "symbols,small_groups",
        topics: "online_safety,image_sharing,bullying",
        topics_as_of: guidance,
        parts: &[("Session", 50)],
        assurance: "Officers of the Cyber-safety Unit are vetted by the police (recruit vetting and enhanced DBS) and \
trained in safeguarding. They come in plain clothes or uniform as the school prefers, carry their warrant card, and \
are never alone with pupils. What a pupil tells an officer may have to be acted on: the school’s designated \
safeguarding lead is told before the officer leaves.",
        insurance_expires: today + Months::new(16),
        risk_assessment: "Talk in a classroom or hall with the school’s projector. No equipment beyond a laptop. A \
member of staff stays throughout and decides what is done if a pupil is upset. The school’s evacuation is followed.",
        content_notes: "Years 3 to 6: passwords, being kind, telling a trusted adult. Years 7 to 9: image sharing and \
the law, reporting. Years 10 and 11: extortion, hacking and the law, reputation. No pictures of real cases are shown.",
        parent_letter: "Dear parents and carers,\n\nA police officer will talk with your child’s class about staying \
safe and kind online. Nobody is in trouble, and no phone is looked at.",
        parent_materials: "Three things to do this week: turn on two-step sign-in together, look at privacy settings, \
agree whom to tell.",
    };
    Programmes { play, year_six, cyber }
}
