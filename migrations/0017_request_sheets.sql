-- The last offer that a request's school said no to stands beside the request.
CREATE INDEX session_declined ON session (request_id) WHERE state = 'declined';

-- What a sheet of requests (import.kind 'requests') made or changed, so that it can be taken back. Kept as long as that.
CREATE TABLE request_import (
    import_id UUID NOT NULL REFERENCES import (id),
    request_id UUID NOT NULL,
    before TEXT,                          -- JSON: records::requests::Kept; none: the sheet made it
    version BIGINT NOT NULL,              -- the request's when the sheet was taken in: another has changed since
    PRIMARY KEY (import_id, request_id)
);
