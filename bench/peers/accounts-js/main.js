// accounts-js as its documentation describes it: its GraphQL module under Apollo Server, PostgreSQL through its
// TypeORM adapter, stateful sessions. createNewSessionTokenOnRefresh stays off: this adapter does not store the new
// token.
import graphqlApi from '@accounts/graphql-api'
import passwords from '@accounts/password'
import server from '@accounts/server'
import typeormAdapter from '@accounts/typeorm'
import { ApolloServer } from 'apollo-server'
import argon2 from 'argon2'
import { createConnection } from 'typeorm'

const { PORT, DATABASE_URL } = process.env
const argon2id = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const { AccountsTypeorm, entities } = typeormAdapter

const connection = await createConnection({
  type: 'postgres',
  url: DATABASE_URL,
  entities,
  synchronize: true,
})
// accounts-js creates no indexes for its lookups. An operator with more than a few users would add them.
for (const [table, column] of [
  ['user_email', 'userId'],
  ['user_service', 'userId'],
  ['user_session', 'userId'],
  ['user_session', 'token'],
]) {
  await connection.query(
    `CREATE INDEX IF NOT EXISTS "${table}_${column}" ON "${table}" ("${column}")`,
  )
}
const password = new passwords.AccountsPassword({
  hashPassword: (text) => argon2.hash(text, argon2id),
  verifyPassword: (text, hash) => argon2.verify(hash, text),
})
const accountsServer = new server.AccountsServer(
  {
    db: new AccountsTypeorm({ connection }),
    tokenSecret: 'a secret that guards nothing but measurements',
    ambiguousErrorMessages: false, // otherwise registering does not sign in
    enableAutologin: true,
  },
  { password },
)
const { schema, context } = graphqlApi.AccountsModule.forRoot({ accountsServer })
await new ApolloServer({ schema, context }).listen({ port: Number(PORT), host: '127.0.0.1' })
