//! A small town: two authorities, a few schools, one person for each role, a Year 6 play on tour.

use chrono::{NaiveDate, TimeDelta};
use domain::access::{Actor, Role, Scope};
use domain::request::{PartOfDay, Wish};
use domain::session::{Group, State};
use domain::setting::{Phase, SettingType, YearGroupsSource, search_name};
use domain::{AcademicYear, YearGroup, YearGroups};
use uuid::Uuid;

use super::present;
use crate::Desk;
use crate::db::Conn;

/// The keys of what stands in the town. Openings: both slots of every weekday from 30 November to 11 December 2026.
#[derive(Debug, Clone)]
pub struct Town {
    /// Authority 990, Kelderdale.
    pub authority: String,
    /// Authority 991, Other Vale: another tenant.
    pub elsewhere: String,
    /// Kelder Primary, Reception to Year 6, 210 pupils, in Mill ward.
    pub primary: Uuid,
    /// Beck Primary, Reception to Year 6, 420 pupils, in Beck ward.
    pub second_primary: Uuid,
    /// Kelder High, Years 7 to 11, 1,000 pupils, in Mill ward.
    pub secondary: Uuid,
    /// Oak Lodge, a special school whose year groups are unknown, 100 pupils, no ward.
    pub special: Uuid,
    /// Vale Primary, in the other authority.
    pub primary_elsewhere: Uuid,
    /// The theatre company.
    pub provider: Uuid,
    /// Another company, which serves Other Vale alone.
    pub provider_elsewhere: Uuid,
    /// The company's cast: AM 9:30–10:30 is slot 1, PM 1:15–2:15 is slot 2.
    pub team: Uuid,
    /// “The Lantern”, a play for Year 6 of mainstream and special schools; largest group 90.
    pub programme: Uuid,
    /// Its tour of 2026/27, open, notice 5 days, target 3 schools.
    pub tour: Uuid,
    /// Somebody for each role. See [`Town::actor`].
    people: Vec<(Role, Scope, Uuid, Uuid)>,
}

