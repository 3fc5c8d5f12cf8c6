-- Responses that came typed into a workbook, and the upload that brought them: only for as long as it can be taken back.
ALTER TABLE response ADD COLUMN import_id UUID;
CREATE INDEX response_of_import ON response (import_id) WHERE import_id IS NOT NULL;

-- Answers that an upload changed, as they were before it; for as long as it can be taken back.
CREATE TABLE import_answer (
    import_id UUID NOT NULL REFERENCES import (id),
    response_id UUID NOT NULL REFERENCES response (id),
    question TEXT NOT NULL,
    before BIGINT,                        -- none: left blank on the form
    PRIMARY KEY (import_id, response_id, question)
);
CREATE INDEX import_answer_of_response ON import_answer (response_id);

-- Who counted, as it is written on an attendance sheet that was filled in without signal; '' where nobody is named.
ALTER TABLE attending_group ADD COLUMN counted_by TEXT NOT NULL DEFAULT '';
