-- SPDX-License-Identifier: Apache-2.0
-- The life of a signing key, whose secret it is, and which algorithm a client's tokens have.

ALTER TABLE keys ADD COLUMN client text COLLATE "C" NOT NULL DEFAULT ''; -- of a secret: the one it is good for
ALTER TABLE keys ADD COLUMN since  bigint NOT NULL DEFAULT 0; -- when it got its state
ALTER TABLE keys ADD COLUMN ready  bigint NOT NULL DEFAULT 0; -- when it may sign at the earliest
ALTER TABLE keys ADD COLUMN until  bigint NOT NULL DEFAULT 0; -- when it loses its state; 0: not set

UPDATE keys SET since = created;

ALTER TABLE clients ADD COLUMN alg text COLLATE "C" NOT NULL DEFAULT ''; -- empty: the server's
