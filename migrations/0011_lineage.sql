-- The links of the school list that say which school came from which, as far as they lead to an authority's schools.
CREATE TABLE school_link (
    id UUID PRIMARY KEY,
    authority_code TEXT NOT NULL REFERENCES authority (code),
    urn BIGINT NOT NULL,
    other_urn BIGINT NOT NULL,
    other_name TEXT NOT NULL,
    kind TEXT NOT NULL,                   -- domain::lineage::LinkType
    since DATE,
    UNIQUE (authority_code, urn, other_urn, kind)
);

-- Who carries on the history of a school that is not open any more: computed when a list or links are imported, and
-- when a person decides about a split. No row: nobody, or it is not decided.
CREATE TABLE lineage (
    setting_id UUID PRIMARY KEY REFERENCES setting (id),
    current_id UUID NOT NULL REFERENCES setting (id),
    way TEXT NOT NULL                     -- 'whole' or 'merged'
);
CREATE INDEX lineage_of_current ON lineage (current_id);

-- What a person said about a school that was split.
CREATE TABLE split_decision (
    authority_code TEXT NOT NULL REFERENCES authority (code),
    urn BIGINT NOT NULL,                  -- of the school that was split, which need not be in the records
    carrier_urn BIGINT,                   -- who carries its history; none: nobody
    by_person UUID,
    decided_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (authority_code, urn)
);

-- A links table comes with a list, or by itself (kind 'links').
ALTER TABLE import ADD COLUMN links_name TEXT;
ALTER TABLE import ADD COLUMN links_body BYTEA;
ALTER TABLE import ADD COLUMN release TEXT;   -- JSON: what became of schools, records::imports::Release
