-- SPDX-License-Identifier: Apache-2.0
-- Accounts in full: e-mail, what roles permit, one-time codes, where users came from.

ALTER TABLE users ADD COLUMN email text COLLATE "C" NOT NULL DEFAULT '';

-- How often the password was changed. A session begins only if it is what it was when the password
-- was checked. Hashing the same password anew does not count.
ALTER TABLE users ADD COLUMN password_n bigint NOT NULL DEFAULT 0;

-- Which line of an import made the user: a digest of what it said, empty for all others.
ALTER TABLE users ADD COLUMN imported bytea NOT NULL DEFAULT ''::bytea;

CREATE UNIQUE INDEX users_by_email ON users (lower(email)) WHERE email <> '';

CREATE TABLE role_permissions (
    role       text COLLATE "C" NOT NULL REFERENCES roles (name) ON DELETE CASCADE,
    permission text COLLATE "C" NOT NULL,
    PRIMARY KEY (role, permission)
);

-- One-time codes with which a password is set without the old one. A user has one at most.
CREATE TABLE password_resets (
    "user"  bytea PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    digest  bytea NOT NULL UNIQUE CHECK (length(digest) = 32), -- of the code: SHA-256
    expires bigint NOT NULL
);
