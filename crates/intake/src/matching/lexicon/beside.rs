//! What is written beside a school's name, and what is no school.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words of notes beside a name: when, how many, in what state. In a name they may be words like any other.
pub(crate) fn is_note(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| NOTES.split_whitespace().collect());
    WORDS.contains(word)
}

const NOTES: &str = "\
    county drop knife crime cse asb lines cyber bullying safety safeguarding drugs hate prevent bikeability police \
    stranger danger grooming restorative antibullying esafety imms immunisations flu hpv ncmp nurse screening vision \
    hearing dental asthma epipen height weight puberty panto pantomime xmas puppets storytelling perf perfs wkshop \
    wkshops matinees governor audit admissions meals attendance consent consents canx dna pax chn children weds \
    period mtg visitor outstanding awaited chased refused declined complete completed rearranged postpone inc cr po \
    rec rcvd inv sgt pc dsl senco head hv band fao attn week wc converter maintained am pm hall assembly assemblies \
    paid unpaid confirmed confirm tbc tba new now visit visits session sessions class classes moved from booked \
    booking rebooked cancelled provisional ex formerly was via see email emailed rang phone phoned call contact attn \
    only pupils pupil staff group groups whole half morning afternoon all monday tuesday wednesday thursday friday \
    mon tue tues wed thu thurs fri jan feb mar apr jul aug sept oct nov y yr yrs year years ks ks1 ks2 ks3 ks4 key \
    stage eyfs reception rec approx x no show tour workshop workshops performance performances date changed change to \
    invoice invoiced ok yes done tel re ref again repeat follow up part first second third drama talk pending main \
    site double booking's twice online lunch be and the form forms late early time times times' day days rescheduled \
    postponed both head sent awaiting deposit parking week term spring summer autumn christmas easter lunchtime hr \
    hrs min mins hour hours kids max tbd draft dates weds thur snow ill illness covid ring back eve parents matinee \
    shows input pcso dsl annexe block building office ask via send old large mixed waiting list reserve priority \
    check checked query address gym team mainstream arp ehcp ehc hold";

/// Words for what is done at a school, as they stand before its name: "Assembly at".
pub(crate) fn is_doing(word: &str) -> bool {
    matches!(
        word,
        "visit"
            | "visits"
            | "assembly"
            | "show"
            | "workshop"
            | "session"
            | "talk"
            | "tour"
            | "performance"
            | "input"
            | "pcso"
            | "attends"
    )
}

/// Words for when, as they stand before a name: "Weds", "09:30".
pub(crate) fn is_when(word: &str) -> bool {
    matches!(
        word,
        "mon"
            | "tue"
            | "tues"
            | "wed"
            | "weds"
            | "thu"
            | "thur"
            | "thurs"
            | "fri"
            | "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "am"
            | "pm"
    )
}

/// Months, in full or short.
pub(crate) fn is_month(word: &str) -> bool {
    matches!(
        word,
        "jan"
            | "january"
            | "feb"
            | "february"
            | "mar"
            | "march"
            | "apr"
            | "april"
            | "may"
            | "jun"
            | "june"
            | "jul"
            | "july"
            | "aug"
            | "august"
            | "sep"
            | "sept"
            | "september"
            | "oct"
            | "october"
            | "nov"
            | "november"
            | "dec"
            | "december"
    )
}

/// Words of trusts' and authorities' names, as they are written before or after a school's.
pub(crate) fn is_trust(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| TRUSTS.split_whitespace().collect());
    WORDS.contains(word)
}

const TRUSTS: &str = "\
    eact cet cmat cmac mac trust trusts mat cat sat bdat academies academy multi federation partnership alliance la \
    maintained exceed pennine priestley unity nurture star coop yorkshire part harris ark oasis ormiston reach2 delta \
    outwood astrea northern education united learning leigh aet gorse lift tauheedul bright futures wise owls \
    diocesan diocese academics schools school group ltd council local authority lea mdc converter sponsored \
    foundation chain kemnal tkat leap nova inspire aspire achieve enhance embrace discovery discover elevate \
    moorlands focus share collaborative cooperative plc brigshaw spencer greenwood dean david ross trustees community \
    of the and a catholic cofe our by run";

/// Whether the words of a place's name are those of a county, which has several authorities.
pub(crate) fn is_county(words: &[String]) -> bool {
    const COUNTIES: [&str; 22] = [
        "avon",
        "cheshire",
        "cleveland",
        "cornwall",
        "cumbria",
        "devon",
        "dorset",
        "durham",
        "essex",
        "greater manchester",
        "humberside",
        "kent",
        "london",
        "merseyside",
        "middlesex",
        "norfolk",
        "somerset",
        "suffolk",
        "surrey",
        "tyne wear",
        "west midlands",
        "sussex",
    ];
    words.last().is_some_and(|last| last.ends_with("shire") || last == "sussex")
        || COUNTIES.contains(&words.join(" ").as_str())
}

/// Trusts that give their schools their name: what has it not is none of theirs.
pub(crate) fn is_brand(word: &str) -> bool {
    matches!(
        word,
        "outwood" | "harris" | "ark" | "oasis" | "ormiston" | "coop" | "eact" | "lift" | "leigh" | "dixons" | "star"
    )
}

/// Words that say of which kind a place is, beside those of [`super::Class`]: by themselves they name none.
pub(crate) fn is_kind(word: &str) -> bool {
    matches!(
        word,
        "alternative"
            | "inclusion"
            | "tuition"
            | "outreach"
            | "support"
            | "assessment"
            | "therapeutic"
            | "hospital"
            | "behaviour"
            | "referral"
            | "pupil"
            | "medical"
            | "training"
            | "grammar"
            | "studio"
            | "montessori"
    )
}

/// Words that a school's name hardly has: clubs, halls, what else is in a diary.
pub(crate) fn is_no_school(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| NO_SCHOOLS.split_whitespace().collect());
    WORDS.contains(word)
}

const NO_SCHOOLS: &str = "\
    fc afc rfc wmc gp hq rdw toil allotments pharmacy patrol estate scout scouts scouting guides guide brownies brownie cubs \
    beavers rainbows cadets club clubs youth leisure library libraries hub playgroup playgroups playscheme toddlers \
    toddler museum gallery theatre cinema mosque masjid temple gurdwara chapel church parish zoom teams online \
    webinar tbc tba hold holiday holidays leave annual cancelled training meeting meetings inset spare slot office \
    travel admin lunch hospital surgery police station fire governors parents evening conference rehearsal bank \
    closed free n na none nil unknown various misc test sick off break virtual nightclub football rugby cricket \
    sports gym pool swimming town hall council hotel pub cafe stadium festival fair market shop supermarket \
    university nhs clinic charity home care family ehe educated ditto nick yc yot mash fostering foster carers rotary \
    wi u3a atc rehearsals hols total report evaluation available cluster board nspcc barnardos kumon gala pcsos npt \
    madrassah market residents after breakfast childminder childminders nursery's staff planning prep day ymca \
    salvation army probation refuge event townhall villagehall fecollege princestrust uni baptist ambulance sea date \
    drop in stay play community centre childrens children";
