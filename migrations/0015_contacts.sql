-- People and roles that came with an imported list, so that it can be taken back.

ALTER TABLE person ADD COLUMN import_id UUID;         -- the list that brought them
ALTER TABLE access_grant ADD COLUMN import_id UUID;   -- the list that gave it
CREATE INDEX access_grant_of_import ON access_grant (import_id) WHERE import_id IS NOT NULL;
