-- What records were before an import changed them, so that it can be taken back; kept for as long as it can be.
CREATE TABLE import_before (
    import_id UUID NOT NULL REFERENCES import (id),
    record TEXT NOT NULL,                 -- the table
    changed BIGINT NOT NULL,              -- rows that are others since
    kept TEXT NOT NULL,                   -- JSON, records::before::Stored
    PRIMARY KEY (import_id, record)
);

-- Of rolls (import.kind 'rolls'): the year they are of.
ALTER TABLE import ADD COLUMN academic_year BIGINT;
