//! Rows that are no school: totals, averages, and figures of the nation, a region or an authority among those of schools.

/// The nations and regions that official tables have figures of, in small letters with single spaces, “and” for “&”,
/// without “the”.
const PLACES: [&str; 23] = [
    "england",
    "wales",
    "england and wales",
    "great britain",
    "united kingdom",
    "uk",
    "national",
    "national average",
    "region",
    "regional",
    "local authority",
    "north east",
    "north west",
    "yorkshire and humber",
    "yorkshire and humberside",
    "east midlands",
    "west midlands",
    "east of england",
    "london",
    "inner london",
    "outer london",
    "south east",
    "south west",
];

/// A text in small letters with single spaces, “and” for “&”, without “the”.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase().replace('&', " and ");
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && *word != "the");
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a text says that its row is a total or an average. Whole words alone do: there may be a Totley Primary.
pub(crate) fn says_total(text: &str) -> bool {
    let text = plain(text);
    let (first, last) = (text.split(' ').next().unwrap_or_default(), text.rsplit(' ').next().unwrap_or_default());
    matches!(first, "total" | "totals" | "subtotal" | "subtotals" | "grand")
        || matches!(last, "total" | "totals" | "subtotal" | "subtotals")
        || matches!(text.as_str(), "all schools" | "average" | "averages" | "mean" | "sum" | "overall")
}

/// Whether a text is the name of a nation or region as a whole: a school's name may begin with one.
pub(crate) fn is_region(text: &str) -> bool {
    let text = plain(text);
    PLACES.contains(&text.as_str())
}

/// Whether a text is the name of an authority whose name is this: “Bradford”, “Bradford LA”, “City of Bradford
/// Metropolitan District Council”.
pub(crate) fn is_authority(text: &str, name: &str) -> bool {
    let bare = |text: &str| {
        let text = plain(text);
        let words = text.split(' ').filter(|word| {
            !matches!(
                *word,
                "la" | "local"
                    | "authority"
                    | "council"
                    | "district"
                    | "metropolitan"
                    | "borough"
                    | "county"
                    | "city"
                    | "of"
                    | "average"
            )
        });
        words.collect::<Vec<_>>().join(" ")
    };
    let name = bare(name);
    !name.is_empty() && bare(text) == name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_and_places_are_told_from_schools() {
        for text in
            ["Total", "TOTALS:", "Grand total", "Bradford total", "Subtotal", "Total: 39 schools", "All schools"]
        {
            assert!(says_total(text), "{text}");
        }
        for text in ["Totley Primary School", "Totally Free School", "", "Grandfield"] {
            assert!(!says_total(text), "{text}");
        }
        for text in
            ["ENGLAND", "England", "The South West", "Yorkshire and The Humber", "Yorkshire & the Humber", "National"]
        {
            assert!(is_region(text), "{text}");
        }
        for text in ["New England", "England Free School", "South West London Academy", ""] {
            assert!(!is_region(text), "{text}");
        }
        for text in ["Bradford", "BRADFORD", "City of Bradford Metropolitan District Council", "Bradford LA"] {
            assert!(is_authority(text, "Bradford"), "{text}");
        }
        assert!(
            !is_authority("Bradford Academy", "Bradford") && !is_authority("", "") && !is_authority("Council", "City")
        );
    }
}
