-- SPDX-License-Identifier: Apache-2.0
-- Networks from which no password may be tried, by order of an operator.

CREATE TABLE bans (
    network text COLLATE "C" PRIMARY KEY, -- as sys/cidr.h prints it
    why     text COLLATE "C" NOT NULL,
    until   bigint NOT NULL, -- 0: until it is lifted
    made    bigint NOT NULL
);
