-- SPDX-License-Identifier: Apache-2.0
-- The first schema, as that of SQLite. Numbers are bigint, flags 0 or 1; texts are compared byte by
-- byte, names of users without the case of ASCII letters: lower() folds no others in the collation "C".

COMMENT ON TABLE migrations IS 'of jeton';

CREATE TABLE meta (
    name  text COLLATE "C" PRIMARY KEY,
    value text COLLATE "C" NOT NULL
);

CREATE TABLE users (
    id          bytea PRIMARY KEY CHECK (length(id) = 16),
    name        text COLLATE "C" NOT NULL,
    password    text COLLATE "C" NOT NULL,
    disabled    bigint NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    must_change bigint NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
    created     bigint NOT NULL
);

CREATE UNIQUE INDEX users_by_name ON users (lower(name));

CREATE TABLE roles (
    name text COLLATE "C" PRIMARY KEY
);

CREATE TABLE user_roles (
    "user" bytea NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role   text COLLATE "C" NOT NULL REFERENCES roles (name),
    PRIMARY KEY ("user", role)
);

CREATE INDEX user_roles_by_role ON user_roles (role);

-- Room in the pages, so that a refresh changes a row in place and no index.
CREATE TABLE sessions (
    id           bytea PRIMARY KEY CHECK (length(id) = 16),
    "user"       bytea NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client       text COLLATE "C" NOT NULL,
    sealed_key   bytea NOT NULL,
    counter      bigint NOT NULL DEFAULT 0,
    created      bigint NOT NULL,
    rotated      bigint NOT NULL,
    idle_expires bigint NOT NULL,
    expires      bigint NOT NULL,
    ended        bigint NOT NULL DEFAULT 0, -- 0: it has not been ended
    ended_n      bigint NOT NULL DEFAULT 0, -- the log entry that ended it
    auth_time    bigint NOT NULL,
    device       text COLLATE "C" NOT NULL,
    address      text COLLATE "C" NOT NULL
) WITH (fillfactor = 80);

CREATE INDEX sessions_by_user ON sessions ("user") WHERE ended = 0;
CREATE INDEX sessions_by_user_ended ON sessions ("user"); -- for removing a user
CREATE INDEX sessions_by_expires ON sessions (expires);

-- The revocation log, numbered without gaps in commit order: the counter is one row, locked and
-- updated in the transaction that adds the entry, and stays when entries are pruned.
CREATE TABLE log (
    n       bigint PRIMARY KEY,
    kind    bigint NOT NULL,
    subject bytea NOT NULL CHECK (length(subject) = 16),
    expires bigint NOT NULL
);

CREATE INDEX log_by_expires ON log (expires);

CREATE TABLE log_head (
    one bigint PRIMARY KEY CHECK (one = 1),
    n   bigint NOT NULL
) WITH (fillfactor = 10);

INSERT INTO log_head (one, n) VALUES (1, 0);

CREATE TABLE keys (
    kid     text COLLATE "C" PRIMARY KEY,
    alg     text COLLATE "C" NOT NULL,
    state   text COLLATE "C" NOT NULL CHECK (state IN ('next', 'active', 'retiring', 'withdrawn')),
    public  text COLLATE "C" NOT NULL, -- the public JWK; empty for a secret
    sealed  bytea NOT NULL,            -- the private JWK; empty once destroyed
    created bigint NOT NULL
);
