// accounts-js as its documentation sets it up: its GraphQL module under Apollo Server, stateful sessions whose
// token changes with every refresh. Its TypeORM adapter does not fit this version of its server, so the store is
// one of plain SQL, which is faster than TypeORM.
import graphqlApi from '@accounts/graphql-api'
import passwords from '@accounts/password'
import server from '@accounts/server'
import { ApolloServer } from 'apollo-server'
import argon2 from 'argon2'
import { createStore } from './store.js'

const { PORT, DATABASE_URL } = process.env
const argon2id = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

const password = new passwords.AccountsPassword({
  hashPassword: (text) => argon2.hash(text, argon2id),
  verifyPassword: (text, hash) => argon2.verify(hash, text),
})
const accountsServer = new server.AccountsServer(
  {
    db: await createStore(DATABASE_URL),
    tokenSecret: 'a secret that guards nothing but measurements',
    ambiguousErrorMessages: false, // or nobody is signed in by registering
    enableAutologin: true,
    createNewSessionTokenOnRefresh: true,
  },
  { password },
)
const { schema, context } = graphqlApi.AccountsModule.forRoot({ accountsServer })
await new ApolloServer({ schema, context }).listen({ port: Number(PORT), host: '127.0.0.1' })
