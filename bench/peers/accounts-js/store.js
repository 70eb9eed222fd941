import pg from 'pg'

const tables = `
  CREATE TABLE IF NOT EXISTS users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), username text, deactivated boolean NOT NULL DEFAULT false);
  CREATE TABLE IF NOT EXISTS user_emails (
    value text PRIMARY KEY, user_id uuid NOT NULL REFERENCES users, verified boolean NOT NULL DEFAULT false);
  CREATE INDEX IF NOT EXISTS user_emails_user_id ON user_emails (user_id);
  CREATE TABLE IF NOT EXISTS user_passwords (
    user_id uuid PRIMARY KEY REFERENCES users, hash text NOT NULL);
  CREATE TABLE IF NOT EXISTS user_sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES users,
    token text NOT NULL UNIQUE, valid boolean NOT NULL DEFAULT true, user_agent text, ip text,
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX IF NOT EXISTS user_sessions_user_id ON user_sessions (user_id)`

const user = `
  SELECT u.id, u.username, u.deactivated,
    json_agg(json_build_object('address', e.value, 'verified', e.verified)) AS emails
  FROM users u JOIN user_emails e ON e.user_id = u.id`
const session = `
  SELECT id, user_id AS "userId", token, valid, user_agent AS "userAgent", ip,
    created_at AS "createdAt", updated_at AS "updatedAt" FROM user_sessions`

/** The part of accounts-js's DatabaseInterface that registering, signing in and refreshing use. */
export async function createStore(connectionString) {
  const pool = new pg.Pool({ connectionString, max: 10 })
  await pool.query(tables)
  const first = async (name, text, values) =>
    (await pool.query({ name, text, values })).rows[0] ?? null
  const nobody = async () => null

  return {
    findUserById: (id) => first('by-id', `${user} WHERE u.id = $1 GROUP BY u.id`, [id]),
    findUserByEmail: (email) =>
      first('by-email', `${user} WHERE e.value = $1 GROUP BY u.id`, [email.toLowerCase()]),
    findUserByUsername: nobody,
    async findPasswordHash(id) {
      const sql = 'SELECT hash FROM user_passwords WHERE user_id = $1'
      return (await first('password', sql, [id]))?.hash ?? null
    },
    async createUser({ email, password }) {
      const sql = `
        WITH u AS (INSERT INTO users DEFAULT VALUES RETURNING id),
          e AS (INSERT INTO user_emails (value, user_id) SELECT $1, id FROM u),
          p AS (INSERT INTO user_passwords (user_id, hash) SELECT id, $2 FROM u)
        SELECT id FROM u`
      return (await first('create-user', sql, [email.toLowerCase(), password])).id
    },
    findSessionById: (id) => first('session-by-id', `${session} WHERE id = $1`, [id]),
    findSessionByToken: (token) => first('session', `${session} WHERE token = $1`, [token]),
    async createSession(userId, token, { ip, userAgent }) {
      const sql = `INSERT INTO user_sessions (user_id, token, ip, user_agent)
        VALUES ($1, $2, $3, $4) RETURNING id`
      return (await first('create-session', sql, [userId, token, ip, userAgent])).id
    },
    async updateSession(id, { ip, userAgent }, newToken) {
      const sql = `UPDATE user_sessions
        SET ip = $2, user_agent = $3, token = COALESCE($4, token), updated_at = now() WHERE id = $1`
      await first('update-session', sql, [id, ip, userAgent, newToken])
    },
  }
}
