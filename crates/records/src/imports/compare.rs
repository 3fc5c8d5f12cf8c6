//! A school as the records have it against its row in a file: what changes, and what survives.
//!
//! A blank never erases what was known. What a person edited survives: year groups, setting type, telephone and web
//! address.

use domain::setting::{Phase, SettingStatus as Status, SettingType, YearGroupsSource, search_name, year_groups_of};
use domain::year_group::YearGroups;
use intake::school_list::SchoolRow;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schools::FROM_LIST;

/// The columns of `setting` that the school list states or decides, with what guards those that people edit.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub(super) struct School {
    pub id: Uuid,
    pub authority_code: String,
    pub urn: i64,
    pub establishment_number: Option<String>,
    pub name: String,
    pub establishment_type: String,
    pub type_group: String,
    #[sqlx(try_from = "String")]
    pub phase: Phase,
    #[sqlx(try_from = "String")]
    pub setting_type: SettingType,
    pub setting_type_source: String,
    pub low_age: Option<i64>,
    pub high_age: Option<i64>,
    pub year_groups: Option<i64>,
    #[sqlx(try_from = "String")]
    pub year_groups_source: YearGroupsSource,
    pub pupils: Option<i64>,
    pub ehc_plans: Option<i64>,
    pub sen_support: Option<i64>,
    pub street: Option<String>,
    pub town: Option<String>,
    pub postcode: Option<String>,
    pub telephone: Option<String>,
    pub website: Option<String>,
    pub contact_edited: bool,
    pub ward: Option<String>,
    pub constituency: Option<String>,
    pub lsoa: Option<String>,
    pub easting: Option<i64>,
    pub northing: Option<i64>,
    pub trust_code: Option<String>,
    pub trust_name: Option<String>,
    #[sqlx(try_from = "String")]
    pub status: Status,
    pub version: i64,
}

/// One field that an import changed. Values are as a page shows them; none where there is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field, by its name in the records: `name`, `year_groups`, `pupils`, …
    pub field: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// A school that was not known.
pub(super) fn new(row: SchoolRow) -> School {
    let blank = School {
        id: Uuid::now_v7(),
        authority_code: String::new(),
        urn: row.urn.number(),
        establishment_number: None,
        name: String::new(),
        establishment_type: String::new(),
        type_group: String::new(),
        phase: Phase::NotApplicable,
        setting_type: SettingType::Mainstream,
        setting_type_source: FROM_LIST.to_owned(),
        low_age: None,
        high_age: None,
        year_groups: None,
        year_groups_source: YearGroupsSource::NotStated,
        pupils: None,
        ehc_plans: None,
        sen_support: None,
        street: None,
        town: None,
        postcode: None,
        telephone: None,
        website: None,
        contact_edited: false,
        ward: None,
        constituency: None,
        lsoa: None,
        easting: None,
        northing: None,
        trust_code: None,
        trust_name: None,
        status: Status::Open,
        version: 0,
    };
    updated(blank, row)
}

/// The school as the row leaves it.
pub(super) fn updated(mut school: School, row: SchoolRow) -> School {
    school.authority_code = row.authority.into();
    school.name = row.name;
    take(&mut school.establishment_number, row.establishment_number);
    school.establishment_type = row.establishment_type.unwrap_or(school.establishment_type);
    school.type_group = row.type_group.unwrap_or(school.type_group);
    school.phase = row.phase.unwrap_or(school.phase);
    if let Some((low, high)) = row.ages {
        school.low_age = Some(low.into());
        school.high_age = Some(high.into());
    }
    if school.setting_type_source == FROM_LIST {
        school.setting_type = SettingType::of_establishment(&school.establishment_type, &school.type_group);
    }
    if !matches!(school.year_groups_source, YearGroupsSource::Person | YearGroupsSource::NotFollowed) {
        let (year_groups, source) = year_groups_of(school.ages(), school.phase);
        school.year_groups = year_groups.map(YearGroups::mask);
        school.year_groups_source = source;
    }
    take(&mut school.pupils, row.pupils.map(i64::from));
    take(&mut school.ehc_plans, row.ehc_plans.map(i64::from));
    take(&mut school.sen_support, row.sen_support.map(i64::from));
    take(&mut school.street, row.street);
    take(&mut school.town, row.town);
    take(&mut school.postcode, row.postcode);
    if !school.contact_edited {
        take(&mut school.telephone, row.telephone);
        take(&mut school.website, row.website);
    }
    take(&mut school.ward, row.ward);
    take(&mut school.constituency, row.constituency);
    take(&mut school.lsoa, row.lsoa);
    take(&mut school.easting, row.easting.map(i64::from));
    take(&mut school.northing, row.northing.map(i64::from));
    take(&mut school.trust_code, row.trust_code);
    take(&mut school.trust_name, row.trust_name);
    school.status = match row.closing {
        Some(true) => Status::Closing,
        Some(false) => Status::Open,
        // Being in the list at all means open; that it is to close is not unsaid by a blank.
        None if school.status == Status::Closing => Status::Closing,
        None => Status::Open,
    };
    school
}

