// A typical tutorial stack: Apollo's standalone server, Prisma, jose, argon2. Refresh tokens are rows that are
// replaced on use.
import { createHash, randomBytes } from 'node:crypto'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { PrismaPg } from '@prisma/adapter-pg'
import argon2 from 'argon2'
import { GraphQLError } from 'graphql'
import { jwtVerify, SignJWT } from 'jose'
import { PrismaClient } from './generated/client.js'
import { createTables } from './tables.js'

const { PORT, DATABASE_URL } = process.env
await createTables(DATABASE_URL)
const adapter = new PrismaPg({ connectionString: DATABASE_URL })
const prisma = new PrismaClient({ adapter })
const key = randomBytes(32)
const argon2id = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const fourteenDays = 14 * 24 * 60 * 60 * 1_000

const hashOf = (token) => createHash('sha256').update(token).digest('hex')
const unauthenticated = (message) =>
  new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED' } })

const signAccessToken = (user) =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user.id)
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(key)

function newRefreshToken(userId) {
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(Date.now() + fourteenDays)
  return { token, data: { tokenHash: hashOf(token), userId, expiresAt } }
}

async function issue(user) {
  const { token, data } = newRefreshToken(user.id)
  await prisma.refreshToken.create({ data })
  return { accessToken: await signAccessToken(user), refreshToken: token, user }
}

const typeDefs = `#graphql
  type User { id: ID! email: String! }
  type Auth { accessToken: String! refreshToken: String! user: User! }
  input Credentials { email: String! password: String! }
  input RefreshInput { refreshToken: String! }
  type Query { me: User }
  type Mutation {
    register(input: Credentials!): Auth!
    login(input: Credentials!): Auth!
    refresh(input: RefreshInput!): Auth!
  }
`

const resolvers = {
  Query: {
    me: (_, __, { userId }) => (userId ? prisma.user.findUnique({ where: { id: userId } }) : null),
  },
  Mutation: {
    async register(_, { input: { email, password } }) {
      const hash = await argon2.hash(password, argon2id)
      return issue(await prisma.user.create({ data: { email, password: hash } }))
    },
    async login(_, { input: { email, password } }) {
      const user = await prisma.user.findUnique({ where: { email } })
      if (!user || !(await argon2.verify(user.password, password)))
        throw unauthenticated('Wrong address or password')
      return issue(user)
    },
    async refresh(_, { input: { refreshToken } }) {
      const stored = await prisma.refreshToken.findUnique({
        where: { tokenHash: hashOf(refreshToken) },
        include: { user: true },
      })
      if (!stored || stored.expiresAt < new Date()) throw unauthenticated('Sign in again')
      const { token, data } = newRefreshToken(stored.userId)
      await prisma.$transaction([
        prisma.refreshToken.delete({ where: { id: stored.id } }),
        prisma.refreshToken.create({ data }),
      ])
      const accessToken = await signAccessToken(stored.user)
      return { accessToken, refreshToken: token, user: stored.user }
    },
  },
}

async function context({ req }) {
  const token = req.headers.authorization?.replace('Bearer ', '')
  if (!token) return {}
  try {
    const { payload } = await jwtVerify(token, key)
    return { userId: payload.sub }
  } catch {
    return {}
  }
}

const server = new ApolloServer({ typeDefs, resolvers })
await startStandaloneServer(server, { context, listen: { port: Number(PORT), host: '127.0.0.1' } })
