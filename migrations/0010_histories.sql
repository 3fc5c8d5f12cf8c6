-- Imports of older records of sessions (import.kind 'history'): 'previewed' until somebody says yes, then 'applied', and
-- 'undone' if it was taken back.
ALTER TABLE import ADD COLUMN undone_at TIMESTAMPTZ;
ALTER TABLE import ADD COLUMN undone_by UUID;

-- What people said of a file, answer by answer: an import that is interrupted goes on where it was.
CREATE TABLE import_choice (
    import_id UUID NOT NULL REFERENCES import (id),
    about TEXT NOT NULL,                  -- records::histories::About
    place TEXT NOT NULL,                  -- the sheet, cell, row, topic or name it is about
    value TEXT NOT NULL,
    PRIMARY KEY (import_id, about, place)
);

-- What people call a school, as somebody decided on applying an import: the latest line of a text counts.
CREATE TABLE school_alias (
    id UUID PRIMARY KEY,
    authority_code TEXT NOT NULL REFERENCES authority (code),
    text_key TEXT NOT NULL,               -- intake::matching::text_key
    text TEXT NOT NULL,                   -- as it was typed
    setting_id UUID REFERENCES setting (id),   -- none: no school
    import_id UUID NOT NULL,
    by_person UUID,
    decided_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX school_alias_of_authority ON school_alias (authority_code, text_key, decided_at);

-- What the columns of files of one shape hold, where a person corrected it: the latest line of a shape counts.
CREATE TABLE import_shape (
    id UUID PRIMARY KEY,
    authority_code TEXT NOT NULL REFERENCES authority (code),
    shape TEXT NOT NULL,                  -- the headings, intake::history::Table::shape
    columns TEXT NOT NULL,                -- JSON: [[letters, role or null]]
    import_id UUID NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX import_shape_of_authority ON import_shape (authority_code, decided_at);

-- A tour that an import made for the sessions it took over.
ALTER TABLE tour ADD COLUMN import_id UUID;
CREATE INDEX session_of_import ON session (import_id) WHERE import_id IS NOT NULL;
CREATE INDEX visit_of_import ON visit (import_id) WHERE import_id IS NOT NULL;
