-- SPDX-License-Identifier: Apache-2.0
-- Lists of token bits: indexes of access tokens are leased in blocks, from the first place of a list
-- to its last. A list's number is never used again.

CREATE TABLE index_lists (
    list    INTEGER PRIMARY KEY,
    life    INTEGER NOT NULL, -- milliseconds that its tokens may live
    opened  INTEGER NOT NULL,
    expires INTEGER NOT NULL, -- when its last token has expired, and it is dropped
    leased  INTEGER NOT NULL  -- places, from the first
) STRICT;

CREATE TABLE index_head (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    list INTEGER NOT NULL -- the number of the last one that was opened
) STRICT;

INSERT INTO index_head (one, list) VALUES (1, 0);
