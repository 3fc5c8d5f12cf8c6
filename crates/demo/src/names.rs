//! Words that invented names are combined of.

use crate::draw::Draw;

const FIRST_NAMES: &[&str] = &[
    "Aisha",
    "Amina",
    "Andrew",
    "Asif",
    "Bethany",
    "Callum",
    "Carol",
    "Claire",
    "Daniel",
    "Dawn",
    "Deborah",
    "Emily",
    "Farah",
    "Gareth",
    "Gemma",
    "Hannah",
    "Helen",
    "Imran",
    "Iwona",
    "Jack",
    "Jacqueline",
    "Joanne",
    "Jonathan",
    "Karen",
    "Kasia",
    "Khalid",
    "Laura",
    "Leanne",
    "Louise",
    "Mark",
    "Martin",
    "Mohammed",
    "Nadia",
    "Naomi",
    "Nasreen",
    "Nicola",
    "Oliver",
    "Parveen",
    "Paul",
    "Philip",
    "Rachel",
    "Razia",
    "Rebecca",
    "Robert",
    "Ruth",
    "Saima",
    "Samuel",
    "Sarah",
    "Shabana",
    "Sharon",
    "Simon",
    "Stephen",
    "Susan",
    "Tahira",
    "Tomasz",
    "Tracey",
    "Usman",
    "Victoria",
    "Yasmin",
    "Zoe",
];

const SURNAMES: &[&str] = &[
    "Ackroyd",
    "Ahmed",
    "Akhtar",
    "Ali",
    "Appleyard",
    "Bairstow",
    "Barraclough",
    "Bashir",
    "Begum",
    "Binns",
    "Booth",
    "Broadbent",
    "Butterfield",
    "Crabtree",
    "Dewhirst",
    "Farrar",
    "Feather",
    "Firth",
    "Greenwood",
    "Haigh",
    "Hainsworth",
    "Hanson",
    "Hardcastle",
    "Hirst",
    "Holdsworth",
    "Hussain",
    "Iqbal",
    "Jagger",
    "Kaur",
    "Khan",
    "Kowalska",
    "Lumb",
    "Mahmood",
    "Midgley",
    "Mirza",
    "Murgatroyd",
    "Naylor",
    "Nowak",
    "Pickles",
    "Priestley",
    "Rafiq",
    "Rashid",
    "Robertshaw",
    "Sharp",
    "Shaw",
    "Singh",
    "Smithies",
    "Sugden",
    "Sunderland",
    "Sutcliffe",
    "Sykes",
    "Tempest",
    "Thackray",
    "Uttley",
    "Wadsworth",
    "Whitaker",
    "Wilkinson",
    "Yousaf",
];

const STREETS: &[&str] = &[
    "Back Lane",
    "Bobbin Street",
    "Chapel Fold",
    "Church Bank",
    "Fairfield Road",
    "Garth Lane",
    "Half Acre Lane",
    "Hollin Road",
    "Jumble Lane",
    "Keld Street",
    "Loom Street",
    "Market Row",
    "Mill Lane",
    "Moorside Road",
    "New Road Side",
    "Orchard Avenue",
    "Packhorse Lane",
    "Park Drive",
    "Quarry Road",
    "Rushy Lane",
    "School Lane",
    "Shuttle Street",
    "Spring Head Road",
    "Station Road",
    "Sunny Bank",
    "Tenter Hill",
    "Thorn Lane",
    "Top Road",
    "Town Street",
    "Warp Street",
    "Weaver Close",
    "Wellhead Terrace",
];

/// First parts of place names.
pub(crate) const HEADS: &[&str] = &[
    "Alder", "Amber", "Barley", "Beck", "Birken", "Bramble", "Copple", "Crag", "Curlew", "Eller", "Fenny", "Gorsey",
    "Harrow", "Hazel", "Heather", "Hollin", "Kestrel", "Larken", "Lapwing", "Linnet", "Mossy", "Oaken", "Peaty",
    "Raven", "Rowan", "Rushy", "Scholey", "Skelder", "Snow", "Stannon", "Swithen", "Thistle", "Thorney", "Whin",
    "Wither", "Yarrow",
];

/// Last parts of place names.
pub(crate) const TAILS: &[&str] =
    &["royd", "thwaite", "gill", "clough", "garth", "holme", "shaw", "scar", "rigg", "sike", "den", "fold"];

/// Saints of church schools.
pub(crate) const SAINTS: &[&str] = &[
    "St Aidan’s",
    "St Alkelda’s",
    "St Bede’s",
    "St Chad’s",
    "St Cuthbert’s",
    "St Hild’s",
    "St Oswald’s",
    "St Paulinus’",
    "St Wilfrid’s",
    "Holy Rood",
    "Christ Church",
    "St Robert’s",
];

/// A person's first name and surname.
pub(crate) fn person(draw: &mut Draw) -> String {
    format!("{} {}", draw.one_of(FIRST_NAMES), draw.one_of(SURNAMES))
}

/// A house number and street.
pub(crate) fn street(draw: &mut Draw) -> String {
    format!("{} {}", draw.between(1, 180), draw.one_of(STREETS))
}

/// A landline number of the range that Ofcom keeps for drama: nobody can be rung.
pub(crate) fn telephone(draw: &mut Draw) -> String {
    format!("01632 960{:03}", draw.between(0, 999))
}

/// A mobile number of Ofcom's range for drama.
pub(crate) fn mobile(draw: &mut Draw) -> String {
    format!("07700 900{:03}", draw.between(0, 999))
}

/// A name as the part of an address before the @.
pub(crate) fn mailbox(name: &str) -> String {
    name.to_lowercase().chars().map(|c| if c == ' ' { '.' } else { c }).filter(|c| *c != '’').collect()
}
