// A client that keeps its secret keys: what the relay gets to see of it, and what the unchanged npm client does not get
// right by itself. What it does like any other client is in the suites of everybody: connect, data, closing, servers,
// queries, vanish, dht.
import assert from 'node:assert/strict'
import { once } from 'node:events'

import RelayedDHT from '@hyperswarm/dht-relay'
import DHT from 'hyperdht'
import WebSocket, { WebSocketServer } from 'ws'

import { npm, npmNoncustodial, ourPeer, ours, oursNoncustodial } from './harness/casts.mjs'
import { closed, openTransport, opened, Queue } from './harness/connections.mjs'
import { check, checkEach, suite } from './harness/scene.mjs'
import { connect, echoOf, failure, listen } from './harness/servers.mjs'
import { bytes } from './harness/streams.mjs'

const fromClient = Buffer.from('what the client says is for its peer alone')
const fromPeer = Buffer.from('what the peer says is for the client alone')

suite('clients that keep their secret keys', scene => {
  checkEach('neither what is said on a connection nor a secret key ever passes the relay', async (t, transport) => {
    assertSecret(await converse(t, openTapped(t, transport, { custodial: false })))
  })

  checkEach('whereas a custodial one shows it both: the check before would find them', async (t, transport) => {
    assertShown(await converse(t, openTapped(t, transport, { custodial: true })))
  })

  // Over TCP our client's frames are encrypted before a test can see them.
  check(`${oursNoncustodial.over('ws')}: neither what is said nor a secret key ever passes the relay`, async t => {
    assertSecret(await converse(t, await openOursTapped(t, oursNoncustodial)))
  })

  check(`${ours.over('ws')}: the relay sees both: the check before would find them`, async t => {
    assertShown(await converse(t, await openOursTapped(t, ours)))
  })

  for (const [near, far] of [[npmNoncustodial, npm], [npm, npmNoncustodial], [npmNoncustodial, npmNoncustodial]]) {
    const [from, to] = [near, far].map(cast => cast.custodial ? 'custodial' : 'noncustodial')
    checkEach(`a ${from} client of the relay reaches the server of a ${to} one`, async (t, transport) => {
      const { server } = await listen(await scene.client(t, transport, far), { echo: true })
      const client = await scene.client(t, transport, near)

      assert.deepEqual(await echoOf(await connect(t, client, server)), bytes(1000))
    })
  }

  checkEach('a node of ours reaches its server, and its client one of ours', async (t, transport) => {
    const node = await ourPeer.startPeer(scene.relay)
    t.after(() => node.destroy({ force: true }))
    const client = await scene.client(t, transport)
    const { server } = await listen(client, { echo: true })
    const ownServer = await scene.server(t, end => end.on('data', message => end.write(message)), { peer: node })

    assert.deepEqual(await echoOf(await connect(t, node, server)), bytes(1000))
    assert.deepEqual(await echoOf(await connect(t, client, ownServer)), bytes(1000))
  })

  checkEach('a client that leaves in order signs that its servers are gone', async (t, transport) => {
    const client = await scene.client(t, transport)
    const { server } = await listen(client)

    await client.destroy()

    assert.equal(await failure(scene.anyPeer, server), 'PEER_NOT_FOUND: Peer not found')
  })

  checkEach('nobody listens on a key that he does not have, or keeps its owner from it', async (t, transport) => {
    const owner = DHT.keyPair()
    const thief = await scene.client(t, transport)
    const stolen = thief.createServer()
    const ended = once(stolen, 'close')
    await stolen.listen({ publicKey: owner.publicKey, secretKey: DHT.keyPair().secretKey })
    await ended

    const client = await scene.client(t, transport)
    const { server } = await listen(client, { keyPair: owner, echo: true })

    assert.deepEqual(await echoOf(await connect(t, scene.anyPeer, server)), bytes(1000))
  })

  // Faults of npm @hyperswarm/dht-relay 0.4.3. The relay can do nothing about them: it has no key to look inside.

  // lib/handshake.js, onNoise: `deny = this._firewall._deny(...)` is not awaited (lib/firewall.js, onIncoming, which
  // custodial servers use, does). A promise is true, so a firewall that is an async function denies everybody. Asking with
  // `incoming` instead is no way out: only the client can read what that is to carry, and lib/node.js, onNoiseReceive, the
  // one place where a responder's handshake is made, always gives it the firewall; what was denied is forgotten there.
  checkEach("the npm client does not wait for its firewall's promise: that is a denial", async (t, transport) => {
    const client = await scene.client(t, transport)
    const { server } = await listen(client, { firewall: async () => false })

    assert.equal(await failure(scene.anyPeer, server), 'PEER_CONNECTION_FAILED: Could not connect to peer')
  })

  // lib/node.js, connect, and lib/server.js, onConnection: the SecretStream is made without `keepAlive`, so it gives the
  // keep-alives of hyperdht peers to its user, as empty messages. Protomux passes over them.
  checkEach("the npm client takes a peer's keep-alives for empty messages", async (t, transport) => {
    const { local, remote } = await scene.connection(t, transport)
    const message = once(local, 'data')

    remote.sendKeepAlive()

    assert.equal((await message)[0].length, 0)
  })

  // lib/handshake.js, onNoiseReceive: what `recv` throws at a message that it cannot read leaves Protomux's handler, which
  // destroys the whole transport. Anybody who knows the key of a server can send such a message. The relay refuses what is
  // too short for one; what is wrong inside only the client can see.
  checkEach("a stranger's broken handshake ends the npm client's session, and no other", async (t, transport) => {
    const client = await scene.client(t, transport)
    const { server } = await listen(client)
    const bystander = await scene.client(t, transport)
    const other = await listen(bystander, { echo: true })
    const ended = once(server, 'close')

    const target = DHT.hash(server.publicKey)
    for await (const { from } of scene.anyPeer.findPeer(server.publicKey)) {
      await scene.anyPeer._router.peerHandshake(target, { noise: bytes(48) }, from).catch(() => {})
      assert.equal(server.closed, false, 'too short to be passed on')
      await scene.anyPeer._router.peerHandshake(target, { noise: bytes(200) }, from).catch(() => {})
      break
    }

    await ended
    assert.deepEqual(await echoOf(await connect(t, scene.anyPeer, other.server)), bytes(1000))
  })

  /** An npm client, and what passes on its transport, before that encrypts. */
  function openTapped (t, transport, options) {
    const { stream } = openTransport(scene.relay, transport)
    const atRelay = []
    const { write } = stream
    stream.write = frame => {
      atRelay.push(Buffer.from(frame))
      return write.call(stream, frame)
    }
    stream.on('data', frame => atRelay.push(Buffer.from(frame)))
    const client = new RelayedDHT(stream, options)
    t.after(() => client.destroy({ force: true }))
    return { client, atRelay }
  }

  /** Our client, and the frames that pass between it and the relay, through a WebSocket of the test's. */
  async function openOursTapped (t, cast) {
    const atRelay = []
    const front = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    t.after(() => front.close())
    front.on('connection', async near => {
      const far = new WebSocket(scene.relay.ws)
      const opened = once(far, 'open')
      for (const [from, to] of [[near, far], [far, near]]) {
        from.on('message', async frame => {
          atRelay.push(frame)
          await opened
          to.send(frame)
        })
        from.on('close', () => to.terminate())
      }
    })
    await once(front, 'listening')
    const { client } = await cast.open({ ws: `ws://127.0.0.1:${front.address().port}` }, 'ws')
    t.after(() => client.destroy())
    return { client, atRelay }
  }

  /**
   * The client connects to a peer and is connected to by one, both ways and to the end. Answers what passed on its
   * transport, what came to the peer in UDX, and the client's key pairs.
   */
  async function converse (t, { client, atRelay }) {
    const atPeer = []
    const keyPairs = [client.defaultKeyPair, DHT.keyPair(), DHT.keyPair()]
    const remotes = new Queue()
    const peersServer = await scene.server(t, end => remotes.push(record(end, atPeer)))
    const { server, accepted } = await listen(client, { keyPair: keyPairs[1] })
    const dialled = await opened(client.connect(peersServer.publicKey, { keyPair: keyPairs[2] }))
    await talk(dialled, await remotes.shift())
    const remote = await connect(t, scene.anyPeer, server)
    const local = await accepted.shift()
    await talk(local, record(remote, atPeer))
    await client.announce(DHT.hash(Buffer.from(t.name)), keyPairs[1]).resume().finished()

    return { atRelay: Buffer.concat(atRelay), atPeer: Buffer.concat(atPeer), keyPairs }
  }

  function assertSecret (seen) {
    assert.ok(seen.atRelay.length > 1000)
    assert.ok(!seen.atRelay.includes(fromClient.subarray(0, 8)))
    assert.ok(!seen.atRelay.includes(fromPeer.subarray(0, 8)))
    assert.ok(!seen.atPeer.includes(fromClient.subarray(0, 8)))
    for (const { secretKey } of seen.keyPairs) {
      assert.ok(!seen.atRelay.includes(secretKey))
      assert.ok(!seen.atRelay.includes(secretKey.subarray(0, 32)))
    }
  }

  function assertShown (seen) {
    assert.ok(seen.atRelay.includes(fromClient))
    assert.ok(seen.atRelay.includes(fromPeer))
    assert.ok(!seen.atPeer.includes(fromClient.subarray(0, 8)), 'from the relay to the peer all is encrypted')
    for (const { secretKey } of seen.keyPairs) assert.ok(seen.atRelay.includes(secretKey))
  }

  /** Before the end itself sees them, which decrypts them where they lie. */
  function record (end, chunks) {
    end.rawStream.prependListener('data', chunk => chunks.push(Buffer.from(chunk)))
    return end
  }

  async function talk (local, remote) {
    const arriving = [once(remote, 'data'), once(local, 'data')]
    const ends = [closed(local), closed(remote)]
    local.write(fromClient)
    remote.write(fromPeer)
    const [[atRemote], [atLocal]] = await Promise.all(arriving)
    assert.deepEqual([atRemote, atLocal], [fromClient, fromPeer])
    local.end()
    remote.end()
    await Promise.all(ends)
  }
}, { casts: [npmNoncustodial], concurrency: 4 })
