import type { Db } from '../../platform/database/database.js'

/**
 * How often each parameter string (`m=19456,t=2,p=1`) occurs among the stored Argon2id hashes. Reads about 500 pages of
 * a large table, the same pages in every replica (REPEATABLE).
 */
export const sampleParameters = (db: Db) =>
  db.$queryRaw<{ parameters: string; count: number }[]>`
    SELECT split_part(hash, '$', 4) AS parameters, count(*)::int AS count
    FROM password_credentials TABLESAMPLE SYSTEM (
      (SELECT LEAST(100, 100 * 500 / GREATEST(1.0, pg_relation_size('password_credentials') / 8192)))) REPEATABLE (1)
    WHERE hash LIKE '$argon2id$v=19$%' GROUP BY 1`
