-- SPDX-License-Identifier: Apache-2.0
-- Many nodes: entries of the log carry proof of who wrote them, and each node says what it has.

-- Of the row, under the cluster key; empty: from before there was one. Such rows get theirs in the
-- transaction that makes the key, and later ones are never taken without.
ALTER TABLE log ADD COLUMN mac bytea NOT NULL DEFAULT ''::bytea;

-- The highest number that was ever pruned: who has read the log up to there or further misses
-- nothing that is gone.
ALTER TABLE log_head ADD COLUMN pruned bigint NOT NULL DEFAULT 0;

UPDATE log_head SET pruned = n; -- what is gone by now, nobody knows

-- Programs that hold a copy of what the log says, each from its start to its end.
CREATE TABLE nodes (
    id      bytea PRIMARY KEY CHECK (length(id) = 16), -- of this one run of the program
    name    text COLLATE "C" NOT NULL,
    kind    text COLLATE "C" NOT NULL CHECK (kind IN ('serve', 'agent')),
    version text COLLATE "C" NOT NULL,
    applied bigint NOT NULL, -- the log, up to this number
    lease   bigint NOT NULL, -- milliseconds
    began   bigint NOT NULL, -- by the database's clock, milliseconds since 1970
    seen    bigint NOT NULL
) WITH (fillfactor = 50);
