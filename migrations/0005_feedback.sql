-- Answers carry no identity, address or cookie: a random key and a date without time, so that nobody is singled out.
CREATE TABLE response (
    id UUID PRIMARY KEY,                  -- random, version 4
    session_id UUID NOT NULL REFERENCES session (id),
    respondent TEXT NOT NULL,             -- domain::feedback::Respondent
    moment TEXT NOT NULL,                 -- domain::feedback::Moment
    questionnaire_version BIGINT NOT NULL,
    on_date DATE NOT NULL
);
CREATE INDEX response_of_session ON response (session_id, respondent);

CREATE TABLE answer (
    response_id UUID NOT NULL REFERENCES response (id),
    question TEXT NOT NULL,
    choice BIGINT NOT NULL,
    PRIMARY KEY (response_id, question)
);
