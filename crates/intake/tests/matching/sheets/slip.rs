//! What fingers, ears and machines do to words: phones' keyboards, spelling by ear, autocorrection, columns too narrow.

use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::part::{Part, Role, Slip, plain};

const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// Saints and others as they are also spelled.
const HEARD: &[(&str, &str)] = &[
    ("catherines", "Katherine's"),
    ("stephens", "Steven's"),
    ("annes", "Ann's"),
    ("anns", "Anne's"),
    ("clares", "Claire's"),
    ("matthews", "Mathew's"),
    ("matthew", "Mathew"),
    ("philips", "Phillip's"),
    ("philip", "Phillip"),
    ("teresas", "Theresa's"),
    ("winefrides", "Winifred's"),
    ("wilfrids", "Wilfred's"),
    ("marys", "Maries"),
    ("francis", "Frances"),
    ("laurences", "Lawrence's"),
    ("lawrences", "Laurence's"),
    ("nicholas", "Nicolas"),
    ("bedes", "Beads"),
    ("columbas", "Columbus"),
    ("oswalds", "Oswold's"),
    ("edmunds", "Edmond's"),
    ("gregorys", "Gregories"),
    ("hughs", "Hugh"),
    ("barnabas", "Barnabus"),
    ("aidans", "Aiden's"),
];

/// Pairs of letters that sound alike; either is written for the other.
const SOUNDS: &[(&str, &str)] = &[
    ("ph", "f"),
    ("ey", "y"),
    ("ie", "ei"),
    ("ck", "k"),
    ("ough", "uff"),
    ("th", "t"),
    ("gh", "g"),
    ("ea", "ee"),
    ("ai", "ay"),
    ("our", "or"),
    ("ll", "l"),
    ("tt", "t"),
    ("ss", "s"),
    ("nn", "n"),
    ("er", "ar"),
    ("en", "an"),
    ("wh", "w"),
    ("oo", "u"),
    ("igh", "y"),
    ("ow", "ou"),
    ("le", "el"),
    ("borough", "bro"),
    ("e", "a"),
    ("i", "y"),
    ("s", "c"),
    ("c", "k"),
];

/// Words that machines know and put in the place of those they do not.
const KNOWN: &[&str] = &[
    "bacon",
    "baker",
    "barking",
    "beckon",
    "being",
    "bolton",
    "bowling",
    "brain",
    "bright",
    "broom",
    "castle",
    "chapel",
    "charm",
    "clever",
    "cotton",
    "crown",
    "dancing",
    "dawn",
    "dean",
    "ellen",
    "farmer",
    "father",
    "fever",
    "field",
    "forest",
    "garden",
    "ginger",
    "grand",
    "halfway",
    "harden",
    "hatter",
    "heaven",
    "hello",
    "holly",
    "honey",
    "horn",
    "hotel",
    "ilk",
    "ivory",
    "keeley",
    "king",
    "lady",
    "lapse",
    "laser",
    "leader",
    "leicester",
    "lister",
    "little",
    "long",
    "market",
    "marley",
    "mellow",
    "middle",
    "miriam",
    "monk",
    "morning",
    "mountain",
    "newly",
    "north",
    "oaks",
    "only",
    "parking",
    "parson",
    "penny",
    "prince",
    "queen",
    "rain",
    "reading",
    "river",
    "robin",
    "rose",
    "royal",
    "sandy",
    "shirley",
    "silver",
    "simple",
    "smith",
    "spring",
    "stanley",
    "steam",
    "stone",
    "summer",
    "sutton",
    "temper",
    "thorn",
    "tower",
    "trinity",
    "valley",
    "victor",
    "water",
    "weather",
    "welcome",
    "western",
    "whether",
    "wild",
    "windows",
    "winter",
    "within",
    "wood",
    "worth",
    "young",
];

fn neighbour(letter: char, rng: &mut ChaCha8Rng) -> Option<char> {
    let row = ROWS.iter().find(|r| r.contains(letter))?;
    let at = row.find(letter)?;
    let near: Vec<char> = row.chars().enumerate().filter(|(i, _)| i.abs_diff(at) == 1).map(|(_, c)| c).collect();
    near.choose(rng).copied()
}

