-- The history of health checks: every turn, and a sample a minute.

-- From checked_at until known_until, or until the next row of the same check and source, service_name was in this status.
-- service_name is the check: 'database'. status: healthy, unknown, degraded or down. details is one JSON object.
CREATE TABLE service_health (
    checked_at       INTEGER NOT NULL,
    source_id        INTEGER NOT NULL REFERENCES source,
    service_name     TEXT    NOT NULL,
    status           TEXT    NOT NULL CHECK (status IN ('healthy', 'unknown', 'degraded', 'down')),
    known_until      INTEGER NOT NULL CHECK (known_until BETWEEN checked_at AND checked_at + 14400000000),
    response_time_ns INTEGER NOT NULL,
    message          TEXT,
    details          TEXT    NOT NULL CHECK (json_valid(details)),
    -- Read by health(): the rows of a range, oldest first; by the trimming: the oldest. A row stored twice is there once.
    PRIMARY KEY (checked_at, source_id, service_name)
) WITHOUT ROWID;
