-- Offers: until when the school may answer, and what the offer came from.
ALTER TABLE session ADD COLUMN offered_until TIMESTAMPTZ;
ALTER TABLE session ADD COLUMN request_id UUID;   -- the request it serves
ALTER TABLE session ADD COLUMN waiting_id UUID;   -- the place on the waiting list it was offered to
CREATE INDEX session_offered ON session (offered_until) WHERE state = 'offered';
CREATE INDEX session_reserved_by ON session (reserved_by) WHERE state = 'reserved';

-- A school that waits for a slot of a tour.
CREATE TABLE waiting (
    id UUID PRIMARY KEY,
    authority_code TEXT NOT NULL REFERENCES authority (code),
    tour_id UUID NOT NULL REFERENCES tour (id),
    setting_id UUID NOT NULL REFERENCES setting (id),
    state TEXT NOT NULL,                  -- domain::waiting::WaitingState
    part_of_day TEXT NOT NULL,            -- domain::waiting::PartOfDay
    has TEXT NOT NULL,                    -- what the school has of a programme's needs, comma-separated
    room_for_others BOOLEAN NOT NULL,
    access_needs TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    contact_telephone TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    asked_by_name TEXT NOT NULL,          -- who asked, when somebody put the school on the list
    asked_how TEXT NOT NULL,              -- domain::tour::AskedBy, or ''
    by_person UUID,
    joined_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
-- A school waits once for a tour.
CREATE UNIQUE INDEX waiting_once ON waiting (tour_id, setting_id) WHERE state IN ('waiting', 'offered');
CREATE INDEX waiting_of_setting ON waiting (setting_id);

CREATE TABLE waiting_group (
    waiting_id UUID NOT NULL REFERENCES waiting (id),
    number BIGINT NOT NULL,
    year_groups BIGINT NOT NULL,          -- mask; 0: not followed
    label TEXT NOT NULL,
    expected BIGINT NOT NULL,
    expected_send BIGINT,
    PRIMARY KEY (waiting_id, number)
);

-- Days on which the school cannot.
CREATE TABLE waiting_date (
    waiting_id UUID NOT NULL REFERENCES waiting (id),
    on_date DATE NOT NULL,
    PRIMARY KEY (waiting_id, on_date)
);

-- Slots that do not suit it: free when it began to wait, or declined, or left unanswered.
CREATE TABLE waiting_passed (
    waiting_id UUID NOT NULL REFERENCES waiting (id),
    team_id UUID NOT NULL,
    on_date DATE NOT NULL,
    slot BIGINT NOT NULL,
    PRIMARY KEY (waiting_id, team_id, on_date, slot)
);

-- A reminder is sent once for a session and its day: a session that moves is reminded of anew.
CREATE TABLE reminder (
    session_id UUID NOT NULL REFERENCES session (id),
    kind TEXT NOT NULL,                   -- domain::reminder::Reminder
    on_date DATE NOT NULL,
    sent_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (session_id, kind, on_date)
);

-- One mail a day, for those who choose it: what waits for it stands in the outbox with the person's key.
ALTER TABLE person ADD COLUMN daily_digest BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE outbox ADD COLUMN digest_of UUID;
CREATE INDEX outbox_digest ON outbox (digest_of) WHERE digest_of IS NOT NULL;
