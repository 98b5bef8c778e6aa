-- SPDX-License-Identifier: Apache-2.0
-- A new key signs when every node that may accept tokens has it.

-- The number in the log of the notice that told the nodes of the key; 0: all of them have it.
ALTER TABLE keys ADD COLUMN announced INTEGER NOT NULL DEFAULT 0;

-- The number of the last notice about keys: who has not got that far does not have them all.
ALTER TABLE log_head ADD COLUMN keys INTEGER NOT NULL DEFAULT 0;

UPDATE log_head SET keys = n; -- which it was, nobody has kept
