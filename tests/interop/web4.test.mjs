// The first dialect, @web4/dht-relay 0.1, as its own client speaks it, custodial.
import assert from 'node:assert/strict'
import { once } from 'node:events'

import DHT from 'hyperdht'

import { npm, npmWeb4 } from './harness/casts.mjs'
import { closed, opened as openedHyperswarm, Queue } from './harness/connections.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { bytes, describeMessage, digest, readMessages, sha256, write, writeAll } from './harness/streams.mjs'
import { opened, openWeb4Client } from './harness/web4.mjs'

suite('the first dialect', scene => {
  checkEach("both ends know each other's key and the same handshake hash", async (t, transport) => {
    const { client, server, local, remote } = await connection(scene, t, transport)

    assert.deepEqual(local.remotePublicKey, server.publicKey)
    assert.deepEqual(remote.remotePublicKey, client.defaultKeyPair.publicKey)
    assert.equal(local.handshakeHash.length, 64)
    assert.deepEqual(local.handshakeHash, remote.handshakeHash)
  })

  checkEach('an unknown key gives PEER_NOT_FOUND', async (t, transport) => {
    const client = await openWeb4Client(t, scene.relay, transport)

    const error = await closed(client.connect(DHT.keyPair().publicKey))

    assert.equal(error?.message, 'PEER_NOT_FOUND: Peer not found')
  })

  checkEach('messages keep their bounds and their order', async (t, transport) => {
    const { local, remote } = await connection(scene, t, transport)
    const messages = [1, 250, 253, 1200, 5000, 70_000].map(length => bytes(length))
    const atPeer = readMessages(remote)
    const atClient = readMessages(local)

    for (const message of messages) local.write(message)
    local.end()
    for (const message of messages) remote.write(message)
    remote.end()

    assert.deepEqual(await atPeer, messages.map(describeMessage))
    assert.deepEqual(await atClient, messages.map(describeMessage))
  })

  checkEach('8 MiB in each direction arrive whole', async (t, transport) => {
    const { local, remote } = await connection(scene, t, transport)
    const sent = { length: 8 * 1024 * 1024, sha256: sha256(bytes(8 * 1024 * 1024)) }
    const received = [digest(local), digest(remote)]

    await Promise.all([writeAll(local, sent.length), writeAll(remote, sent.length)])

    assert.deepEqual(await Promise.all(received), [sent, sent])
  })

  checkEach('many small messages, which the relay sends in batches, arrive whole', async (t, transport) => {
    const { local, remote } = await connection(scene, t, transport)
    const messages = Array.from({ length: 2000 }, (_, i) => bytes(1 + i % 100, i))
    const received = readMessages(local)

    for (const message of messages) await write(remote, message)
    remote.end()

    assert.deepEqual(await received, messages.map(describeMessage))
  })

  for (const first of ['client', 'peer']) {
    const order = ({ local, remote }) => first === 'client' ? [local, remote] : [remote, local]

    checkEach(`the ${first}'s end is a half-close, the other direction goes on`, async (t, transport) => {
      const [ending, lasting] = order(await connection(scene, t, transport))
      const bothClosed = Promise.all([closed(ending), closed(lasting)])
      const arriving = readMessages(ending)

      lasting.resume()
      ending.end(bytes(10))
      await once(lasting, 'end')
      const late = [bytes(70_000), bytes(1), bytes(3000)]
      for (const message of late) lasting.write(message)
      lasting.end()

      assert.deepEqual(await arriving, late.map(describeMessage))
      assert.deepEqual(await bothClosed, [null, null])
    })

    checkEach(`when the ${first} destroys its end, the other closes`, async (t, transport) => {
      const [destroying, other] = order(await connection(scene, t, transport))
      const ended = closed(other)

      destroying.destroy()

      assert.match((await ended)?.message, /connection reset by peer/)
    })
  }

  checkEach('a client that destroys itself closes its streams at the peer', async (t, transport) => {
    const { client, remote } = await connection(scene, t, transport)
    const ended = closed(remote)

    await client.destroy({ force: true })

    await ended
  })

  checkEach('lookup gives the peers that a JavaScript node announced, and finishes', async (t, transport) => {
    const topic = topicOf(t)
    const keyPair = DHT.keyPair()
    const { host, port } = scene.relay.bootstrap[0]
    await scene.anyPeer.announce(topic, keyPair, [{ host, port }]).finished()
    const client = await openWeb4Client(t, scene.relay, transport)

    const results = await readQuery(client.lookup(topic))

    assert.deepEqual(announcers(results), [keyPair.publicKey.toString('hex')])
    for (const { from, token, peers } of results) {
      assert.equal(from.host, '127.0.0.1')
      assert.equal(token.length, 32)
      for (const peer of peers) assert.equal(peer.relayAddresses[0].port, port)
    }
    assert.deepEqual(announcers(await readQuery(client.lookup(topicOf(t, 'nobody')))), [])
  })

  checkEach('a custodial announce is found by a peer, and gone when taken back', async (t, transport) => {
    const topic = topicOf(t)
    const keyPair = DHT.keyPair()
    const client = await openWeb4Client(t, scene.relay, transport)

    await readQuery(client.announce(topic, keyPair))
    const announced = announcers(await readQuery(scene.anyPeer.lookup(topic)))
    await client.unannounce(topic, keyPair)
    const after = announcers(await readQuery(scene.anyPeer.lookup(topic)))

    assert.deepEqual(announced, [keyPair.publicKey.toString('hex')])
    assert.deepEqual(after, [])
  })

  checkEach('clients of both dialects use one relay side by side', async (t, transport) => {
    const topic = topicOf(t)
    const server = await scene.server(t, end => end.on('data', message => end.write(message)))
    const older = await openWeb4Client(t, scene.relay, transport)
    const newer = await scene.client(t, transport, npm)

    const connections = await Promise.all([
      opened(older.connect(server.publicKey)),
      openedHyperswarm(newer.connect(server.publicKey))
    ])
    for (const [i, connection] of connections.entries()) connection.write(bytes(1000, i))
    const echoes = await Promise.all(connections.map(connection => once(connection, 'data')))
    assert.deepEqual(echoes, [[bytes(1000, 0)], [bytes(1000, 1)]])

    await readQuery(older.announce(topic, older.defaultKeyPair))
    const found = announcers(await readQuery(newer.lookup(topic)))
    assert.deepEqual(found, [older.defaultKeyPair.publicKey.toString('hex')])
  })

  checkEach('the client is served under the name that it has by itself too', async (t, transport) => {
    const { local, remote } = await connection(scene, t, transport, { renamed: false })

    assert.deepEqual(local.handshakeHash, remote.handshakeHash)
  })
}, { casts: [npmWeb4] })

/** A client's connection to a peer's server: `local` is the client's end, `remote` the peer's. */
async function connection (scene, t, transport, options) {
  const accepted = new Queue()
  const server = await scene.server(t, end => accepted.push(end))
  const client = await openWeb4Client(t, scene.relay, transport, options)
  const local = await opened(client.connect(server.publicKey))
  return { client, server, local, remote: await accepted.shift() }
}

async function readQuery (query) {
  const results = []
  for await (const result of query) results.push(result)
  return results
}

function announcers (results) {
  const keys = results.flatMap(({ peers }) => peers.map(({ publicKey }) => publicKey.toString('hex')))
  return [...new Set(keys)].sort()
}

function topicOf (t, name = '') {
  return Buffer.from(sha256(`${t.name} ${name}`), 'hex')
}
