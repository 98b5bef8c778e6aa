-- SPDX-License-Identifier: Apache-2.0
-- Clients: applications that get tokens of their own. A secret is kept as a keyed hash, empty for a
-- public client; lives are seconds, 0 for those of the settings; words are parted by spaces.

CREATE TABLE clients (
    id          text COLLATE "C" PRIMARY KEY,
    name        text COLLATE "C" NOT NULL,
    secret      bytea NOT NULL,
    audience    text COLLATE "C" NOT NULL, -- empty: the server's
    scopes      text COLLATE "C" NOT NULL,
    grants      text COLLATE "C" NOT NULL,
    access_ttl  bigint NOT NULL CHECK (access_ttl >= 0),
    refresh_ttl bigint NOT NULL CHECK (refresh_ttl >= 0),
    session_ttl bigint NOT NULL CHECK (session_ttl >= 0),
    disabled    bigint NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created     bigint NOT NULL
);

-- What the tokens of a session may be good for at most.
ALTER TABLE sessions ADD COLUMN scope text COLLATE "C" NOT NULL DEFAULT '';

CREATE INDEX sessions_by_client ON sessions (client) WHERE ended = 0;
