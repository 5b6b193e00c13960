-- The statements, each under its name. Tables are found by the search_path that every transaction sets.

-- :begin
-- Until the end of the transaction: nothing is left behind on a connection that is a pool's.
SELECT set_config('search_path', ?, true), set_config('statement_timeout', ?, true), set_config('lock_timeout', ?, true),
    set_config('idle_in_transaction_session_timeout', ?, true), set_config('transaction_read_only', ?, true),
    set_config('plan_cache_mode', 'force_custom_plan', true), set_config('TimeZone', 'UTC', true),
-- What is confirmed is given up in the journal. Levels that wait for a standby are the server's own choice.
    set_config('synchronous_commit',
        CASE current_setting('synchronous_commit') WHEN 'off' THEN 'local' ELSE current_setting('synchronous_commit') END, true)

-- :set lock timeout
SELECT set_config('lock_timeout', ?, true)

-- :lock the schema
SELECT pg_advisory_xact_lock(hashtextextended(?, 0))

-- :is there a version
-- By the catalogue: a name is looked up in what the search path was found to be before we waited for the lock.
SELECT count(*) > 0 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ? AND c.relname = 'millisight_schema'

-- :schema version
SELECT COALESCE(MAX(version), 0) FROM millisight_schema

-- :is there a schema
SELECT count(*) > 0 FROM pg_namespace WHERE nspname = ?

-- :create versions
CREATE TABLE millisight_schema (version INT PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())

-- :add version
INSERT INTO millisight_schema (version) VALUES (?)

-- :partitions
SELECT c.relname, pg_total_relation_size(c.oid)
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'api_metrics'::regclass

-- :cursor
SELECT positions FROM journal_cursor WHERE journal_id = ?

-- :cursor and number
SELECT (SELECT positions FROM journal_cursor WHERE journal_id = ?), nextval('request_number')

-- :move cursor
UPDATE journal_cursor SET positions = ?, stored_at = now() WHERE journal_id = ? AND positions = ?

-- :add cursor
INSERT INTO journal_cursor (positions, journal_id) VALUES (?, ?) ON CONFLICT DO NOTHING

-- :add endpoints
-- In one order for all instances, so that no two wait for each other.
INSERT INTO endpoint (method, route, label)
SELECT * FROM unnest(?::text[], ?::text[], ?::text[]) AS added (method, route, label) ORDER BY method, route COLLATE "C"
ON CONFLICT DO NOTHING

-- :endpoint numbers
SELECT e.endpoint_id, asked.at FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS asked (method, route, at)
JOIN endpoint e ON e.method = asked.method AND e.route = asked.route

-- :endpoints
SELECT endpoint_id, method, route FROM endpoint

-- :route of label
SELECT route FROM endpoint WHERE method = ? AND label = ?

-- :add source
-- And what all instances of the service have together.
INSERT INTO source (service, instance) SELECT ?, unnest(ARRAY[?, '']) ON CONFLICT DO NOTHING

-- :source number
SELECT source_id FROM source WHERE service = ? AND instance = ?

-- :copy requests
COPY api_metrics (metric_id, created_at, duration_ns, response_time_ms, status_code, outcome, stream, endpoint, method,
    service, instance, user_id) FROM STDIN WITH (FORMAT binary)

-- :count requests
INSERT INTO request_count (day, source_id, requests) VALUES (?, ?, ?)
ON CONFLICT (day, source_id) DO UPDATE SET requests = request_count.requests + excluded.requests

-- :add pack
INSERT INTO rollup (level, window_start, source_id, data) VALUES (?, ?, ?, ?)

-- :rollups of level
SELECT rollup_id, window_start, data FROM rollup WHERE level = ? AND window_start >= ? AND window_start < ?
AND source_id IN (SELECT source_id FROM source WHERE service = COALESCE(?, service) AND instance = COALESCE(?, instance))