fn take<T>(known: &mut Option<T>, stated: Option<T>) {
    if stated.is_some() {
        *known = stated;
    }
}

impl School {
    /// The statutory ages, when both are known and sensible.
    pub(super) fn ages(&self) -> Option<(u8, u8)> {
        let age = |age: Option<i64>| age.and_then(|age| u8::try_from(age).ok());
        age(self.low_age).zip(age(self.high_age))
    }

    pub(super) fn search_name(&self) -> String {
        search_name(&self.name)
    }
}

/// The fields in which two states of a school differ, in the order people read them.
pub(super) fn differences(before: &School, after: &School) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    let mut field = |name: &str, before: Option<String>, after: Option<String>| {
        if before != after {
            changes.push(FieldChange { field: name.to_owned(), before, after });
        }
    };
    macro_rules! text {
        ($($name:ident),+) => { $(field(stringify!($name), before.$name.clone(), after.$name.clone());)+ };
    }
    macro_rules! filled {
        ($($name:ident),+) => { $(field(stringify!($name), shown(&before.$name), shown(&after.$name));)+ };
    }
    macro_rules! number {
        ($($name:ident),+) => {
            $(field(stringify!($name), before.$name.map(|n| n.to_string()), after.$name.map(|n| n.to_string()));)+
        };
    }
    macro_rules! term {
        ($($name:ident),+) => {
            $(field(stringify!($name), Some(before.$name.label().to_owned()), Some(after.$name.label().to_owned()));)+
        };
    }
    let years = |mask: Option<i64>| mask.and_then(|m| YearGroups::try_from(m).ok()).map(|y| y.to_string());
    filled!(name, authority_code);
    text!(establishment_number);
    term!(status, phase);
    filled!(establishment_type, type_group);
    term!(setting_type);
    number!(low_age, high_age);
    field("year_groups", years(before.year_groups), years(after.year_groups));
    term!(year_groups_source);
    number!(pupils, ehc_plans, sen_support);
    text!(street, town, postcode, telephone, website, ward, constituency, lsoa);
    number!(easting, northing);
    text!(trust_code, trust_name);
    changes
}

fn shown(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> SchoolRow {
        let text = "URN,LA (code),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),\
                    PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,NumberOfPupils,TelephoneNum,Postcode\n\
                    107253,380,Crossflatts Primary School,Community school,Open,Primary,4,11,418,01274 782070,BD16 2EP\n";
        intake::school_list::read(text.as_bytes(), "list.csv", None).unwrap().rows.remove(0)
    }

    fn blank_row() -> SchoolRow {
        SchoolRow {
            establishment_type: None,
            closing: None,
            phase: None,
            ages: None,
            pupils: None,
            telephone: None,
            postcode: None,
            ..row()
        }
    }

    #[test]
    fn a_blank_never_erases_what_was_known() {
        let known = School { status: Status::Closing, ..new(row()) };
        let after = updated(known.clone(), blank_row());
        assert_eq!(differences(&known, &after), []);
        assert_eq!(after, known);
    }

    #[test]
    fn what_a_person_edited_survives() {
        let known = School {
            year_groups: Some(YearGroups::planning_assumption().mask()),
            year_groups_source: YearGroupsSource::Person,
            setting_type: SettingType::Special,
            setting_type_source: "person".into(),
            telephone: Some("01274 000000".into()),
            contact_edited: true,
            ..new(row())
        };
        let after = updated(known.clone(), SchoolRow { ages: Some((3, 11)), ..row() });
        assert_eq!(after.year_groups, known.year_groups);
        assert_eq!(after.setting_type, SettingType::Special);
        assert_eq!(after.telephone, known.telephone);
        let names: Vec<String> = differences(&known, &after).into_iter().map(|c| c.field).collect();
        assert_eq!(names, ["low_age"]);
    }

    #[test]
    fn ages_and_phase_decide_year_groups_again() {
        let known = new(blank_row());
        assert_eq!(known.year_groups_source, YearGroupsSource::NotStated);
        let after = updated(known.clone(), row());
        let years = differences(&known, &after).into_iter().find(|c| c.field == "year_groups").unwrap();
        assert_eq!((years.before, years.after.as_deref()), (None, Some("Reception to Year 6")));
    }

    #[test]
    fn a_school_that_is_listed_again_is_open_again() {
        let known = School { status: Status::NotInList, ..new(row()) };
        let after = updated(known.clone(), blank_row());
        assert_eq!(after.status, Status::Open);
        assert_eq!(differences(&known, &after)[0].field, "status");
    }
}