impl Town {
    /// Builds the town.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn build(desk: &Desk) -> Self {
        let mut conn = desk.write().await.expect("a transaction");
        let id = Uuid::now_v7;
        let mut town = Self {
            authority: "990".into(),
            elsewhere: "991".into(),
            primary: id(),
            second_primary: id(),
            secondary: id(),
            special: id(),
            primary_elsewhere: id(),
            provider: id(),
            provider_elsewhere: id(),
            team: id(),
            programme: id(),
            tour: id(),
            people: Vec::new(),
        };
        for (code, name) in [("990", "Kelderdale"), ("991", "Other Vale")] {
            execute!(
                conn,
                "INSERT INTO authority (code, name, colour, is_demo, created_at, version) VALUES ($1, $2, '#12505b', $3, $4, 1)",
                code,
                name,
                false,
                present(),
            )
            .expect("an authority");
        }
        let years =
            |low, high| Some(YearGroups::range(YearGroup::new(low).expect("low"), YearGroup::new(high).expect("high")));
        let mainstream = SettingType::Mainstream;
        for school in [
            (
                town.primary,
                "990",
                900_001,
                "Kelder Primary School",
                Phase::Primary,
                mainstream,
                years(0, 6),
                210,
                Some("Mill"),
            ),
            (
                town.second_primary,
                "990",
                900_002,
                "Beck Primary School",
                Phase::Primary,
                mainstream,
                years(0, 6),
                420,
                Some("Beck"),
            ),
            (
                town.secondary,
                "990",
                900_003,
                "Kelder High School",
                Phase::Secondary,
                mainstream,
                years(7, 11),
                1000,
                Some("Mill"),
            ),
            (
                town.special,
                "990",
                900_004,
                "Oak Lodge School",
                Phase::NotApplicable,
                SettingType::Special,
                None,
                100,
                None,
            ),
            (
                town.primary_elsewhere,
                "991",
                900_005,
                "Vale Primary School",
                Phase::Primary,
                mainstream,
                years(0, 6),
                200,
                Some("Vale"),
            ),
        ] {
            add_school(&mut conn, school).await;
        }
        for (provider, name, authority) in
            [(town.provider, "Lamplight Theatre", "990"), (town.provider_elsewhere, "Far Company", "991")]
        {
            execute!(
                conn,
                "INSERT INTO provider (id, kind, name, email, created_at, version) VALUES ($1, 'theatre', $2, 'office@provider.example', $3, 1)",
                provider,
                name,
                present(),
            )
            .expect("a provider");
            execute!(
                conn,
                "INSERT INTO provider_authority (provider_id, authority_code) VALUES ($1, $2)",
                provider,
                authority
            )
            .expect("a provider's authority");
        }
        town.add_tour(&mut conn).await;
        let authority = |code: &str| Scope::Authority(code.parse().expect("an LA code"));
        for (role, scope, email) in [
            (Role::Commissioner, authority("990"), "commissioner@kelderdale.example"),
            (Role::Administrator, authority("990"), "administrator@kelderdale.example"),
            (Role::Evaluator, authority("990"), "evaluator@kelderdale.example"),
            (Role::Safeguarding, authority("990"), "safeguarding@kelderdale.example"),
            (Role::Commissioner, authority("991"), "commissioner@othervale.example"),
            (Role::Administrator, authority("991"), "administrator@othervale.example"),
            (Role::Provider, Scope::Provider(town.provider), "office@lamplight.example"),
            (Role::Provider, Scope::Provider(town.provider_elsewhere), "office@far.example"),
            (Role::School, Scope::Setting(town.primary), "pshe@kelder.example"),
            (Role::School, Scope::Setting(town.second_primary), "pshe@beck.example"),
            (Role::School, Scope::Setting(town.secondary), "pshe@high.example"),
            (Role::School, Scope::Setting(town.special), "pshe@oak.example"),
            (Role::School, Scope::Setting(town.primary_elsewhere), "pshe@vale.example"),
        ] {
            town.add_person(&mut conn, role, scope, email).await;
        }
        conn.commit().await.expect("a commit");
        town
    }

    async fn add_tour(&self, conn: &mut Conn) {
        execute!(
            conn,
            "INSERT INTO team (id, provider_id, name, base_name, working_days, created_at, version)
             VALUES ($1, $2, 'The cast', 'Lamplight Studio', 31, $3, 1)",
            self.team,
            self.provider,
            present(),
        )
        .expect("a team");
        let slots = [(1_i64, "AM", 570_i64, 630_i64), (2, "PM", 795, 855)];
        for (number, label, starts, ends) in slots {
            execute!(
                conn,
                "INSERT INTO team_slot (team_id, from_date, number, label, starts_minute, ends_minute) VALUES ($1, $2, $3, $4, $5, $6)",
                self.team,
                date(2026, 9, 1),
                number,
                label,
                starts,
                ends,
            )
            .expect("a slot");
        }
        execute!(
            conn,
            "INSERT INTO programme (id, authority_code, kind, name, summary, for_adults, setting_types, year_groups, largest_group,
                needs, adaptations, topics, status, assurance, risk_assessment, content_notes, parent_letter, parent_materials,
                created_at, version)
             VALUES ($1, '990', 'play', 'The Lantern', 'A play about who to trust.', $2, 'special,mainstream', $3, 90, 'hall', '', '',
                'open', 'All cast members hold enhanced DBS checks.', '', '', '', '', $4, 1)",
            self.programme,
            false,
            YearGroups::from(YearGroup::new(6).expect("Year 6")).mask(),
            present(),
        )
        .expect("a programme");
        execute!(
            conn,
            "INSERT INTO programme_part (programme_id, number, title, minutes) VALUES ($1, 1, 'The Lantern', 60)",
            self.programme,
        )
        .expect("a part");
        execute!(
            conn,
            "INSERT INTO tour (id, authority_code, programme_id, provider_id, academic_year, name, starts, ends, target_schools, funders,
                budget_pence, price, price_pence, notice_days, status, created_at, version)
             VALUES ($1, '990', $2, $3, 2026, 'The Lantern, autumn 2026', $4, $5, 3, '', NULL, 'free', 0, 5, 'open', $6, 1)",
            self.tour,
            self.programme,
            self.provider,
            date(2026, 11, 1),
            date(2026, 12, 18),
            present(),
        )
        .expect("a tour");
        execute!(conn, "INSERT INTO tour_team (tour_id, team_id) VALUES ($1, $2)", self.tour, self.team)
            .expect("a tour's team");
        for day in [0, 1, 2, 3, 4, 7, 8, 9, 10, 11] {
            for (number, label, starts, ends) in slots {
                execute!(
                    conn,
                    "INSERT INTO opening (id, tour_id, team_id, on_date, slot, slot_label, starts_minute, ends_minute, created_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                    Uuid::now_v7(),
                    self.tour,
                    self.team,
                    date(2026, 11, 30) + TimeDelta::days(day),
                    number,
                    label,
                    starts,
                    ends,
                    present(),
                )
                .expect("an opening");
            }
        }
    }

    async fn add_person(&mut self, conn: &mut Conn, role: Role, scope: Scope, email: &str) {
        let (person, grant) = (Uuid::now_v7(), Uuid::now_v7());
        execute!(
            conn,
            "INSERT INTO person (id, email, name, created_at, version) VALUES ($1, $2, $3, $4, 1)",
            person,
            email,
            email.split('@').next().unwrap_or(email),
            present(),
        )
        .expect("a person");
        let (authority, provider, setting) = match &scope {
            Scope::Authority(code) => (Some(code.as_str()), None, None),
            Scope::Provider(id) => (None, Some(*id), None),
            Scope::Setting(id) => (None, None, Some(*id)),
            Scope::Trust(_) | Scope::Everything => (None, None, None),
        };
        execute!(
            conn,
            "INSERT INTO access_grant (id, person_id, role, authority_code, provider_id, setting_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            grant,
            person,
            role.as_str(),
            authority,
            provider,
            setting,
            present(),
        )
        .expect("a grant");
        self.people.push((role, scope, person, grant));
    }

    /// The person with this role and scope.
    ///
    /// # Panics
    /// When the town has nobody such.
    #[must_use]
    pub fn actor(&self, role: Role, scope: &Scope) -> Actor {
        let (role, scope, person, grant) = self
            .people
            .iter()
            .find(|p| p.0 == role && p.1 == *scope)
            .unwrap_or_else(|| panic!("nobody is {role} of {scope:?}"));
        Actor { person: Some(*person), grant: Some(*grant), role: *role, scope: scope.clone() }
    }

    /// Kelderdale's commissioner.
    #[must_use]
    pub fn commissioner(&self) -> Actor {
        self.of_authority(Role::Commissioner, "990")
    }

    /// Somebody with this role in Kelderdale.
    #[must_use]
    pub fn official(&self, role: Role) -> Actor {
        self.of_authority(role, "990")
    }

    /// Other Vale's commissioner: nothing of Kelderdale's exists for them.
    #[must_use]
    pub fn commissioner_elsewhere(&self) -> Actor {
        self.of_authority(Role::Commissioner, "991")
    }

    fn of_authority(&self, role: Role, code: &str) -> Actor {
        self.actor(role, &Scope::Authority(code.parse().expect("an LA code")))
    }

    /// The theatre company's person.
    #[must_use]
    pub fn company(&self) -> Actor {
        self.actor(Role::Provider, &Scope::Provider(self.provider))
    }

    /// The other company's person.
    #[must_use]
    pub fn company_elsewhere(&self) -> Actor {
        self.actor(Role::Provider, &Scope::Provider(self.provider_elsewhere))
    }

    /// The person of a school.
    #[must_use]
    pub fn school(&self, setting: Uuid) -> Actor {
        self.actor(Role::School, &Scope::Setting(setting))
    }

    /// Puts a session for Year 6 of `setting` on the tour, as it would stand after booking: one visit, one attending
    /// group of 30, in slot 1 of `on`. Returns the session's key.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn session(&self, desk: &Desk, setting: Uuid, on: NaiveDate, state: State) -> Uuid {
        let mut conn = desk.write().await.expect("a transaction");
        let (visit, session) = (Uuid::now_v7(), Uuid::now_v7());
        execute!(
            conn,
            "INSERT INTO visit (id, authority_code, tour_id, team_id, venue_id, on_date, room, access_needs, contact_name,
                contact_telephone, contact_email, more_emails, staff_stay, who_comes, room_for_others, fee_pence, created_at, version)
             VALUES ($1, '990', $2, $3, $4, $5, 'Hall', '', 'Sam Reed', '01274 431000', 'sam@school.example', '', $6, '', $6, 0, $7, 1)",
            visit,
            self.tour,
            self.team,
            setting,
            on,
            true,
            present(),
        )
        .expect("a visit");
        execute!(
            conn,
            "INSERT INTO session (id, visit_id, authority_code, tour_id, programme_id, academic_year, team_id, on_date, slot, slot_label,
                starts_minute, ends_minute, part, state, live, asked_by_name, asked_how, reason, reason_note, created_at, version)
             VALUES ($1, $2, '990', $3, $4, $5, $6, $7, 1, 'AM', 570, 630, 1, $8, $9, '', '', '', '', $10, 1)",
            session,
            visit,
            self.tour,
            self.programme,
            i64::from(AcademicYear::containing(on)),
            self.team,
            on,
            state.as_str(),
            state.is_live(),
            present(),
        )
        .expect("a session");
        execute!(
            conn,
            "INSERT INTO attending_group (id, session_id, setting_id, year_groups, label, expected, expected_send, over_roll)
             VALUES ($1, $2, $3, $4, '6A', 30, 2, $5)",
            Uuid::now_v7(),
            session,
            setting,
            YearGroups::from(YearGroup::new(6).expect("Year 6")).mask(),
            false,
        )
        .expect("a group");
        conn.commit().await.expect("a commit");
        session
    }
}

