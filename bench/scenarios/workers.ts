import { settings } from '../../src/config/settings.js'
import { latchkeyAs, paceOf, type Bench } from '../bench.js'
import { latchkey } from '../servers/latchkey.js'
import { meAgain } from './plans.js'
import { refresher } from './refresh.js'
import { player, playInTurns } from './rounds.js'

/** Two processes on one port beside one: where they queue for something, two are slower. */
export async function workers(bench: Bench) {
  const { house, load, options, figures } = bench
  if (!Object.hasOwn(settings, 'WORKERS')) {
    figures.note('workers: this version of Latchkey has no setting WORKERS')
    return
  }
  const variant = {
    ...{ name: 'latchkey-2-workers', title: 'Latchkey, WORKERS=2' },
    settings: { JWT_ALGORITHM: 'EdDSA', WORKERS: '2' },
  }
  const one = await house.open(latchkeyAs('latchkey', bench))
  const two = await house.open(latchkey(variant, options.set))
  const servers = [one, two]
  const asked = servers.map((server) =>
    player(server.contender.name, server, load, (seconds) => meAgain(server, seconds)),
  )
  await playInTurns('workers-me', asked, paceOf(bench, 3, 1.2), figures)
  const refreshed = servers.map((server) => refresher(bench, server))
  await playInTurns('workers-refresh', refreshed, paceOf(bench, 3, 1.2), figures)
}
