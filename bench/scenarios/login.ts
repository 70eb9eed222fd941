import { latchkeyAs, paceOf, type Bench } from '../bench.js'
import { accountsJs } from '../servers/accounts-js.js'
import { betterAuth } from '../servers/better-auth.js'
import { floorGo } from '../servers/floors.js'
import { tutorial } from '../servers/tutorial.js'
import { hashAlone } from './hash-alone.js'
import { signIns } from './plans.js'
import { present } from './present.js'
import { player, playInTurns } from './rounds.js'

/** Sign-ins of 48 people, and in the same rounds what the hash alone allows. */
export async function login(bench: Bench) {
  const servers = await present(bench, [
    latchkeyAs('latchkey', bench),
    tutorial,
    betterAuth,
    accountsJs,
    floorGo,
  ])
  const hashing = hashAlone()
  const players = servers.map((server) =>
    player(server.contender.name, server, bench.load, (seconds) => signIns(server, seconds)),
  )
  try {
    await playInTurns('login', [...players, hashing], paceOf(bench, 3, 1.5), bench.figures)
  } finally {
    hashing.stop()
  }
}
