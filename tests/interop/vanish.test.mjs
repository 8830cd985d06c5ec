// That a peer is gone shows only when nothing answers for a while: the tests of this file wait side by side.
import assert from 'node:assert/strict'

import DHT from 'hyperdht'

import { everybody } from './harness/casts.mjs'
import { closed, cut, opened, Queue, within } from './harness/connections.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { connect, listen } from './harness/servers.mjs'
import { bytes } from './harness/streams.mjs'

// The relay takes no time for it (as the tests on virtual time show), but the tests may share a busy machine. Without a
// word of the relay's a peer would find out after some 16 s.
const atOnce = 5000

suite('vanishing', scene => {
  checkEach('a client that vanishes has its streams closed at the peer', async (t, transport) => {
    const accepted = new Queue()
    const server = await scene.server(t, end => accepted.push({ end: closed(end) }))
    const { client, socket } = await scene.clientAndSocket(t, transport)
    await Promise.all(Array.from({ length: 10 }, () => opened(client.connect(server.publicKey))))
    const ends = await Promise.all(Array.from({ length: 10 }, () => accepted.shift()))

    cut(socket)

    await within(atOnce, Promise.all(ends.map(({ end }) => end)))
  })

  checkEach('a client that vanishes takes all that it has at its peers along at once', async (t, transport) => {
    const accepted = new Queue()
    const server = await scene.server(t, end => accepted.push(end))
    const { client, socket } = await scene.clientAndSocket(t, transport)
    const asked = new Queue()
    const served = await listen(client)
    const guarded = await listen(client, { keyPair: DHT.keyPair(), firewall: () => new Promise(() => asked.push(1)) })
    const dialled = opened(client.connect(server.publicKey)).then(() => accepted.shift())
    const ends = [await dialled, await connect(t, scene.anyPeer, served.server)]
    await served.accepted.shift()
    scene.anyPeer.connect(guarded.server.publicKey).on('error', () => {})
    await asked.shift()
    client.lookup(bytes(32)).on('error', () => {})
    client.connect(bytes(32)).on('error', () => {})
    const gone = Promise.all(ends.map(end => closed(end)))

    cut(socket)

    await within(atOnce, gone)
  })

  checkEach('a client that vanishes while it connects is forgotten', async (t, transport) => {
    const server = await scene.server(t, () => {})
    const { client, socket } = await scene.clientAndSocket(t, transport)
    for (let i = 0; i < 20; i++) client.connect(server.publicKey).on('error', () => {})

    cut(socket)

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
