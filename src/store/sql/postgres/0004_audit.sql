-- SPDX-License-Identifier: Apache-2.0
-- The audit log: who did what, when and from where. Each row's mac covers the row and the mac of
-- the one before; the head's seal covers the last, so that cutting the end off shows as well.

CREATE TABLE audit (
    n       bigint PRIMARY KEY,
    time    bigint NOT NULL,           -- milliseconds since 1970
    actor   text COLLATE "C" NOT NULL, -- the id of a user, or "operator"; empty: nobody was known
    action  text COLLATE "C" NOT NULL,
    target  bytea NOT NULL, -- texts as they came, which may be any bytes:
    detail  bytea NOT NULL, -- convert_from(target, 'UTF8') where they are texts
    address text COLLATE "C" NOT NULL,
    request text COLLATE "C" NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    mac     bytea NOT NULL
);

CREATE TABLE audit_head (
    one  bigint PRIMARY KEY CHECK (one = 1),
    n    bigint NOT NULL,
    mac  bytea NOT NULL,
    seal bytea NOT NULL
) WITH (fillfactor = 10);

INSERT INTO audit_head (one, n, mac, seal)
VALUES (1, 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'));
