-- Accounts, their devices, sessions and wrapped keys.

create table users (
  user_id uuid primary key,                        -- made by the client for a sealed account, else by the server
  email text not null unique,                      -- trimmed, NFC, lower case
  kind text not null check (kind in ('plain', 'sealed')),
  secret_hash text not null,                       -- Argon2id of what the wire calls password
  auth_suite smallint,                             -- sealed accounts: how the client derives the secret
  kdf_seed bytea,
  recovery_hash text,                              -- Argon2id of the secret derived from the recovery key
  encryption_salt text,                            -- the desktop client's salt; set once
  keys_version integer not null default 0,         -- newest set in account_keys, 0: none
  key_epoch bigint not null default 0,             -- envelopes below it are refused
  incarnation uuid not null default gen_random_uuid(),  -- an account erased and made anew with its id has another
  created_at timestamptz not null default clock_timestamp(),
  disabled_at timestamptz,
  erasing_since timestamptz,                       -- erasure has begun; it is ended by whoever finds it
  check (erasing_since is null or disabled_at is not null),
  check (kind = 'plain' or (auth_suite is not null and kdf_seed is not null and recovery_hash is not null))
);
create index users_erasing on users (user_id) where erasing_since is not null;
comment on table users is 'An account: a login and what its clients need to unlock their keys';

create table devices (
  user_id uuid not null references users on delete cascade,
  device_id uuid not null,                         -- made by the client, one for each installation
  id uuid not null default gen_random_uuid(),
  device_name text,
  platform text not null default 'other',
  created_at timestamptz not null default clock_timestamp(),
  last_seen_at timestamptz,                        -- written in bulk, up to a minute late
  last_sync_at timestamptz,
  revoked_at timestamptz,
  primary key (user_id, device_id)
);

create table refresh_tokens (
  user_id uuid not null references users on delete cascade,
  family_id uuid not null,                         -- a session: all tokens that came from one login
  token_hash bytea not null,                       -- SHA-256 of the token
  device_id uuid not null,
  issued_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  consumed_at timestamptz,                         -- when its successor was issued
  primary key (user_id, family_id, token_hash),
  foreign key (user_id, device_id) references devices on delete cascade
);
comment on table refresh_tokens is 'A session lives while it has a row here; ending a session deletes its rows';
create unique index refresh_tokens_hash on refresh_tokens (token_hash);
create index refresh_tokens_expiry on refresh_tokens (expires_at);

create table account_keys (
  user_id uuid not null references users on delete cascade,
  version integer not null,
  key_epoch bigint not null,
  password_wrap bytea not null,
  recovery_wrap bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  replaced_at timestamptz,                         -- a replaced set is kept 30 days, three sets at most
  primary key (user_id, version)
);

create table invitations (
  token_hash bytea primary key,                    -- SHA-256 of the invitation
  email text,                                      -- when set, good for this address only
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_by uuid references users on delete set null,
  used_at timestamptz
);

create table secret_failures (
  subject bytea primary key,                       -- keyed hash of an e-mail address, known or not, or of a user and a purpose
  failures integer not null,
  window_began_at timestamptz not null,
  locked_until timestamptz
);
comment on table secret_failures is 'Wrong secrets, counted before the secret is checked and forgotten when it was right';

create table server_identity (
  name text primary key,                           -- what is stored: the hash of a server secret
  value bytea not null
);
comment on table server_identity is 'Tells a server that starts with other secrets than the database was used with';
