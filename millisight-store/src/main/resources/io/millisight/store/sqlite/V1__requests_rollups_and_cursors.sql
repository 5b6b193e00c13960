-- Requests as blocks, rollups as packs, journal cursors. docs/format/sqlite.md explains the levels.

-- A method and a route template. Blocks and packs name endpoints by this number, so a row never changes.
CREATE TABLE endpoint (
    endpoint_id INTEGER PRIMARY KEY,
    method      TEXT NOT NULL,
    route       TEXT NOT NULL,
    -- Read by commit(): the number of an endpoint that this process meets for the first time.
    UNIQUE (method, route)
);

-- Who observed: one instance of one service.
CREATE TABLE source (
    source_id INTEGER PRIMARY KEY,
    service   TEXT NOT NULL,
    instance  TEXT NOT NULL,
    -- Read by commit(): the number of a source that this process meets for the first time.
    UNIQUE (service, instance)
);

-- How far a journal has been stored: one slot position per lane.
CREATE TABLE journal_cursor (
    journal_id TEXT    NOT NULL,
    lane       INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    -- Read by cursor() and by the guard of commit(): all lanes of a journal.
    PRIMARY KEY (journal_id, lane)
) WITHOUT ROWID;

-- The number of the next request. A row of its own: numbers are never used twice, also when all requests are trimmed.
CREATE TABLE request_sequence (
    only          INTEGER PRIMARY KEY CHECK (only = 1),
    next_sequence INTEGER NOT NULL
);
INSERT INTO request_sequence VALUES (1, 1);

-- Requests first_sequence to first_sequence + requests - 1, column by column (docs/format/requests.md).
-- level: 0 as it was flushed, 1 merged for its minute, 2 merged for its hour, -1 unreadable and left alone.
-- data stands last, so that the other columns are read without touching the pages it overflows to.
CREATE TABLE request_block (
    first_sequence INTEGER PRIMARY KEY,
    source_id      INTEGER NOT NULL REFERENCES source,
    requests       INTEGER NOT NULL,
    first_at       INTEGER NOT NULL,
    last_at        INTEGER NOT NULL,
    level          INTEGER NOT NULL,
    bytes          INTEGER NOT NULL,
    data           BLOB    NOT NULL
);

-- Read by requests(): blocks from the newest on; by the trimming by age: the oldest; by status() and the trimming by
-- size: sums, without reading the table.
CREATE INDEX request_block_by_time ON request_block (last_at, first_at, requests, bytes);

-- Read by the merging: small blocks of one level in the order of their numbers.
CREATE INDEX request_block_to_merge ON request_block (level, first_sequence) WHERE level IN (0, 1);

-- One window's rollups of all its endpoints (docs/format/rollups.md).
-- level: 0 what a flush added to a minute, 1 a minute, 2 an hour, -1 unreadable and left alone.
-- A flush's rollup is either at level 0 or in both its minute (1) and its hour (2), never elsewhere.
CREATE TABLE rollup (
    rollup_id    INTEGER PRIMARY KEY,
    level        INTEGER NOT NULL,
    window_start INTEGER NOT NULL,
    source_id    INTEGER NOT NULL REFERENCES source,
    data         BLOB    NOT NULL
);

-- Read by rollups(): the windows of a range at a level; by the merging: a minute's flushes of one source, oldest minute
-- first; by the trimming: the oldest windows of a level.
CREATE INDEX rollup_by_window ON rollup (level, window_start, source_id);

-- Not read: a minute and an hour have one pack a source, whatever goes wrong.
CREATE UNIQUE INDEX rollup_is_merged_once ON rollup (level, window_start, source_id) WHERE level IN (1, 2);
