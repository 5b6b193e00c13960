-- Who is alive, and what was raised.

-- The last sign of life of a source. dropped is a JSON object: requests by the reason why they were not kept.
CREATE TABLE instance (
    -- Read by addInstance(): the row that a later sign replaces.
    source_id  INTEGER PRIMARY KEY REFERENCES source,
    version    TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    ended      INTEGER NOT NULL CHECK (ended IN (0, 1)),
    seen       INTEGER NOT NULL,
    stored     INTEGER NOT NULL,
    pending    INTEGER NOT NULL,
    dropped    TEXT    NOT NULL CHECK (json_valid(dropped))
);

-- An alert about a service, or about one instance of it. subject: what it is about, in one text; raised_by: the instance
-- that raised it. details is one JSON object.
CREATE TABLE alert (
    service     TEXT    NOT NULL,
    instance    TEXT,
    subject     TEXT    NOT NULL,
    raised_at   INTEGER NOT NULL,
    raised_by   TEXT    NOT NULL,
    endpoint_id INTEGER REFERENCES endpoint,
    details     TEXT    NOT NULL CHECK (json_valid(details)),
    -- Read by addAlert(): what was raised of a subject shortly before or after. One row a subject and instant.
    PRIMARY KEY (subject, raised_at)
) WITHOUT ROWID;

-- Read by alerts(): the newest of a range; by the trimming: the oldest.
CREATE INDEX alert_by_time ON alert (raised_at);
