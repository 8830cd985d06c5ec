import assert from 'node:assert/strict'

import DHT from 'hyperdht'

import { everybody } from './harness/casts.mjs'
import { closed, opened, Queue } from './harness/connections.mjs'
import { checkEach, suite } from './harness/scene.mjs'

suite('connect', scene => {
  checkEach("both ends know each other's key and the same handshake hash", async (t, transport) => {
    const { client, server, local, remote } = await scene.connection(t, transport)

    assert.deepEqual(local.remotePublicKey, server.publicKey)
    assert.deepEqual(remote.remotePublicKey, client.defaultKeyPair.publicKey)
    assert.equal(local.handshakeHash.length, 64)
    assert.deepEqual(local.handshakeHash, remote.handshakeHash)
  })

  checkEach('a connection may bring its own key pair', async (t, transport) => {
    const keyPair = DHT.keyPair()
    const { client, local, remote } = await scene.connection(t, transport, { connect: { keyPair } })

    assert.deepEqual(remote.remotePublicKey, keyPair.publicKey)
    assert.notDeepEqual(remote.remotePublicKey, client.defaultKeyPair.publicKey)
    assert.deepEqual(local.handshakeHash, remote.handshakeHash)
  })

  checkEach('an unknown key gives PEER_NOT_FOUND', async (t, transport) => {
    const client = await scene.client(t, transport)

    const error = await closed(client.connect(DHT.keyPair().publicKey))

    assert.equal(error?.message, 'PEER_NOT_FOUND: Peer not found')
  })

  checkEach('a server that has closed is not found, and the session goes on', async (t, transport) => {
    const { client, server } = await scene.connection(t, transport)
    const gone = server.publicKey
    await server.close()

    const error = await closed(client.connect(gone))

    assert.match(error?.message, /^PEER_(NOT_FOUND|CONNECTION_FAILED): /)
    const other = await scene.server(t, () => {})
    await opened(client.connect(other.publicKey))
  })

  checkEach('two connections to one server are two streams', async (t, transport) => {
    const accepted = new Queue()
    const server = await scene.server(t, end => accepted.push(end))
    const client = await scene.client(t, transport)

    const first = await opened(client.connect(server.publicKey))
    const firstRemote = await accepted.shift()
    const second = await opened(client.connect(server.publicKey))
    const secondRemote = await accepted.shift()

    assert.deepEqual(first.handshakeHash, firstRemote.handshakeHash)
    assert.deepEqual(second.handshakeHash, secondRemote.handshakeHash)
    assert.notDeepEqual(first.handshakeHash, second.handshakeHash)
  })

  checkEach('a peer that is a persistent, open node is reached too', async (t, transport) => {
    const peer = await scene.peer({ ephemeral: false, firewalled: false })

    const { local, remote } = await scene.connection(t, transport, { peer })

    assert.deepEqual(local.handshakeHash, remote.handshakeHash)
  })
}, { casts: everybody })
