-- A plan: which requests of which tours are served, by which team, when. Until it is published there are no sessions.
CREATE TABLE plan (
    id UUID PRIMARY KEY,
    authority_code TEXT NOT NULL REFERENCES authority (code),
    name TEXT NOT NULL,
    state TEXT NOT NULL,                  -- domain::plan::PlanState
    from_date DATE NOT NULL,              -- nothing is planned before
    by_openings BOOLEAN NOT NULL,         -- only the tours' openings are used; else every slot of a working day
    seconds BIGINT NOT NULL,              -- how long planning may take
    asked_at TIMESTAMPTZ NOT NULL,        -- when planning was asked for: who asks first is planned first
    leased_until TIMESTAMPTZ,             -- a server plans it, and says so again until then; none: it waits
    stop BOOLEAN NOT NULL,                -- the best so far is to be taken
    interrupted BOOLEAN NOT NULL,         -- planning ended without a result
    faults TEXT NOT NULL,                 -- JSON list: what could not be planned with, a sentence each
    score BIGINT,                         -- points; while it is planned, of the best plan so far
    bound BIGINT,                         -- no plan scores more; none: not proved
    placed BIGINT NOT NULL,
    travel_min BIGINT NOT NULL,
    elapsed_ms BIGINT NOT NULL,
    by_person UUID,
    changed_by UUID,                      -- who changed the board last
    created_at TIMESTAMPTZ NOT NULL,
    published_at TIMESTAMPTZ,
    version BIGINT NOT NULL
);
CREATE INDEX plan_of_authority ON plan (authority_code, created_at);
CREATE INDEX plan_at_work ON plan (asked_at) WHERE state = 'planning';

CREATE TABLE plan_tour (
    plan_id UUID NOT NULL REFERENCES plan (id),
    tour_id UUID NOT NULL REFERENCES tour (id),
    PRIMARY KEY (plan_id, tour_id)
);
CREATE INDEX plan_tour_of_tour ON plan_tour (tour_id);

-- What a plan has to place: a request or a part of one, a gap school that has not asked, or a visit that is booked.
CREATE TABLE plan_request (
    id UUID PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plan (id),
    tour_id UUID NOT NULL REFERENCES tour (id),
    setting_id UUID NOT NULL REFERENCES setting (id),
    request_id UUID REFERENCES request (id),
    visit_id UUID REFERENCES visit (id),  -- the visit there is; of a cancelled one, what it is taken from
    part BIGINT NOT NULL,                 -- of a request that needs more sessions than a day has slots, from 1
    parts BIGINT NOT NULL,
    sessions BIGINT NOT NULL,             -- all on one day, by one team
    attending TEXT NOT NULL,              -- JSON: for each session its groups
    value BIGINT NOT NULL,                -- points, domain::need
    fixed BOOLEAN NOT NULL,               -- booked, and not released: it stays where it is
    current_team_id UUID REFERENCES team (id),
    current_date_on DATE,                 -- where the booked visit stands
    current_slots TEXT NOT NULL,          -- numbers with commas between
    team_id UUID REFERENCES team (id),    -- where it is placed; none: it is not
    on_date DATE,
    slots TEXT NOT NULL,
    pinned BOOLEAN NOT NULL,              -- planning again leaves it where it is
    reasons TEXT NOT NULL,                -- JSON list: why it is not placed
    outcome TEXT NOT NULL,                -- domain::plan::Outcome, or '' before it is published
    version BIGINT NOT NULL
);
CREATE INDEX plan_request_of_plan ON plan_request (plan_id, on_date);
CREATE INDEX plan_request_of_request ON plan_request (request_id);

-- The outlines that a map shows beneath a day's route.
CREATE TABLE area_outline (
    authority_code TEXT NOT NULL REFERENCES authority (code),
    name TEXT NOT NULL,                   -- the ward's
    points TEXT NOT NULL,                 -- JSON: [[easting, northing], …], OSGB36 metres
    PRIMARY KEY (authority_code, name)
);