/// One slip of the finger.
fn finger(word: &str, rng: &mut ChaCha8Rng) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let inner: Vec<usize> = (0..letters.len()).filter(|i| letters[*i].is_alphabetic()).collect();
    let Some(at) = inner.choose(rng).copied() else { return word.to_owned() };
    match rng.random_range(0..10) {
        0..=2 => {
            if let Some(near) = neighbour(letters[at].to_ascii_lowercase(), rng) {
                letters[at] = if letters[at].is_uppercase() { near.to_ascii_uppercase() } else { near };
            }
        }
        3..=4 if letters.len() > 4 => {
            letters.remove(at);
        }
        5..=6 => letters.insert(at, letters[at].to_ascii_lowercase()),
        7..=8 if at + 1 < letters.len() && at > 0 => letters.swap(at, at + 1),
        _ => {
            if let Some(near) = neighbour(letters[at].to_ascii_lowercase(), rng) {
                letters.insert(at + 1, near);
            }
        }
    }
    letters.into_iter().collect()
}

fn by_ear(part: &Part, rng: &mut ChaCha8Rng) -> Option<String> {
    if let Some((_, heard)) = HEARD.iter().find(|(word, _)| *word == part.meant) {
        return Some((*heard).to_owned());
    }
    let lower = part.typed.to_lowercase();
    let fit: Vec<(&str, &str)> = SOUNDS
        .iter()
        .flat_map(|(a, b)| [(*a, *b), (*b, *a)])
        .filter(|(a, _)| lower[1.min(lower.len())..].contains(a))
        .collect();
    let (from, to) = fit.choose(rng)?;
    let at = lower[1..].find(from)? + 1;
    part.typed
        .is_char_boundary(at + from.len())
        .then(|| format!("{}{to}{}", &part.typed[..at], &part.typed[at + from.len()..]))
}

fn corrected(part: &Part) -> Option<String> {
    let word = plain(&part.typed);
    let nearest = KNOWN.iter().map(|k| (strsim::osa_distance(k, &word), *k)).min()?;
    let (distance, known) = nearest;
    (distance > 0 && distance <= 2 && word.len() >= 5).then(|| {
        let mut letters = known.chars();
        letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
    })
}

/// Lets words go astray, each with this likelihood; `phone` is heavier on fingers and autocorrection. Whether any did.
pub fn slip(parts: &mut [Part], likely: f64, phone: bool, rng: &mut ChaCha8Rng) -> bool {
    let mut any = false;
    for part in parts.iter_mut().filter(|p| p.slip == Slip::None && p.typed.len() >= 4 && p.typed.is_ascii()) {
        // Hands know the common words better.
        let likely = if part.role == Role::Own { likely } else { likely * 0.4 };
        if !rng.random_bool(likely) {
            continue;
        }
        let typed = match rng.random_range(0..10) {
            0..=2 if part.role == Role::Own => by_ear(part, rng),
            3 if phone && part.role == Role::Own => corrected(part),
            4 if part.typed.len() > 6 => Some(finger(&finger(&part.typed, rng), rng)),
            _ => Some(finger(&part.typed, rng)),
        };
        if let Some(typed) = typed
            && plain(&typed) != plain(&part.typed)
            && plain(&typed).len() >= 3
        {
            part.typed = typed;
            part.slip = Slip::Letters;
            any = true;
        }
    }
    any
}

/// Cuts the text off after so many characters, as a narrow field does; whether it did.
pub fn cut(parts: &mut Vec<Part>, most: usize) -> bool {
    let mut length = 0;
    for at in 0..parts.len() {
        let word = parts[at].typed.chars().count();
        let start = length + usize::from(length > 0 && word > 0);
        if start + word > most {
            let room = most.saturating_sub(start);
            let part = &mut parts[at];
            part.typed = part.typed.chars().take(room).collect();
            part.slip = if part.slip == Slip::None { Slip::Cut } else { part.slip };
            let keep = if plain(&part.typed).is_empty() { at } else { at + 1 };
            parts.truncate(keep);
            return true;
        }
        length = start + word;
    }
    false
}
