use super::*;

fn of(numbers: &[i64]) -> Years {
    Years::Groups(numbers.iter().filter_map(|n| year(*n)).collect())
}

#[test]
fn year_groups_are_read_as_people_type_them() {
    for (text, numbers) in [
        ("Y7", &[7][..]),
        ("Yr 7/8", &[7, 8]),
        ("Year 5/6", &[5, 6]),
        ("10X2, 10Y1", &[10]),
        ("7HR2", &[7]),
        ("Yr 5 & 6", &[5, 6]),
        ("Y5 + Y6", &[5, 6]),
        ("Y3/4", &[3, 4]),
        ("Y3-Y6", &[3, 4, 5, 6]),
        ("yr7 - yr9", &[7, 8, 9]),
        ("Years 7 to 9", &[7, 8, 9]),
        ("5", &[5]),
        ("7B", &[7]),
        ("KS1", &[1, 2]),
        ("KS2", &[3, 4, 5, 6]),
        ("KS3 class", &[7, 8, 9]),
        ("EYFS/KS1", &[-2, -1, 0, 1, 2]),
        ("Reception", &[0]),
        ("Rec & Y1", &[0, 1]),
        ("Nursery", &[-2, -1]),
        ("3-4 yr olds", &[-2, -1]),
        ("Early Years class", &[-2, -1, 0]),
        ("sixth form", &[12, 13]),
        ("Post-16", &[12, 13]),
        ("Yr. 6", &[6]),
        ("YR", &[0]),
        ("YR/Y1", &[0, 1]),
        ("YR & 1", &[0, 1]),
        ("YR-Y2", &[0, 1, 2]),
        ("R/1", &[0, 1]),
        ("R-Y2", &[0, 1, 2]),
        ("FS2", &[0]),
        ("F2", &[0]),
        ("FS 2", &[0]),
        ("FS1", &[-2, -1]),
        ("F1", &[-2, -1]),
        ("N1", &[-2]),
        ("N2", &[-1]),
        ("N-R", &[-2, -1, 0]),
        ("Nursery to Y2", &[-2, -1, 0, 1, 2]),
        ("Preschool", &[-2, -1]),
        ("KS 2", &[3, 4, 5, 6]),
        ("key stage 2", &[3, 4, 5, 6]),
        ("Key Stages 1 and 2", &[1, 2, 3, 4, 5, 6]),
        ("KS1/2", &[1, 2, 3, 4, 5, 6]),
        ("KS3/4", &[7, 8, 9, 10, 11]),
        ("KS1-KS3", &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("Upper KS2", &[5, 6]),
        ("UKS2", &[5, 6]),
        ("upper key stage 2", &[5, 6]),
        ("Lower KS2", &[3, 4]),
        ("LKS2", &[3, 4]),
        ("KS2 (Y3-Y6)", &[3, 4, 5, 6]),
        ("Juniors", &[3, 4, 5, 6]),
        ("Infants", &[0, 1, 2]),
        ("Infants & Juniors", &[0, 1, 2, 3, 4, 5, 6]),
        ("Y11 and sixth form", &[11, 12, 13]),
        ("6th form", &[12, 13]),
        ("3/4", &[3, 4]),
        ("5-6", &[5, 6]),
        ("7-9", &[7, 8, 9]),
        ("10/11", &[10, 11]),
        ("5,6", &[5, 6]),
        ("5 and 6", &[5, 6]),
        ("6.0", &[6]),
        ("yr4s", &[4]),
        ("Y3 Y4", &[3, 4]),
        ("6B", &[6]),
        ("5B/6C", &[5, 6]),
        ("7HR", &[7]),
        ("Y6 & staff", &[6]),
        ("Y6 + 2 staff", &[6]),
        ("Year 5 boys", &[5]),
        ("Y5 x 2", &[5]),
        ("Y5 class 2", &[5]),
        ("2x Y5", &[5]),
        ("2xY5", &[5]),
        ("2 Y5", &[5]),
        ("2 x Y6", &[6]),
        ("2 Yr 5", &[5]),
        ("2 Year 5 classes", &[5]),
        ("3 Y4 classes", &[4]),
        ("2 Reception", &[0]),
        ("2 Rec", &[0]),
        ("Y3, 2 Y5", &[3, 5]),
        ("Year 2 Y5", &[2, 5]),
        ("2X", &[2]),
        ("10 yr olds", &[6]),
        ("Y5 (2 classes)", &[5]),
        ("Y5 (30)", &[5]),
        ("Y5 (boys)", &[5]),
        ("Y5 Oak", &[5]),
        ("Y5 Mrs Smith", &[5]),
        ("Oak class (Y5)", &[5]),
        ("Class 3 (Y5/6)", &[5, 6]),
        ("Y6 - cancelled", &[6]),
        ("5/6 mixed", &[5, 6]),
        ("mixed 5/6", &[5, 6]),
        ("Year five", &[5]),
        ("Years five and six", &[5, 6]),
        ("Y3 \u{2192} Y6", &[3, 4, 5, 6]),
        ("Y3 -> Y6", &[3, 4, 5, 6]),
        ("KS2 (Y5)", &[5]),
        ("KS2 (Y5/6)", &[5, 6]),
    ] {
        assert_eq!(Years::read(text), of(numbers), "{text}");
    }
    for text in ["whole school", "Whole Sch.", "whole nursery", "ALL"] {
        assert_eq!(Years::read(text), Years::Whole, "{text}");
    }
    assert_eq!(Years::read("mixed"), Years::Mixed);
    assert_eq!(Years::read(" "), Years::NotGiven);
}

#[test]
fn a_class_by_name_tells_no_year() {
    for text in [
        "Butterfly class",
        "Puffins / Owls",
        "Mr T's class",
        "Class 3",
        "Explorers 2",
        "P2",
        "14-19 group",
        "Oak",
        "Elm/Ash",
        "Willow class",
        "Class 4",
        "Class 4/5",
        "Owls (pm)",
        "2 classes",
        "3 groups",
        "School council",
    ] {
        assert_eq!(Years::read(text), Years::Named, "{text}");
    }
}

#[test]
fn what_speaks_of_years_and_is_not_understood_is_asked_about() {
    for text in [
        "Y15",
        "Y5 (not Y6)",
        "Y5 (Y6)",
        "KS1 (Y5)",
        "KS2 (not Y5)",
        "Y5 \u{2192} Y6",
        "KS2 Y5",
        "Y5?",
        "Y5 or Y6",
        "Y6 into Y7",
        "mainly Y5",
        "whole school except Y6",
        "all except reception",
        "KS",
        "KS7",
        "4 Y5",
        "30 Y5",
        "9-10 yrs",
        "9-10yrs",
        "10 yr",
        "9/10 years",
        "KS1-Y4",
        "YR/7",
        "Y9-Y7",
        "9-7",
        "7 4",
        "-1",
        "0",
        "15",
        "30",
        "16-18",
        "2016",
        "=1+1",
        "#REF!",
    ] {
        assert_eq!(Years::read(text), Years::Unclear(UNREAD), "{text}");
    }
    for text in [
        "Staff",
        "parents",
        "Governors",
        "Staff training",
        "12 parents",
        "parents and staff",
        "Y5 teachers",
        "Y6 parents",
        "Y5 staff",
        "Year 6 adults",
    ] {
        assert_eq!(Years::read(text), Years::Unclear(OF_ADULTS), "{text}");
    }
    for text in ["2016-06-05", "2016-06-05T00:00:00", "05-Jun", "5 June", "05/06/2016", "42526", "Jun-05"] {
        assert_eq!(Years::read(text), Years::Unclear(A_DATE), "{text}");
    }
    for text in ["cancelled", "CANC", "postponed", "unknown", "tbc"] {
        assert_eq!(Years::read(text), Years::NotGiven, "{text}");
    }
}