type School =
    (Uuid, &'static str, i64, &'static str, Phase, SettingType, Option<YearGroups>, i64, Option<&'static str>);

async fn add_school(conn: &mut Conn, school: School) {
    let (id, authority, urn, name, phase, setting_type, year_groups, pupils, ward) = school;
    let source = if year_groups.is_some() { YearGroupsSource::Stated } else { YearGroupsSource::NotStated };
    execute!(
        conn,
        "INSERT INTO setting (id, authority_code, kind, urn, name, search_name, establishment_type, type_group, phase, setting_type,
            setting_type_source, year_groups, year_groups_source, pupils, ward, constituency, status, created_at, updated_at, version)
         VALUES ($1, $2, 'school', $3, $4, $5, '', '', $6, $7, 'list', $8, $9, $10, $11, 'Kelder Valley', 'open', $12, $12, 1)",
        id,
        authority,
        urn,
        name,
        search_name(name),
        phase.as_str(),
        setting_type.as_str(),
        year_groups.map(YearGroups::mask),
        source.as_str(),
        pupils,
        ward,
        present(),
    )
    .expect("a school");
    execute!(
        conn,
        "INSERT INTO setting_year (setting_id, academic_year, authority_code, phase, setting_type, year_groups, year_groups_source,
            pupils, ward, constituency, status)
         VALUES ($1, 2026, $2, $3, $4, $5, $6, $7, $8, 'Kelder Valley', 'open')",
        id,
        authority,
        phase.as_str(),
        setting_type.as_str(),
        year_groups.map(YearGroups::mask),
        source.as_str(),
        pupils,
        ward,
    )
    .expect("a school's year");
}

/// A date, for tests.
///
/// # Panics
/// When there is no such day.
#[must_use]
pub fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a real date")
}

/// A wish for groups of Year 6 of these sizes, without any dates.
///
/// # Panics
/// Never: there is a Year 6.
#[must_use]
pub fn wish(sizes: &[i64], sessions: i64) -> Wish {
    let year_groups = YearGroups::from(YearGroup::new(6).expect("Year 6"));
    let group = |expected: &i64| Group { year_groups, label: String::new(), expected: *expected, expected_send: None };
    Wish {
        groups: sizes.iter().map(group).collect(),
        sessions,
        may_split: true,
        room_for_others: false,
        part_of_day: PartOfDay::Any,
        impossible: Vec::new(),
        preferred: Vec::new(),
        access_needs: String::new(),
        note: String::new(),
    }
}
