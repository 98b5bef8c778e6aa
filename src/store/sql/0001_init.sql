-- SPDX-License-Identifier: Apache-2.0
-- The first schema. Times are milliseconds since 1970, ids are 16 bytes, secrets are sealed.

PRAGMA application_id = 0x4a65746f; -- "Jeto"

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id          BLOB PRIMARY KEY CHECK (length(id) = 16),
    name        TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password    TEXT NOT NULL,
    disabled    INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    must_change INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
    created     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE roles (
    name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE user_roles (
    user BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL REFERENCES roles (name),
    PRIMARY KEY (user, role)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_roles_by_role ON user_roles (role);

CREATE TABLE sessions (
    id           BLOB PRIMARY KEY CHECK (length(id) = 16),
    user         BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client       TEXT NOT NULL,
    sealed_key   BLOB NOT NULL,
    counter      INTEGER NOT NULL DEFAULT 0,
    created      INTEGER NOT NULL,
    rotated      INTEGER NOT NULL,
    idle_expires INTEGER NOT NULL,
    expires      INTEGER NOT NULL,
    ended        INTEGER NOT NULL DEFAULT 0, -- 0: it has not been ended
    ended_n      INTEGER NOT NULL DEFAULT 0, -- the log entry that ended it
    auth_time    INTEGER NOT NULL,
    device       TEXT NOT NULL,
    address      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user) WHERE ended = 0;
CREATE INDEX sessions_by_expires ON sessions (expires);

-- The revocation log, numbered without gaps in commit order: the counter is one row, updated in
-- the transaction that adds the entry, and stays when entries are pruned.
CREATE TABLE log (
    n       INTEGER PRIMARY KEY,
    kind    INTEGER NOT NULL,
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    expires INTEGER NOT NULL
) STRICT;

CREATE INDEX log_by_expires ON log (expires);

CREATE TABLE log_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    n   INTEGER NOT NULL
) STRICT;

INSERT INTO log_head (one, n) VALUES (1, 0);

CREATE TABLE keys (
    kid     TEXT PRIMARY KEY,
    alg     TEXT NOT NULL,
    state   TEXT NOT NULL CHECK (state IN ('next', 'active', 'retiring', 'withdrawn')),
    public  TEXT NOT NULL, -- the public JWK; empty for a secret
    sealed  BLOB NOT NULL, -- the private JWK; empty once destroyed
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
