import type pg from 'pg'

const million = 1_000_000

/** By the number of a session, from 1: its id, and the seed of its refresh token. */
export const sessionIdOf = (number: number) =>
  `01900000-0000-7000-9000-${number.toString(16).padStart(12, '0')}`
export function seedOf(number: number) {
  const bytes = Buffer.alloc(16)
  bytes.writeBigInt64BE(BigInt(number), 0)
  bytes.writeBigInt64BE(BigInt(number), 8)
  return bytes
}

/** Ascending ids, as UUIDv7 creates them, so that the tables look as after years of use. */
const uuidSql = (kind: string, number: string) =>
  `('01900000-0000-7000-${kind}-' || lpad(to_hex(${number}), 12, '0'))::uuid`
export const emailOf = (number: number) => `user${String(number).padStart(7, '0')}@example.com`

/** A million people who received mail last week, and the rows that they need to be signed in: see `addUsers`. */
export async function addMillionUsers(client: pg.Client) {
  await addUsers(client, million)
  await addMail(client, million)
  await addFactors(client, million / 10)
  await client.query('VACUUM ANALYZE')
}

/**
 * This many people with two sessions each, every one from an address of their own. All have the password of the one
 * person who already exists.
 */
export async function addUsers(client: pg.Client, users: number) {
  const sessions = 2 * users
  await client.query(`
    SET session_replication_role = replica; -- foreign keys are right by construction
    SET synchronous_commit = off;
    INSERT INTO users (id, email, created_at, updated_at)
      SELECT ${uuidSql('8000', 'n')}, 'user' || lpad(n::text, 7, '0') || '@example.com', now(), now()
      FROM generate_series(1, ${users}) n;
    INSERT INTO password_credentials (user_id, hash, changed_at)
      SELECT ${uuidSql('8000', 'n')}, (SELECT hash FROM password_credentials LIMIT 1), now()
      FROM generate_series(1, ${users}) n;
    INSERT INTO known_addresses (user_id, network, last_sign_in_at)
      SELECT ${uuidSql('8000', 'n')}, '192.0.2.1', now() FROM generate_series(1, ${users}) n;
    INSERT INTO guess_counts (address_key, failures, last_failure_at)
      SELECT sha256(int8send(n)), 3, now() FROM generate_series(1, ${users / 10}) n;
    INSERT INTO email_changes (id, user_id, session_id, old_email, new_email, requested_at, expires_at, confirmed_at)
      SELECT ${uuidSql('b000', 'n')}, ${uuidSql('8000', 'n')}, ${uuidSql('9000', 'n')}, 'old' || n || '@example.com',
        'user' || lpad(n::text, 7, '0') || '@example.com', now(), now() + interval '7 days', now()
      FROM generate_series(1, ${users / 10}) n;
    INSERT INTO sessions (id, user_id, authentication_methods, created_at, authenticated_at, expires_at)
      SELECT ${uuidSql('9000', 'n')}, ${uuidSql('8000', '(n + 1) / 2')}, '{PASSWORD}', now(), now(),
        now() + interval '90 days'
      FROM generate_series(1, ${sessions}) n;
    INSERT INTO refresh_tokens (session_id, seed_hash, generation, rotations, last_used_at, expires_at)
      SELECT ${uuidSql('9000', 'n')}, sha256(int8send(n) || int8send(n)), 1, '{}', now(), now() + interval '14 days'
      FROM generate_series(1, ${sessions}) n`)
}

/** The people with a number divisible by ten have an authenticator app, a passkey and two recovery codes. None works. */
async function addFactors(client: pg.Client, users: number) {
  const userId = uuidSql('8000', 'n * 10')
  await client.query(`
    INSERT INTO totp_credentials (user_id, sealed_secret, session_id, created_at, expires_at, confirmed_at)
      SELECT ${userId}, 'header.' || n, ${uuidSql('9000', 'n')}, now(), now(), now()
      FROM generate_series(1, ${users}) n;
    INSERT INTO passkeys (id, user_id, credential_id, public_key, counter, transports, backup_eligible, backed_up, name,
        created_at)
      SELECT ${uuidSql('c000', 'n')}, ${userId}, sha256(int8send(n)), sha256(int8send(n)), 0, '{}', true, true, 'Phone',
        now()
      FROM generate_series(1, ${users}) n;
    INSERT INTO recovery_codes (user_id, code_hash, created_at)
      SELECT ${userId}, sha256(int8send(n) || int8send(code)), now()
      FROM generate_series(1, ${users}) n, generate_series(1, 2) code;
    INSERT INTO mfa_challenges (token_hash, user_id, first_method, credential_version, transport, expires_at)
      SELECT sha256(int8send(n)), ${userId}, 'PASSWORD', 1, 'BODY', now() FROM generate_series(1, ${users}) n`)
}

async function addMail(client: pg.Client, users: number) {
  await client.query(`
    INSERT INTO outbox_messages (id, kind, recipient, details, status, created_at, due_at, give_up_at, finished_at)
      SELECT ${uuidSql('a000', 'n')}, 'VERIFY_EMAIL', 'user' || lpad(n::text, 7, '0') || '@example.com', '{}', 'SENT',
        now() - interval '1 day', now(), now(), now() - interval '1 day'
      FROM generate_series(1, ${users}) n;
    INSERT INTO one_time_tokens (user_id, purpose, token_hash, email, expires_at)
      SELECT ${uuidSql('8000', 'n')}, 'VERIFY_EMAIL', sha256(int8send(n)),
        'user' || lpad(n::text, 7, '0') || '@example.com', now() + interval '1 day'
      FROM generate_series(1, ${users}) n`)
}
