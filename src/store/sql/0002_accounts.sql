-- SPDX-License-Identifier: Apache-2.0
-- Accounts in full: e-mail, what roles permit, one-time codes, where users came from.

ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '';

-- How often the password was changed. A session begins only if it is what it was when the password
-- was checked. Hashing the same password anew does not count.
ALTER TABLE users ADD COLUMN password_n INTEGER NOT NULL DEFAULT 0;

-- Which line of an import made the user: a digest of what it said, empty for all others.
ALTER TABLE users ADD COLUMN imported BLOB NOT NULL DEFAULT x'';

CREATE UNIQUE INDEX users_by_email ON users (email COLLATE NOCASE) WHERE email <> '';

CREATE TABLE role_permissions (
    role       TEXT NOT NULL REFERENCES roles (name) ON DELETE CASCADE,
    permission TEXT NOT NULL,
    PRIMARY KEY (role, permission)
) STRICT, WITHOUT ROWID;

-- One-time codes with which a password is set without the old one. A user has one at most.
CREATE TABLE password_resets (
    user    BLOB PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    digest  BLOB NOT NULL UNIQUE CHECK (length(digest) = 32), -- of the code: SHA-256
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
