-- SPDX-License-Identifier: Apache-2.0
-- The audit log: who did what, when and from where. Each row's mac covers the row and the mac of
-- the one before; the head's seal covers the last, so that cutting the end off shows as well.

CREATE TABLE audit (
    n       INTEGER PRIMARY KEY,
    time    INTEGER NOT NULL, -- milliseconds since 1970
    actor   TEXT NOT NULL,    -- the id of a user, or "operator"; empty: nobody was known
    action  TEXT NOT NULL,
    target  TEXT NOT NULL,
    detail  TEXT NOT NULL,
    address TEXT NOT NULL,
    request TEXT NOT NULL,
    outcome TEXT NOT NULL,
    mac     BLOB NOT NULL
) STRICT;

CREATE TABLE audit_head (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    n    INTEGER NOT NULL,
    mac  BLOB NOT NULL,
    seal BLOB NOT NULL
) STRICT;

INSERT INTO audit_head (one, n, mac, seal) VALUES (1, 0, zeroblob(32), zeroblob(32));
