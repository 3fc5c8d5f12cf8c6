-- One text for SQLite and PostgreSQL. Words in status columns are checked in crates/domain, not here.

CREATE TABLE authority (
    code TEXT PRIMARY KEY,                -- the LA code, the tenant
    name TEXT NOT NULL,
    colour TEXT NOT NULL,                 -- the council's one colour, #rrggbb
    is_demo BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);

-- Term dates as data: between two terms nobody teaches.
CREATE TABLE term (
    id UUID PRIMARY KEY,
    authority_code TEXT NOT NULL REFERENCES authority (code),
    academic_year BIGINT NOT NULL,
    name TEXT NOT NULL,
    starts DATE NOT NULL,
    ends DATE NOT NULL
);
CREATE INDEX term_of_authority ON term (authority_code, academic_year);

CREATE TABLE setting (
    id UUID PRIMARY KEY,
    authority_code TEXT NOT NULL REFERENCES authority (code),
    kind TEXT NOT NULL,                   -- domain::setting::SettingKind
    urn BIGINT UNIQUE,                    -- none for a setting outside the school list
    establishment_number TEXT,
    name TEXT NOT NULL,
    search_name TEXT NOT NULL,            -- domain::setting::search_name
    establishment_type TEXT NOT NULL,     -- as the school list has it; blank when it has none
    type_group TEXT NOT NULL,
    phase TEXT NOT NULL,                  -- domain::setting::Phase
    setting_type TEXT NOT NULL,           -- domain::setting::SettingType
    setting_type_source TEXT NOT NULL,    -- 'list' or 'person'
    low_age BIGINT,
    high_age BIGINT,
    year_groups BIGINT,                   -- mask; none: unknown
    year_groups_source TEXT NOT NULL,     -- domain::setting::YearGroupsSource
    pupils BIGINT,                        -- number of pupils in the school list
    ehc_plans BIGINT,
    sen_support BIGINT,
    street TEXT,
    town TEXT,
    postcode TEXT,
    telephone TEXT,
    website TEXT,
    email TEXT,
    contact_edited_at TIMESTAMPTZ,        -- from then on imports leave telephone and website alone; none: never edited
    ward TEXT,
    constituency TEXT,
    lsoa TEXT,
    easting BIGINT,                       -- OSGB36 metres
    northing BIGINT,
    deprivation_decile BIGINT,            -- 1 the most deprived tenth, 10 the least
    trust_code TEXT,
    trust_name TEXT,
    status TEXT NOT NULL,                 -- domain::setting::SettingStatus
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX setting_of_authority ON setting (authority_code, search_name);
CREATE INDEX setting_of_trust ON setting (trust_code);

-- The past stays as it was: what a setting was in an academic year.
CREATE TABLE setting_year (
    setting_id UUID NOT NULL REFERENCES setting (id),
    academic_year BIGINT NOT NULL,
    authority_code TEXT NOT NULL,
    phase TEXT NOT NULL,
    setting_type TEXT NOT NULL,
    year_groups BIGINT,
    year_groups_source TEXT NOT NULL,
    pupils BIGINT,
    ward TEXT,
    constituency TEXT,
    deprivation_decile BIGINT,
    status TEXT NOT NULL,
    PRIMARY KEY (setting_id, academic_year)
);
CREATE INDEX setting_year_of_authority ON setting_year (authority_code, academic_year);

-- Counted numbers on roll only: estimates are computed, never stored.
CREATE TABLE number_on_roll (
    setting_id UUID NOT NULL REFERENCES setting (id),
    academic_year BIGINT NOT NULL,
    year_group BIGINT NOT NULL,
    pupils BIGINT NOT NULL,
    PRIMARY KEY (setting_id, academic_year, year_group)
);

CREATE TABLE import (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,                   -- 'schools'
    authority_code TEXT,                  -- none: every authority of the file
    file_name TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    by_person UUID,
    by_grant UUID,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    state TEXT NOT NULL,                  -- 'waiting', 'reading', 'previewed', 'applying', 'applied', 'refused', 'failed'
    done BIGINT NOT NULL,                 -- progress: rows done
    total BIGINT NOT NULL,
    added BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    problems TEXT NOT NULL,               -- JSON list
    body BYTEA                            -- the file, until it is applied or dropped
);
CREATE INDEX import_of_authority ON import (authority_code, started_at);

CREATE TABLE import_change (
    import_id UUID NOT NULL REFERENCES import (id),
    number BIGINT NOT NULL,
    setting_id UUID NOT NULL,             -- of a preview that adds, not there yet
    urn BIGINT NOT NULL,
    name TEXT NOT NULL,                   -- as the file has it
    kind TEXT NOT NULL,                   -- 'added', 'changed', 'closed'
    fields TEXT NOT NULL,                 -- JSON: [{"field","before","after"}]
    PRIMARY KEY (import_id, number)
);
