import { latchkeyVariant, createPace, type Bench } from '../bench.js'
import { accountsJs } from '../servers/accounts-js.js'
import { betterAuth } from '../servers/better-auth.js'
import { floorGo } from '../servers/floors.js'
import { tutorial } from '../servers/tutorial.js'
import { hashRunner } from './hash-alone.js'
import { loginPlan } from './plans.js'
import { openAvailable } from './open-available.js'
import { runner, runInterleaved } from './rounds.js'

/** Sign-ins of 48 users, and in the same rounds the maximum that hashing alone allows. */
export async function login(bench: Bench) {
  const servers = await openAvailable(bench, [
    latchkeyVariant('latchkey', bench),
    tutorial,
    betterAuth,
    accountsJs,
    floorGo,
  ])
  const hashing = hashRunner()
  const runners = servers.map((server) =>
    runner(server.contender.name, server, bench.load, (seconds) => loginPlan(server, seconds)),
  )
  try {
    await runInterleaved('login', [...runners, hashing], createPace(bench, 3, 1.5), bench.figures)
  } finally {
    hashing.stop()
  }
}
