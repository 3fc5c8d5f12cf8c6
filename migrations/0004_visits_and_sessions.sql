-- One team at one venue on one day.
CREATE TABLE visit (
    id UUID PRIMARY KEY,
    authority_code TEXT NOT NULL REFERENCES authority (code),
    tour_id UUID NOT NULL REFERENCES tour (id),
    team_id UUID REFERENCES team (id),    -- unknown is allowed in history
    venue_id UUID NOT NULL REFERENCES setting (id),
    on_date DATE NOT NULL,
    get_in_minute BIGINT,
    get_out_minute BIGINT,
    room TEXT NOT NULL,
    access_needs TEXT NOT NULL,
    contact_name TEXT NOT NULL,           -- on the day
    contact_telephone TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    more_emails TEXT NOT NULL,            -- further addresses that get the mails, comma-separated
    staff_stay BOOLEAN NOT NULL,
    who_comes TEXT NOT NULL,              -- the people who come, one a line
    room_for_others BOOLEAN NOT NULL,     -- another school may join
    fee_pence BIGINT NOT NULL,
    import_id UUID,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX visit_of_tour ON visit (tour_id, on_date);
CREATE INDEX visit_of_venue ON visit (venue_id, on_date);

-- One delivery in one slot.
CREATE TABLE session (
    id UUID PRIMARY KEY,
    visit_id UUID NOT NULL REFERENCES visit (id),
    authority_code TEXT NOT NULL REFERENCES authority (code),
    tour_id UUID NOT NULL REFERENCES tour (id),
    programme_id UUID NOT NULL REFERENCES programme (id),
    academic_year BIGINT NOT NULL,
    team_id UUID REFERENCES team (id),
    on_date DATE NOT NULL,
    slot BIGINT,                          -- unknown is allowed in history
    slot_label TEXT NOT NULL,
    starts_minute BIGINT,
    ends_minute BIGINT,
    part BIGINT NOT NULL,                 -- of the programme, from 1
    state TEXT NOT NULL,                  -- domain::session::State
    live BOOLEAN NOT NULL,                -- State::is_live, for the index below
    reserved_until TIMESTAMPTZ,
    reserved_by UUID,                     -- the person who is booking
    booked_by UUID,                       -- the person who booked; none in history
    asked_by_name TEXT NOT NULL,          -- who asked, when somebody booked on their behalf
    asked_how TEXT NOT NULL,              -- domain::tour::AskedBy, or ''
    reason TEXT NOT NULL,                 -- domain::session::Reason, or ''
    reason_note TEXT NOT NULL,
    actual_starts_minute BIGINT,
    actual_ends_minute BIGINT,
    attendance_at TIMESTAMPTZ,            -- when attendance was recorded; none: not yet
    feedback_code TEXT UNIQUE,            -- pupils'; none until delivered
    staff_code TEXT UNIQUE,               -- staff's link
    feedback_closes DATE,
    import_id UUID,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
-- Nobody's double booking: a live session has its team's slot to itself.
CREATE UNIQUE INDEX session_slot_taken ON session (team_id, on_date, slot) WHERE live;
CREATE INDEX session_of_visit ON session (visit_id);
CREATE INDEX session_of_tour ON session (tour_id, on_date);
CREATE INDEX session_of_programme ON session (programme_id, academic_year, state);
CREATE INDEX session_reserved ON session (reserved_until) WHERE state = 'reserved';

CREATE TABLE attending_group (
    id UUID PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES session (id),
    setting_id UUID NOT NULL REFERENCES setting (id),
    year_groups BIGINT NOT NULL,          -- mask; 0: not followed
    label TEXT NOT NULL,                  -- such as "6B"
    expected BIGINT NOT NULL,
    expected_send BIGINT,                 -- stated by the school
    attended BIGINT,                      -- pupils; none: not yet recorded
    attended_send BIGINT,
    withdrawn BIGINT,                     -- by parents
    adults BIGINT,
    over_roll BOOLEAN NOT NULL,           -- more than the roll, and confirmed so
    stated_by UUID,
    stated_at TIMESTAMPTZ
);
CREATE INDEX attending_group_of_session ON attending_group (session_id);
CREATE INDEX attending_group_of_setting ON attending_group (setting_id);

-- A session's timeline.
CREATE TABLE session_event (
    id UUID PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES session (id),
    at TIMESTAMPTZ NOT NULL,
    event TEXT NOT NULL,                  -- domain::session::Event, or 'people', 'attendance', 'join'
    from_state TEXT NOT NULL,             -- '' when the session begins
    to_state TEXT NOT NULL,
    by_person UUID,
    by_role TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX session_event_of_session ON session_event (session_id, at);

-- An address is made from the secret and the row's key and number: nothing that opens a feed is stored.
CREATE TABLE calendar_feed (
    id UUID PRIMARY KEY,
    setting_id UUID REFERENCES setting (id),
    team_id UUID REFERENCES team (id),
    tour_id UUID REFERENCES tour (id),
    created_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX calendar_feed_of_setting ON calendar_feed (setting_id);
CREATE INDEX calendar_feed_of_team ON calendar_feed (team_id);