-- :requests
-- Rows of one instant are sorted by number; the index has the instants in order.
SELECT metric_id, created_at, COALESCE(duration_ns, response_time_ms * 1000000::bigint), status_code, outcome, stream, method,
    endpoint, user_id, service, instance,
    ('x' || right(replace(metric_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903 AS number
FROM api_metrics
WHERE created_at >= ? AND created_at < ?
    AND status_code BETWEEN ? AND ?

-- :statuses
SELECT status_code, count(*)
FROM api_metrics
WHERE created_at >= ? AND created_at < ?
    AND status_code BETWEEN ? AND ?

-- :by status
GROUP BY status_code

-- :of duration
-- By the column itself, which statistics are kept of.
    AND (duration_ns BETWEEN ? AND ? OR duration_ns IS NULL AND response_time_ms * 1000000::bigint BETWEEN ? AND ?)

-- :of endpoint
    AND endpoint = ? AND method = ?

-- :of user
    AND user_id = ?

-- :of service
    AND service = ?

-- :of instance
    AND instance = ?

-- :behind
    AND created_at <= ?
    AND (created_at < ? OR ('x' || right(replace(metric_id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903 < ?)

-- :newest first
ORDER BY created_at DESC, number DESC LIMIT ?

-- :status
SELECT (SELECT COALESCE(SUM(requests), 0) FROM request_count),
    (SELECT SUM(pg_total_relation_size(relid)) FROM (
        SELECT inhrelid AS relid FROM pg_inherits WHERE inhparent = 'api_metrics'::regclass
        UNION ALL SELECT to_regclass(name) FROM unnest(ARRAY['endpoint', 'source', 'journal_cursor', 'request_count',
            'rollup', 'service_health', 'instance', 'alert', 'millisight_schema']) AS name) AS ours),
    (SELECT MIN(created_at) FROM api_metrics)

-- :flushed minute
-- Whoever holds the row of a source merges for it; the others find other work.
SELECT r.window_start, r.source_id FROM rollup r JOIN source s USING (source_id)
WHERE r.level = 0 AND r.window_start <= ? ORDER BY r.window_start, r.source_id LIMIT 1 FOR NO KEY UPDATE OF s SKIP LOCKED

-- :take packs
DELETE FROM rollup WHERE rollup_id IN (
    SELECT rollup_id FROM rollup WHERE level = 0 AND window_start = ? AND source_id = ?
    ORDER BY rollup_id LIMIT ? FOR UPDATE SKIP LOCKED)
RETURNING rollup_id, data

-- :lock service
-- The source of all instances of the service that this one belongs to. Whoever adds to it waits for its turn.
SELECT whole.source_id FROM source AS own JOIN source AS whole USING (service)
WHERE own.source_id = ? AND whole.instance = '' FOR NO KEY UPDATE OF whole

-- :merged pack
SELECT rollup_id, data FROM rollup WHERE level = ? AND window_start = ? AND source_id = ? FOR UPDATE

-- :set pack aside
UPDATE rollup SET level = -1 WHERE rollup_id = ?

-- :put pack
INSERT INTO rollup (level, window_start, source_id, data) VALUES (?, ?, ?, ?)
ON CONFLICT (level, window_start, source_id) WHERE level IN (1, 2) DO UPDATE SET data = excluded.data

-- :may trim
SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0))

-- :trim requests
WITH gone AS (
    DELETE FROM api_metrics WHERE (created_at, metric_id) IN (
        SELECT created_at, metric_id FROM api_metrics WHERE created_at < ? ORDER BY created_at LIMIT ? FOR UPDATE SKIP LOCKED)
    RETURNING (created_at AT TIME ZONE 'UTC')::date AS day, service, instance),
less AS (
    UPDATE request_count SET requests = request_count.requests - counted.requests
    FROM (SELECT day, source_id, count(*) AS requests FROM gone JOIN source USING (service, instance)
        GROUP BY day, source_id) AS counted
    WHERE request_count.day = counted.day AND request_count.source_id = counted.source_id)
SELECT count(*) FROM gone

-- :forget days
DELETE FROM request_count WHERE day = ?

-- :trim rollups
DELETE FROM rollup WHERE rollup_id IN (
    SELECT rollup_id FROM rollup WHERE level = ? AND window_start <= ? ORDER BY window_start LIMIT ? FOR UPDATE SKIP LOCKED)

-- :trim health
DELETE FROM service_health WHERE health_id IN (
    SELECT health_id FROM service_health WHERE checked_at < ? ORDER BY checked_at LIMIT ? FOR UPDATE SKIP LOCKED)

-- :vouched
-- The begin of the 60th of the newest minutes that something is stored of, of the oldest when there are fewer. A minute a step,
-- by the indexes.
WITH RECURSIVE flushed AS (
    SELECT MAX(window_start) AS at FROM rollup WHERE level = 0 AND window_start <= ?
    UNION ALL SELECT (SELECT MAX(window_start) FROM rollup WHERE level = 0 AND window_start < at) FROM flushed WHERE at IS NOT NULL),
minute AS (
    SELECT MAX(window_start) AS at FROM rollup WHERE level = 1 AND window_start <= ?
    UNION ALL SELECT (SELECT MAX(window_start) FROM rollup WHERE level = 1 AND window_start < at) FROM minute WHERE at IS NOT NULL),
hour AS (
    SELECT MAX(window_start) AS at FROM rollup WHERE level = 2 AND window_start <= ?
    UNION ALL SELECT (SELECT MAX(window_start) FROM rollup WHERE level = 2 AND window_start < at) FROM hour WHERE at IS NOT NULL),
request AS (
    SELECT date_trunc('minute', MAX(created_at)) AS at FROM api_metrics WHERE created_at <= ?
    UNION ALL SELECT (SELECT date_trunc('minute', MAX(created_at)) FROM api_metrics WHERE created_at < at)
        FROM request WHERE at IS NOT NULL),
health AS (
    SELECT date_trunc('minute', MAX(checked_at)) AS at FROM service_health WHERE checked_at <= ?
    UNION ALL SELECT (SELECT date_trunc('minute', MAX(checked_at)) FROM service_health WHERE checked_at < at)
        FROM health WHERE at IS NOT NULL)
SELECT MIN(at) FROM (
    SELECT at FROM (SELECT at FROM flushed LIMIT 60) AS newest
    UNION SELECT at FROM (SELECT at FROM minute LIMIT 60) AS newest
    UNION SELECT at FROM (SELECT at FROM hour LIMIT 60) AS newest
    UNION SELECT at FROM (SELECT at FROM request LIMIT 60) AS newest
    UNION SELECT at FROM (SELECT at FROM health LIMIT 60) AS newest
    ORDER BY at DESC NULLS LAST LIMIT 60) AS all_kinds

-- :add health
INSERT INTO service_health (health_id, service_name, status, details, checked_at, service, instance, known_until,
    response_time_ns, message, details_text)
VALUES (?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING

-- :health
SELECT service, instance, service_name, status, checked_at, known_until, response_time_ns, message, details_text
FROM service_health
WHERE checked_at >= ? AND checked_at < ? AND known_until > ?
    AND service = COALESCE(?, service) AND instance = COALESCE(?, instance) AND service_name = COALESCE(?, service_name)
ORDER BY checked_at, service, instance, service_name

-- :put instance
INSERT INTO instance (source_id, version, started_at, seen_at, ended, seen, stored, pending, dropped)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT COALESCE(jsonb_object_agg(reason, count), '{}')
    FROM unnest(?::text[], ?::bigint[]) AS dropped (reason, count)))
ON CONFLICT (source_id) DO UPDATE SET version = excluded.version, started_at = excluded.started_at, seen_at = excluded.seen_at,
    ended = excluded.ended, seen = excluded.seen, stored = excluded.stored, pending = excluded.pending, dropped = excluded.dropped

-- :instances
SELECT service, instance, version, started_at, seen_at, ended, seen, stored, pending,
    ARRAY(SELECT key FROM jsonb_each_text(dropped) ORDER BY key),
    ARRAY(SELECT value::bigint FROM jsonb_each_text(dropped) ORDER BY key)
FROM instance JOIN source USING (source_id) ORDER BY service COLLATE "C", source.instance COLLATE "C"

-- :trim instances
DELETE FROM instance WHERE seen_at < ?

-- :lock subject
SELECT pg_advisory_xact_lock(hashtextextended(?, 0))

-- :near alerts
SELECT raised_at, raised_by FROM alert WHERE subject = ? AND raised_at > ? AND raised_at < ?

-- :add alert
INSERT INTO alert (service, instance, subject, raised_at, raised_by, endpoint_id, details, details_text)
VALUES (?, ?, ?, ?, ?, ?, ?::jsonb, ?)

-- :alerts
SELECT service, instance, subject, raised_at, raised_by, method, route, details_text
FROM alert LEFT JOIN endpoint USING (endpoint_id)
WHERE raised_at >= ? AND raised_at < ? AND service = COALESCE(?, service)
    AND (?::text IS NULL OR instance = ?)
ORDER BY raised_at DESC, subject COLLATE "C" LIMIT ?

-- :trim alerts
DELETE FROM alert WHERE alert_id IN (
    SELECT alert_id FROM alert WHERE raised_at < ? ORDER BY raised_at LIMIT ? FOR UPDATE SKIP LOCKED)
