import pg from 'pg'

/** Stores oidc-provider's models in one table, as its example adapters do. */
export async function createAdapter(connectionString) {
  const pool = new pg.Pool({ connectionString, max: 10 })
  await pool.query(`
    CREATE TABLE IF NOT EXISTS oidc_payloads (
      id text NOT NULL, type text NOT NULL, payload jsonb NOT NULL, grant_id text, uid text,
      user_code text, expires_at timestamptz, consumed_at timestamptz, PRIMARY KEY (id, type));
    CREATE INDEX IF NOT EXISTS oidc_payloads_grant_id ON oidc_payloads (grant_id);
    CREATE INDEX IF NOT EXISTS oidc_payloads_uid ON oidc_payloads (uid)`)
  const query = (name, text, values) => pool.query({ name, text, values })

  return class Adapter {
    constructor(type) {
      this.type = type
    }

    async upsert(id, payload, expiresIn) {
      const sql = `INSERT INTO oidc_payloads VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (id, type) DO UPDATE SET payload = $3, grant_id = $4, uid = $5, user_code = $6, expires_at = $7`
      const expiresAt = expiresIn ? new Date(Date.now() + expiresIn * 1_000) : null
      const { grantId, uid, userCode } = payload
      await query('upsert', sql, [id, this.type, payload, grantId, uid, userCode, expiresAt])
    }

    find = (id) => this.#findBy('id', id)
    findByUid = (uid) => this.#findBy('uid', uid)
    findByUserCode = (userCode) => this.#findBy('user_code', userCode)

    async #findBy(column, value) {
      const sql = `SELECT payload, consumed_at FROM oidc_payloads WHERE ${column} = $1 AND type = $2
        AND (expires_at IS NULL OR expires_at > now())`
      const { rows } = await query(`find-${column}`, sql, [value, this.type])
      if (!rows[0]) return undefined
      const { payload, consumed_at: consumed } = rows[0]
      return { ...payload, ...(consumed && { consumed: true }) }
    }

    async destroy(id) {
      const sql = 'DELETE FROM oidc_payloads WHERE id = $1 AND type = $2'
      await query('destroy', sql, [id, this.type])
    }

    async revokeByGrantId(grantId) {
      const sql = 'DELETE FROM oidc_payloads WHERE grant_id = $1 AND type = $2'
      await query('revoke', sql, [grantId, this.type])
    }

    async consume(id) {
      const sql = 'UPDATE oidc_payloads SET consumed_at = now() WHERE id = $1 AND type = $2'
      await query('consume', sql, [id, this.type])
    }
  }
}
