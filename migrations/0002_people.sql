CREATE TABLE person (
    id UUID PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    totp_secret TEXT,                     -- sealed with the secret file's key
    totp_confirmed_at TIMESTAMPTZ,
    totp_last_step BIGINT,                -- the time step last used: a code works once
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);

-- "grant" is reserved in SQL. Exactly one of the scope columns is set.
CREATE TABLE access_grant (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,                   -- domain::access::Role
    authority_code TEXT REFERENCES authority (code),
    provider_id UUID,
    setting_id UUID REFERENCES setting (id),
    trust_code TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX access_grant_of_person ON access_grant (person_id);
CREATE INDEX access_grant_of_setting ON access_grant (setting_id);
CREATE INDEX access_grant_of_provider ON access_grant (provider_id);
CREATE INDEX access_grant_of_authority ON access_grant (authority_code);

-- One-time codes: bound to the browser that asked, ten minutes, single use.
CREATE TABLE sign_in_code (
    id UUID PRIMARY KEY,
    person_id UUID REFERENCES person (id), -- none: the address is unknown, which nobody is told
    address_hash TEXT NOT NULL,           -- of the address typed, known or not: failed codes are counted by it
    browser_hash TEXT NOT NULL UNIQUE,    -- of the token in the asking browser's cookie
    code_hash TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    failures BIGINT NOT NULL,
    used_at TIMESTAMPTZ
);

CREATE TABLE sign_in (
    id UUID PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person_id UUID NOT NULL REFERENCES person (id),
    grant_id UUID REFERENCES access_grant (id), -- none until chosen
    totp_passed BOOLEAN NOT NULL,
    device TEXT NOT NULL,                 -- "Firefox on Android", for the list of sign-ins
    created_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ                  -- signed out or revoked
);
CREATE INDEX sign_in_of_person ON sign_in (person_id);

-- Fixed windows: how often something was tried. Keys are hashed, so that no address stands here.
CREATE TABLE rate_limit (
    key_hash TEXT NOT NULL,
    window_starts TIMESTAMPTZ NOT NULL,
    tries BIGINT NOT NULL,
    PRIMARY KEY (key_hash, window_starts)
);

CREATE TABLE audit (
    id UUID PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    person_id UUID,                       -- none: the command line, or somebody signed out
    grant_id UUID,
    role TEXT NOT NULL,
    authority_code TEXT,
    operation TEXT NOT NULL,
    record_kind TEXT NOT NULL,            -- 'session', 'tour', 'person', …
    record_id TEXT NOT NULL,
    before TEXT NOT NULL,                 -- JSON, personal values redacted; '' when there is none
    after TEXT NOT NULL
);
CREATE INDEX audit_of_record ON audit (record_kind, record_id, at);
CREATE INDEX audit_of_authority ON audit (authority_code, at);

-- Sent in the transaction of what caused it; a background job delivers it with retry.
CREATE TABLE outbox (
    id UUID PRIMARY KEY,
    authority_code TEXT,
    to_address TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,                   -- plain text
    attachment_name TEXT,
    attachment_type TEXT,
    attachment TEXT,
    record_kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    next_attempt_at TIMESTAMPTZ NOT NULL,
    leased_until TIMESTAMPTZ,
    attempts BIGINT NOT NULL,
    sent_at TIMESTAMPTZ,
    failed_at TIMESTAMPTZ,                -- given up
    last_error TEXT NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (next_attempt_at) WHERE sent_at IS NULL AND failed_at IS NULL;

-- A form sent twice does its work once: the key is stored in the transaction of its work.
CREATE TABLE form_post (
    idempotency_key UUID PRIMARY KEY,
    result_id TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL
);
