-- SPDX-License-Identifier: Apache-2.0
-- Clients: applications that get tokens of their own. A secret is kept as a keyed hash, empty for a
-- public client; lives are seconds, 0 for those of the settings; words are parted by spaces.

CREATE TABLE clients (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    secret      BLOB NOT NULL,
    audience    TEXT NOT NULL, -- empty: the server's
    scopes      TEXT NOT NULL,
    grants      TEXT NOT NULL,
    access_ttl  INTEGER NOT NULL CHECK (access_ttl >= 0),
    refresh_ttl INTEGER NOT NULL CHECK (refresh_ttl >= 0),
    session_ttl INTEGER NOT NULL CHECK (session_ttl >= 0),
    disabled    INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the tokens of a session may be good for at most.
ALTER TABLE sessions ADD COLUMN scope TEXT NOT NULL DEFAULT '';

CREATE INDEX sessions_by_client ON sessions (client) WHERE ended = 0;
