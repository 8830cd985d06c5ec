// The end of the relay, as its clients and their peers see it.
import DHT from 'hyperdht'

import { npm, npmNoncustodial, npmWeb4, ours, oursNoncustodial, oursWeb4 } from './harness/casts.mjs'
import { closed, opened, Queue, within } from './harness/connections.mjs'
import { RelayProcess } from './harness/relay.mjs'
import { checkEach, suite } from './harness/scene.mjs'

suite('the end of the relay', scene => {
  checkEach('SIGTERM closes sessions and their streams, then the relay ends well within 5 s', async (t, transport) => {
    const { relay, locals, remotes } = await connections(t, transport, 20)
    const ends = [...locals, ...remotes].map(closed)

    await relay.stop()

    await Promise.all(ends)
  })

  checkEach('a relay that vanishes takes the streams of its clients along', async (t, transport) => {
    const { relay, locals } = await connections(t, transport, 3)
    const ends = locals.map(closed)

    relay.kill()

    await within(5000, Promise.all(ends))
  })

  /** A relay of the test's own, and streams through it, each of a client of its own. */
  async function connections (t, transport, count) {
    const relay = await RelayProcess.start({ bootstrap: scene.relay.bootstrap })
    t.after(() => relay.kill())
    const accepted = new Queue()
    const server = await scene.server(t, end => accepted.push(end), { keyPair: DHT.keyPair() })
    const locals = await Promise.all(Array.from({ length: count }, async () => {
      const { client } = await scene.cast.open(relay, transport)
      t.after(() => client.destroy({ force: true }))
      return opened(client.connect(server.publicKey))
    }))
    const remotes = await Promise.all(locals.map(() => accepted.shift()))
    return { relay, locals, remotes }
  }
}, { casts: [npm, npmNoncustodial, npmWeb4, ours, oursNoncustodial, oursWeb4], concurrency: 4 })
