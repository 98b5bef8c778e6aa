-- SPDX-License-Identifier: Apache-2.0
-- Lists of token bits: indexes of access tokens are leased in blocks, from the first place of a list
-- to its last. A list's number is never used again.

CREATE TABLE index_lists (
    list    bigint PRIMARY KEY,
    life    bigint NOT NULL, -- milliseconds that its tokens may live
    opened  bigint NOT NULL,
    expires bigint NOT NULL, -- when its last token has expired, and it is dropped
    leased  bigint NOT NULL  -- places, from the first
);

CREATE TABLE index_head (
    one  bigint PRIMARY KEY CHECK (one = 1),
    list bigint NOT NULL -- the number of the last one that was opened
);

INSERT INTO index_head (one, list) VALUES (1, 0);
