import { describe } from 'node:test'

import DHT from 'hyperdht'

import { closed, openClient, opened, Queue } from './harness/connections.mjs'
import { RelayProcess } from './harness/relay.mjs'
import { checkEach } from './harness/scene.mjs'

describe('SIGTERM', () => {
  checkEach('sessions and their streams are closed, then the relay ends well within 5 s', async (t, transport) => {
    const relay = await RelayProcess.start()
    t.after(() => relay.kill())
    const peer = new DHT({ bootstrap: relay.bootstrap, host: '127.0.0.1', ephemeral: true })
    t.after(() => peer.destroy({ force: true }))
    const remoteEnds = new Queue()
    const server = peer.createServer(connection => remoteEnds.push({ end: closed(connection) }))
    await server.listen()

    const locals = await Promise.all(Array.from({ length: 20 }, async () => {
      const { client } = await openClient(relay, transport)
      return opened(client.connect(server.publicKey))
    }))
    const ends = locals.map(closed)
    for (let i = 0; i < locals.length; i++) ends.push((await remoteEnds.shift()).end)

    await relay.stop()

    await Promise.all(ends)
  })
})
