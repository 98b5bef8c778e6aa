-- SPDX-License-Identifier: Apache-2.0
-- Many nodes: entries of the log carry proof of who wrote them, and each node says what it has.

-- Of the row, under the cluster key; empty: from before there was one. Such rows get theirs in the
-- transaction that makes the key, and later ones are never taken without.
ALTER TABLE log ADD COLUMN mac BLOB NOT NULL DEFAULT x'';

-- The highest number that was ever pruned: who has read the log up to there or further misses
-- nothing that is gone.
ALTER TABLE log_head ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0;

UPDATE log_head SET pruned = n; -- what is gone by now, nobody knows

-- Programs that hold a copy of what the log says, each from its start to its end.
CREATE TABLE nodes (
    id      BLOB PRIMARY KEY CHECK (length(id) = 16), -- of this one run of the program
    name    TEXT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('serve', 'agent')),
    version TEXT NOT NULL,
    applied INTEGER NOT NULL, -- the log, up to this number
    lease   INTEGER NOT NULL, -- milliseconds
    began   INTEGER NOT NULL, -- by the database's clock, milliseconds since 1970
    seen    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
