// Servers behind the relay, as the npm clients of both dialects make them, custodial.
import assert from 'node:assert/strict'
import { once } from 'node:events'

import DHT from 'hyperdht'

import { everybody, npmNoncustodial, npmWeb4, oursWeb4 } from './harness/casts.mjs'
import { closed, cut, Queue } from './harness/connections.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { connect, echoOf, failure, listen } from './harness/servers.mjs'
import { bytes, describeMessage, digest, readMessages, sha256, writeAll } from './harness/streams.mjs'

suite('servers behind the relay', scene => {
  const knowsOwnKey = scene.cast !== npmWeb4 // as its accepted streams do not
  const isOlder = [npmWeb4, oursWeb4].includes(scene.cast) // with payloads of HyperDHT 5

  checkEach("a peer connects: both ends know each other's key and the same handshake hash", async (t, transport) => {
    const client = await scene.client(t, transport)
    const { server, accepted } = await listen(client)

    const remote = await connect(t, scene.anyPeer, server)
    const local = await accepted.shift()

    assert.deepEqual(server.publicKey, client.defaultKeyPair.publicKey)
    assert.deepEqual(local.remotePublicKey, scene.anyPeer.defaultKeyPair.publicKey)
    if (knowsOwnKey) assert.deepEqual(local.publicKey, server.publicKey)
    assert.deepEqual(remote.remotePublicKey, server.publicKey)
    assert.equal(local.handshakeHash.length, 64)
    assert.deepEqual(local.handshakeHash, remote.handshakeHash)
  })

  checkEach('messages keep their bounds and their order, both ways', async (t, transport) => {
    const { local, remote } = await acceptedConnection(t, transport)
    const messages = [1, 250, 253, 1200, 5000, 70_000].map(length => bytes(length))
    const atPeer = readMessages(remote)
    const atClient = readMessages(local)
    const bothClosed = Promise.all([closed(local), closed(remote)])

    for (const message of messages) local.write(message)
    local.end()
    for (const message of messages) remote.write(message)
    remote.end()

    assert.deepEqual(await atPeer, messages.map(describeMessage))
    assert.deepEqual(await atClient, messages.map(describeMessage))
    assert.deepEqual(await bothClosed, [null, null])
  })

  checkEach('8 MiB in each direction arrive whole', async (t, transport) => {
    const { local, remote } = await acceptedConnection(t, transport)
    const sent = { length: 8 * 1024 * 1024, sha256: sha256(bytes(8 * 1024 * 1024)) }
    const received = [digest(local), digest(remote)]

    await Promise.all([writeAll(local, sent.length), writeAll(remote, sent.length)])

    assert.deepEqual(await Promise.all(received), [sent, sent])
  })

  for (const first of ['client', 'peer']) {
    checkEach(`when the ${first} destroys its end, the other closes`, async (t, transport) => {
      const { local, remote } = await acceptedConnection(t, transport)
      const [destroying, other] = first === 'client' ? [local, remote] : [remote, local]
      const ended = closed(other)

      destroying.destroy()

      await ended
    })
  }

  checkEach('another client of the relay connects, and so does the same session', async (t, transport) => {
    const client = await scene.client(t, transport)
    const { server } = await listen(client, { echo: true })

    for (const node of [client, await scene.client(t, transport)]) {
      assert.deepEqual(await echoOf(await connect(t, node, server)), bytes(1000))
    }
  })

  checkEach('several servers in a session, each on its own key pair', async (t, transport) => {
    const client = await scene.client(t, transport)
    const servers = await Promise.all(Array.from({ length: 5 }, () => listen(client, { keyPair: DHT.keyPair() })))

    for (const { server, accepted } of servers) {
      const remote = await connect(t, scene.anyPeer, server)
      const local = await accepted.shift()
      assert.deepEqual(remote.remotePublicKey, server.publicKey)
      if (knowsOwnKey) assert.deepEqual(local.publicKey, server.publicKey)
      assert.deepEqual(local.handshakeHash, remote.handshakeHash)
    }
  })

  checkEach('a server listens again after it was closed', async (t, transport) => {
    const client = await scene.client(t, transport)
    const keyPair = DHT.keyPair()
    const first = await listen(client, { keyPair })
    await first.server.close()

    const { server } = await listen(client, { keyPair, echo: true })

    assert.deepEqual(await echoOf(await connect(t, scene.anyPeer, server)), bytes(1000))
  })

  checkEach("the server's address is the relay's on the DHT", async (t, transport) => {
    const client = await scene.client(t, transport)
    const { server } = await listen(client)

    const { publicKey, host, port } = server.address()

    assert.deepEqual(publicKey, server.publicKey)
    assert.equal(host, '127.0.0.1')
    assert.ok(port > 0 && port < 65536)
  })

  checkEach('close makes it unfindable, and its connections go on', async (t, transport) => {
    const client = await scene.client(t, transport)
    const { server, accepted } = await listen(client, { echo: true })
    const remote = await connect(t, scene.anyPeer, server)
    await accepted.shift()

    await server.close()

    assert.equal(await failure(scene.anyPeer, server), 'PEER_NOT_FOUND: Peer not found')
    assert.deepEqual(await echoOf(remote), bytes(1000))
  })

  checkEach('a key pair that is in use gives a server that is closed at once', async (t, transport) => {
    const client = await scene.client(t, transport)
    await listen(client)
    const server = client.createServer()
    const ended = once(server, 'close')

    await server.listen().catch(error => assert.equal(error.code, 'KEYPAIR_ALREADY_USED')) // npm's is not told

    await ended
  })

  checkEach("the firewall sees the peer's key and payload, and lets it in", async (t, transport) => {
    const client = await scene.client(t, transport)
    const asked = new Queue()
    const { server } = await listen(client, {
      echo: true,
      firewall: (key, payload) => {
        asked.push({ key, payload })
        return false
      }
    })

    const remote = await connect(t, scene.anyPeer, server)
    const { key, payload } = await asked.shift()

    assert.deepEqual(key, scene.anyPeer.defaultKeyPair.publicKey)
    assert.equal(payload.version, 1)
    assert.equal(payload.error, 0)
    if (isOlder) {
      assert.equal(payload.protocols, 2) // uTP, in the place of UDX
    } else {
      assert.ok(payload.udx.id > 0)
      assert.ok(payload.secretStream)
    }
    assert.deepEqual(await echoOf(remote), bytes(1000))
  })

  checkEach('a firewall that denies or throws keeps peers out, and not those it lets in', async (t, transport) => {
    const client = await scene.client(t, transport)
    const friend = DHT.keyPair()
    const isStranger = key => !key.equals(friend.publicKey)
    const denying = await listen(client, {
      keyPair: DHT.keyPair(),
      echo: true,
      // The npm client does not wait for the answer of a firewall where it keeps its keys: see noncustodial.test.mjs.
      firewall: scene.cast === npmNoncustodial ? isStranger : async key => isStranger(key)
    })
    const throwing = await listen(client, {
      keyPair: DHT.keyPair(),
      firewall: () => { throw new Error('the hook is at fault') }
    })

    const errors = await Promise.all([denying, throwing].map(({ server }) => failure(scene.anyPeer, server)))

    assert.deepEqual(errors, Array(2).fill('PEER_CONNECTION_FAILED: Could not connect to peer'))
    const remote = await connect(t, scene.anyPeer, denying.server, { keyPair: friend })
    assert.deepEqual(await echoOf(remote), bytes(1000))
  })

  checkEach('a firewall that does not answer keeps the peer out', async (t, transport) => {
    const client = await scene.client(t, transport)
    const { server } = await listen(client, { firewall: () => new Promise(() => {}) })

    assert.equal(await failure(scene.anyPeer, server), 'PEER_CONNECTION_FAILED: Could not connect to peer')
  })

  checkEach('a client that vanishes takes its servers and their connections with it', async (t, transport) => {
    const { client, socket } = await scene.clientAndSocket(t, transport)
    const servers = await Promise.all(Array.from({ length: 3 }, () => listen(client, { keyPair: DHT.keyPair() })))
    const ends = await Promise.all(servers.map(async ({ server, accepted }) => {
      const remote = await connect(t, scene.anyPeer, server)
      await accepted.shift()
      return remote
    }))
    const gone = Promise.all(ends.map(end => closed(end)))

    cut(socket)

    await gone
    for (const { server } of servers) {
      assert.match(await failure(scene.anyPeer, server), /^PEER_(NOT_FOUND|CONNECTION_FAILED): /)
    }
  })

  checkEach('a client that comes back listens on its key at once', async (t, transport) => {
    const keyPair = DHT.keyPair()
    const { client, socket } = await scene.clientAndSocket(t, transport)
    const former = await listen(client, { keyPair })
    const end = await connect(t, scene.anyPeer, former.server)
    await former.accepted.shift()
    const gone = closed(end)
    cut(socket)
    await gone

    const { server } = await listen(await scene.client(t, transport), { keyPair, echo: true })

    assert.deepEqual(await echoOf(await connect(t, scene.anyPeer, server)), bytes(1000))
  })

  /** A peer's connection to a server behind the relay: `local` is the client's end, `remote` the peer's. */
  async function acceptedConnection (t, transport) {
    const client = await scene.client(t, transport)
    const { server, accepted } = await listen(client)
    const remote = await connect(t, scene.anyPeer, server)
    return { local: await accepted.shift(), remote }
  }
}, { casts: everybody, concurrency: 8 })
