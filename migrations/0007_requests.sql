-- A school asks for a tour to come. A plan, or a person, turns it into offers or bookings.
CREATE TABLE request (
    id UUID PRIMARY KEY,
    authority_code TEXT NOT NULL REFERENCES authority (code),
    tour_id UUID NOT NULL REFERENCES tour (id),
    setting_id UUID NOT NULL REFERENCES setting (id),
    state TEXT NOT NULL,                  -- domain::request::RequestState
    sessions BIGINT NOT NULL,             -- how many are needed; the groups are dealt out over them
    may_split BOOLEAN NOT NULL,           -- they may lie on several days
    room_for_others BOOLEAN NOT NULL,     -- another school may join
    part_of_day TEXT NOT NULL,            -- domain::request::PartOfDay
    access_needs TEXT NOT NULL,
    note TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    contact_telephone TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    asked_by_name TEXT NOT NULL,          -- who asked, when somebody wrote it on their behalf
    asked_how TEXT NOT NULL,              -- domain::tour::AskedBy, or ''
    by_person UUID,                       -- who wrote it; none: by an invitation's link
    is_estimated BOOLEAN NOT NULL,        -- the groups were taken from the roll; nobody has stated them yet
    outside_audience BOOLEAN NOT NULL,    -- a commissioner decided that it may come all the same
    reason TEXT NOT NULL,                 -- why it was withdrawn: domain::request::DeclineReason, or ''
    reason_note TEXT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
-- A school asks once for a tour, for as many groups as it likes.
CREATE UNIQUE INDEX request_once ON request (tour_id, setting_id) WHERE state IN ('asked', 'placed');
CREATE INDEX request_of_setting ON request (setting_id);
CREATE INDEX request_of_authority ON request (authority_code, state);

CREATE TABLE request_group (
    request_id UUID NOT NULL REFERENCES request (id),
    number BIGINT NOT NULL,
    year_groups BIGINT NOT NULL,          -- mask; 0: not followed
    label TEXT NOT NULL,
    expected BIGINT NOT NULL,
    expected_send BIGINT,
    PRIMARY KEY (request_id, number)
);

CREATE TABLE request_date (
    request_id UUID NOT NULL REFERENCES request (id),
    on_date DATE NOT NULL,
    kind TEXT NOT NULL,                   -- domain::request::DateKind: 'impossible' or 'preferred'
    PRIMARY KEY (request_id, on_date)
);

-- What a request is worth in an authority's plans; no row: domain::need::Weights::default.
CREATE TABLE need_weights (
    authority_code TEXT PRIMARY KEY REFERENCES authority (code),
    request BIGINT NOT NULL,
    never BIGINT NOT NULL,
    per_year BIGINT NOT NULL,
    most_years BIGINT NOT NULL,
    provision BIGINT NOT NULL,
    deprivation BIGINT NOT NULL,
    leaving BIGINT NOT NULL,
    per_week BIGINT NOT NULL,
    most_weeks BIGINT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);

-- A declining school's reason is of a closed list; what was written freely before stays as the note of another reason.
ALTER TABLE invitation ADD COLUMN reason_note TEXT NOT NULL DEFAULT '';
UPDATE invitation SET reason_note = reason, reason = 'other' WHERE reason <> '';
-- The last day on which an answer is expected; none: until the tour is over.
ALTER TABLE invitation ADD COLUMN answer_by DATE;
-- Each reminder goes once: whoever sets the instant sends it.
ALTER TABLE invitation ADD COLUMN reminded_at TIMESTAMPTZ;
ALTER TABLE invitation ADD COLUMN last_reminded_at TIMESTAMPTZ;
CREATE INDEX invitation_unanswered ON invitation (sent_at) WHERE state = 'sent';
