CREATE TABLE provider (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,                   -- domain::tour::ProviderKind
    name TEXT NOT NULL,
    email TEXT,
    telephone TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);

-- Providers serve several authorities.
CREATE TABLE provider_authority (
    provider_id UUID NOT NULL REFERENCES provider (id),
    authority_code TEXT NOT NULL REFERENCES authority (code),
    PRIMARY KEY (provider_id, authority_code)
);

CREATE TABLE team (
    id UUID PRIMARY KEY,
    provider_id UUID NOT NULL REFERENCES provider (id),
    name TEXT NOT NULL,
    base_name TEXT NOT NULL,
    base_postcode TEXT,
    base_easting BIGINT,
    base_northing BIGINT,
    working_days BIGINT NOT NULL,         -- mask: bit 0 is Monday
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX team_of_provider ON team (provider_id);

-- A team's slots from a date on; the latest pattern that has begun is the one in force.
CREATE TABLE team_slot (
    team_id UUID NOT NULL REFERENCES team (id),
    from_date DATE NOT NULL,
    number BIGINT NOT NULL,
    label TEXT NOT NULL,
    starts_minute BIGINT NOT NULL,
    ends_minute BIGINT NOT NULL,
    PRIMARY KEY (team_id, from_date, number)
);

CREATE TABLE programme (
    id UUID PRIMARY KEY,
    authority_code TEXT NOT NULL REFERENCES authority (code),
    kind TEXT NOT NULL,                   -- domain::programme::ProgrammeKind
    name TEXT NOT NULL,
    summary TEXT NOT NULL,
    for_adults BOOLEAN NOT NULL,
    setting_types TEXT NOT NULL,          -- comma-separated
    year_groups BIGINT NOT NULL,          -- mask
    largest_group BIGINT,                 -- none: no limit
    needs TEXT NOT NULL,                  -- comma-separated
    adaptations TEXT NOT NULL,
    topics TEXT NOT NULL,
    topics_as_of DATE,                    -- the guidance the topics were chosen from
    status TEXT NOT NULL,                 -- domain::programme::Status
    -- The visit pack's texts.
    assurance TEXT NOT NULL,              -- letter of assurance: who comes, which checks were made
    insurance_expires DATE,
    risk_assessment TEXT NOT NULL,
    content_notes TEXT NOT NULL,
    parent_letter TEXT NOT NULL,
    parent_materials TEXT NOT NULL,       -- what parents may see
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (authority_code, name)
);

CREATE TABLE programme_part (
    programme_id UUID NOT NULL REFERENCES programme (id),
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    PRIMARY KEY (programme_id, number)
);

-- Uploaded parts of the visit pack.
CREATE TABLE document (
    id UUID PRIMARY KEY,
    programme_id UUID NOT NULL REFERENCES programme (id),
    kind TEXT NOT NULL,                   -- domain: 'assurance', 'insurance', 'risk_assessment', 'parent_letter', 'material'
    title TEXT NOT NULL,
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    for_parents BOOLEAN NOT NULL,
    size BIGINT NOT NULL,
    body BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX document_of_programme ON document (programme_id);

CREATE TABLE tour (
    id UUID PRIMARY KEY,
    authority_code TEXT NOT NULL REFERENCES authority (code),
    programme_id UUID NOT NULL REFERENCES programme (id),
    provider_id UUID NOT NULL REFERENCES provider (id),
    academic_year BIGINT NOT NULL,
    name TEXT NOT NULL,
    starts DATE NOT NULL,
    ends DATE NOT NULL,
    target_schools BIGINT,
    funders TEXT NOT NULL,
    budget_pence BIGINT,
    price TEXT NOT NULL,                  -- domain::tour::Price
    price_pence BIGINT NOT NULL,          -- what a school pays for a visit
    notice_days BIGINT NOT NULL,          -- a school may move or cancel until so many days before
    status TEXT NOT NULL,                 -- domain::programme::Status
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX tour_of_authority ON tour (authority_code, academic_year);
CREATE INDEX tour_of_programme ON tour (programme_id, academic_year);
CREATE INDEX tour_of_provider ON tour (provider_id);

CREATE TABLE tour_team (
    tour_id UUID NOT NULL REFERENCES tour (id),
    team_id UUID NOT NULL REFERENCES team (id),
    PRIMARY KEY (tour_id, team_id)
);

-- A team's free slot that schools may book. Taken when a live session holds the same team, date and slot.
CREATE TABLE opening (
    id UUID PRIMARY KEY,
    tour_id UUID NOT NULL REFERENCES tour (id),
    team_id UUID NOT NULL REFERENCES team (id),
    on_date DATE NOT NULL,
    slot BIGINT NOT NULL,
    slot_label TEXT NOT NULL,
    starts_minute BIGINT NOT NULL,
    ends_minute BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (team_id, on_date, slot)
);
CREATE INDEX opening_of_tour ON opening (tour_id, on_date);

-- What was open once and is no longer: shown beside the openings, and gone when it is opened again.
CREATE TABLE withdrawn_opening (
    id UUID PRIMARY KEY,                  -- the key the opening had
    tour_id UUID NOT NULL REFERENCES tour (id),
    team_id UUID NOT NULL REFERENCES team (id),
    on_date DATE NOT NULL,
    slot BIGINT NOT NULL,
    slot_label TEXT NOT NULL,
    starts_minute BIGINT NOT NULL,
    ends_minute BIGINT NOT NULL
);
CREATE INDEX withdrawn_opening_of_tour ON withdrawn_opening (tour_id, on_date);

CREATE TABLE invitation (
    id UUID PRIMARY KEY,
    tour_id UUID NOT NULL REFERENCES tour (id),
    setting_id UUID NOT NULL REFERENCES setting (id),
    state TEXT NOT NULL,                  -- 'sent', 'accepted', 'declined', 'withdrawn'
    reason TEXT NOT NULL,
    sent_at TIMESTAMPTZ NOT NULL,
    answered_at TIMESTAMPTZ,
    UNIQUE (tour_id, setting_id)
);
CREATE INDEX invitation_of_setting ON invitation (setting_id);
