-- Bank holidays where they differ from the rule in domain::calendar, as an authority confirmed them.
CREATE TABLE bank_holiday (
    authority_code TEXT NOT NULL REFERENCES authority (code),
    on_date DATE NOT NULL,
    name TEXT NOT NULL,
    is_holiday BOOLEAN NOT NULL,          -- false: the rule has this day, and it is none
    PRIMARY KEY (authority_code, on_date)
);

-- Terms of a school or a trust that stand in place of the authority's for a whole academic year. One of the two is set.
CREATE TABLE own_term (
    id UUID PRIMARY KEY,
    setting_id UUID REFERENCES setting (id),
    trust_code TEXT,
    academic_year BIGINT NOT NULL,
    name TEXT NOT NULL,
    starts DATE NOT NULL,
    ends DATE NOT NULL
);
CREATE INDEX own_term_of_setting ON own_term (setting_id, academic_year);
CREATE INDEX own_term_of_trust ON own_term (trust_code, academic_year);

-- Days on which a school takes no visits, whole or for some of its year groups.
CREATE TABLE school_date (
    id UUID PRIMARY KEY,
    setting_id UUID NOT NULL REFERENCES setting (id),
    kind TEXT NOT NULL,                   -- domain::availability::DateKind
    starts DATE NOT NULL,
    ends DATE NOT NULL,
    year_groups BIGINT NOT NULL,          -- mask; 0: every year group
    note TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX school_date_of_setting ON school_date (setting_id, starts);

-- A school's ordinary week.
CREATE TABLE school_week (
    setting_id UUID PRIMARY KEY REFERENCES setting (id),
    closed_days BIGINT NOT NULL,          -- mask: bit 0 is Monday; of week A where weeks alternate
    closed_days_b BIGINT NOT NULL,        -- of week B
    week_a_from DATE,                     -- a Monday on which a week A begins; none: every week is the same
    version BIGINT NOT NULL
);

-- When the hall is free. A weekday without a row is free all day.
CREATE TABLE hall_window (
    setting_id UUID NOT NULL REFERENCES setting (id),
    weekday BIGINT NOT NULL,              -- 0 is Monday
    starts_minute BIGINT NOT NULL,
    ends_minute BIGINT NOT NULL,
    PRIMARY KEY (setting_id, weekday, starts_minute)
);

ALTER TABLE team ADD COLUMN earliest_start_minute BIGINT NOT NULL DEFAULT 450;
ALTER TABLE team ADD COLUMN latest_home_minute BIGINT NOT NULL DEFAULT 1080;
ALTER TABLE team ADD COLUMN get_in_minutes BIGINT NOT NULL DEFAULT 30;
ALTER TABLE team ADD COLUMN get_out_minutes BIGINT NOT NULL DEFAULT 30;
ALTER TABLE team ADD COLUMN turnaround_minutes BIGINT NOT NULL DEFAULT 15;
ALTER TABLE team ADD COLUMN most_sessions BIGINT;         -- a day; none: as many as there are slots

CREATE TABLE team_leave (
    id UUID PRIMARY KEY,
    team_id UUID NOT NULL REFERENCES team (id),
    starts DATE NOT NULL,
    ends DATE NOT NULL,
    note TEXT NOT NULL,                   -- for the provider and the council; schools are not told
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX team_leave_of_team ON team_leave (team_id, starts);

-- Who is in a team on a day, for the visits there are and those still to be booked.
CREATE TABLE team_day (
    team_id UUID NOT NULL REFERENCES team (id),
    on_date DATE NOT NULL,
    people TEXT NOT NULL,                 -- one a line
    version BIGINT NOT NULL,
    PRIMARY KEY (team_id, on_date)
);

-- Whose calendar had a session and has it no longer: their feed says so. One of the two is set.
CREATE TABLE left_calendar (
    id UUID PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES session (id),
    setting_id UUID REFERENCES setting (id),
    team_id UUID REFERENCES team (id),
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX left_calendar_of_setting ON left_calendar (setting_id);
CREATE INDEX left_calendar_of_team ON left_calendar (team_id);

CREATE INDEX calendar_feed_of_tour ON calendar_feed (tour_id);
CREATE INDEX session_of_team ON session (team_id, on_date);

-- A feed that a council gave shows its own sessions only: a team serves several councils.
ALTER TABLE calendar_feed ADD COLUMN authority_code TEXT;
