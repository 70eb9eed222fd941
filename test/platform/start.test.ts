import { readFileSync } from 'node:fs'
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql'
import { expect, it, onTestFinished, vi } from 'vitest'
import { testSecret } from '../support/app/test-secret.js'
import { killChild } from '../support/processes/child.js'
import { createPersistentDatabase } from '../support/database/persistent-database.js'
import { sourceProgramArgs } from '../support/processes/program.js'
import { databaseSettings, startServerProcess } from '../support/processes/server-process.js'

// This file starts processes, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 90_000 })

async function start(env: Record<string, string>, program?: string[]) {
  const database = databaseSettings(await createPersistentDatabase())
  const server = await startServerProcess({ ...database, AUTH_SECRET: testSecret, ...env }, program)
  onTestFinished(() => killChild(server.child))
  return server
}

it('has every name of schema.graphql in its schema, regardless of class names after the build', async () => {
  const { url } = await start({})
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery({ specifiedByUrl: true }) }),
  })
  const { data } = (await answer.json()) as { data: IntrospectionQuery }

  const sorted = (schema: GraphQLSchema) => printSchema(lexicographicSortSchema(schema))
  const file = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')
  expect(sorted(buildClientSchema(data))).toBe(sorted(buildSchema(file)))
})

it('loads no module that this server may never need', async () => {
  const env = {
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://auth.example.com',
    SMTP_URL: 'smtp://127.0.0.1:9',
    MAIL_FROM: 'auth@example.com',
  }
  const traceImportsFlags = ['--import', './support/processes/imported-packages.mjs']
  const { output } = await start(env, [...traceImportsFlags, ...sourceProgramArgs('main')])
  const imported = new Set(output().match(/(?<=^imported ).+/gm))
  expect(imported).toContain('fastify')
  const optionalPackages = [
    'nodemailer',
    'ioredis',
    'prom-client',
    'graphql-rate-limit',
    'commander',
  ]
  expect(optionalPackages.filter((name) => imported.has(name))).toEqual([])
})

it('warns in production of a proxy count if any client can reach the port', async () => {
  const production = { NODE_ENV: 'production', PUBLIC_URL: 'https://auth.example.com' }
  const outputOf = async (env: Record<string, string>) => {
    const { output } = await start({ ...production, ...env })
    return output()
  }
  expect(await outputOf({ TRUST_PROXY: '1', HOST: '0.0.0.0' })).toContain(
    'TRUST_PROXY=1 trusts every client that reaches 0.0.0.0',
  )
  expect(await outputOf({ TRUST_PROXY: '1' })).not.toContain('TRUST_PROXY')
  expect(await outputOf({ TRUST_PROXY: '10.0.0.1', HOST: '0.0.0.0' })).not.toContain('TRUST_PROXY')
})
