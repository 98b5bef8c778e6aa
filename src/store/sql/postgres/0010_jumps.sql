-- SPDX-License-Identifier: Apache-2.0
-- Where the numbers of the log jump: a database server that was started anew, or took over from
-- another, may have lost the last of them, and none may be given twice.

-- The server that has given the last number, as it is known by; 0: not known, as in a file, which
-- has none.
ALTER TABLE log_head ADD COLUMN server bigint NOT NULL DEFAULT 0;

-- The head before numbers were taken for the last time.
ALTER TABLE log_head ADD COLUMN was bigint NOT NULL DEFAULT 0;
