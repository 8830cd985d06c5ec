// The relay as a guest on a DHT of npm nodes.
import assert from 'node:assert/strict'

import DHT from 'hyperdht'

import { everybody } from './harness/casts.mjs'
import { closed } from './harness/connections.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { bytes, describeMessage, readMessages } from './harness/streams.mjs'

suite('a DHT of JavaScript nodes', scene => {
  checkEach('a client reaches a peer, and bytes flow both ways', async (t, transport) => {
    const { server, local, remote } = await scene.connection(t, transport)
    const there = readMessages(remote)
    const back = readMessages(local)

    local.end(bytes(100_000))
    remote.end(bytes(50_000))

    assert.deepEqual(local.remotePublicKey, server.publicKey)
    assert.deepEqual(local.handshakeHash, remote.handshakeHash)
    assert.deepEqual(await there, [describeMessage(bytes(100_000))])
    assert.deepEqual(await back, [describeMessage(bytes(50_000))])
  })

  checkEach('an unknown key gives PEER_NOT_FOUND', async (t, transport) => {
    const client = await scene.client(t, transport)

    const error = await closed(client.connect(DHT.keyPair().publicKey))

    assert.equal(error?.message, 'PEER_NOT_FOUND: Peer not found')
  })

  checkEach('announced peers are looked up', async (t, transport) => {
    const topic = DHT.keyPair().publicKey
    const keyPair = DHT.keyPair()
    await scene.anyPeer.announce(topic, keyPair, []).finished()
    const client = await scene.client(t, transport)

    const found = await announcers(client.lookup(topic))

    assert.deepEqual(found, [keyPair.publicKey.toString('hex')])
  })

  checkEach('an announce is found by a peer, and gone when taken back', async (t, transport) => {
    const topic = DHT.keyPair().publicKey
    const keyPair = DHT.keyPair()
    const client = await scene.client(t, transport)

    await client.announce(topic, keyPair).resume().finished()
    const announced = await announcers(scene.anyPeer.lookup(topic))
    await client.unannounce(topic, keyPair)
    const after = await announcers(scene.anyPeer.lookup(topic))

    assert.deepEqual(announced, [keyPair.publicKey.toString('hex')])
    assert.deepEqual(after, [])
  })
}, { casts: everybody, dht: 'javascript' })

async function announcers (query) {
  const found = new Set()
  for await (const { peers } of query) {
    for (const { publicKey } of peers) found.add(publicKey.toString('hex'))
  }
  return [...found]
}
