-- SPDX-License-Identifier: Apache-2.0
-- Networks from which no password may be tried, by order of an operator.

CREATE TABLE bans (
    network TEXT PRIMARY KEY, -- as sys/cidr.h prints it
    why     TEXT NOT NULL,
    until   INTEGER NOT NULL, -- 0: until it is lifted
    made    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
