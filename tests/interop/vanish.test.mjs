// That a peer is gone shows only when nothing answers for a while: the tests of this file wait side by side.
import assert from 'node:assert/strict'

import { everybody } from './harness/casts.mjs'
import { closed, opened, Queue } from './harness/connections.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { bytes } from './harness/streams.mjs'

suite('vanishing', scene => {
  checkEach('a client that vanishes has its streams closed at the peer', async (t, transport) => {
    const accepted = new Queue()
    const server = await scene.server(t, end => accepted.push({ end: closed(end) }))
    const { client, socket } = await scene.clientAndSocket(t, transport)
    await Promise.all(Array.from({ length: 10 }, () => opened(client.connect(server.publicKey))))

    if (transport === 'ws') socket.terminate()
    else socket.resetAndDestroy()

    for (let i = 0; i < 10; i++) await (await accepted.shift()).end
  })

  checkEach('a client that vanishes while it connects is forgotten', async (t, transport) => {
    const server = await scene.server(t, () => {})
    const { client, socket } = await scene.clientAndSocket(t, transport)
    for (let i = 0; i < 20; i++) client.connect(server.publicKey).on('error', () => {})

    if (transport === 'ws') socket.terminate()
    else socket.resetAndDestroy()

    await scene.connection(t, transport)
  })

  checkEach("a peer that vanishes closes the client's stream with a reason", async (t, transport) => {
    const peer = await scene.peerProcess(t)
    const client = await scene.client(t, transport)
    const stream = await opened(client.connect(peer.publicKey))
    const gone = closed(stream)
    await peer.tells()

    peer.signal('SIGKILL')
    stream.write(bytes(1000))

    assert.ok((await gone)?.message)
  }, { timeout: 90_000 })
}, { casts: everybody, concurrency: true })
