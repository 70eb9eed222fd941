import pg from 'pg'

/** The tables that `prisma db push` creates from schema.prisma. */
export async function createTables(connectionString) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query(`
    CREATE TABLE IF NOT EXISTS "User" (
      "id" UUID PRIMARY KEY,
      "email" TEXT NOT NULL UNIQUE,
      "password" TEXT NOT NULL,
      "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
    );
    CREATE TABLE IF NOT EXISTS "RefreshToken" (
      "id" UUID PRIMARY KEY,
      "tokenHash" TEXT NOT NULL UNIQUE,
      "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE,
      "expiresAt" TIMESTAMP(3) NOT NULL,
      "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
    );
    CREATE INDEX IF NOT EXISTS "RefreshToken_userId_idx" ON "RefreshToken"("userId")`)
  await client.end()
}
