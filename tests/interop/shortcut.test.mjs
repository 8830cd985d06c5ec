// Clients of a fleet reach each other's servers without UDP: two relays with a broker between them, each with a private
// DHT of its own that knows nothing of the other's. What one of these DHTs can find is asked, too, so that no test
// passes by the DHT.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe } from 'node:test'

import DHT from 'hyperdht'

import { npm, npmNoncustodial, ours } from './harness/casts.mjs'
import { closed, opened } from './harness/connections.mjs'
import { Broker } from './harness/fleet/broker.mjs'
import { findFree, layOut } from './harness/fleet/ports.mjs'
import { npmPeer } from './harness/peers.mjs'
import { RelayProcess } from './harness/relay.mjs'
import { check } from './harness/scene.mjs'
import { echoOf, failure, listen } from './harness/servers.mjs'
import { bytes, digest, sha256, writeAll } from './harness/streams.mjs'

const pairs = [
  { caller: npm, over: 'ws', listener: npm, under: 'tcp' },
  { caller: npm, over: 'tcp', listener: npmNoncustodial, under: 'ws' },
  { caller: npmNoncustodial, over: 'ws', listener: npm, under: 'tcp' },
  { caller: npmNoncustodial, over: 'tcp', listener: npmNoncustodial, under: 'ws' },
  { caller: ours, over: 'ws', listener: npmNoncustodial, under: 'tcp' }
]

describe('the shortcut between two relays', { concurrency: false }, () => {
  let broker, near, far

  before(async () => {
    if (process.env.LIST_TESTS) return
    broker = new Broker(layOut(await findFree(1), 1).broker)
    await broker.start()
    ;[near, far] = await Promise.all(['near', 'far'].map(name => RelayProcess.start({
      args: ['--fabric', 'rabbitmq', '--rabbitmq', broker.uri, '--node-name', name, '--placement', 'local']
    })))
    await Promise.all([near, far].map(relay => relay.says(/ready for clients/)))
    await near.says(/node far is Up/)
    await far.says(/node near is Up/)
  })

  after(async () => {
    await near?.stop()
    if (far?.isRunning) await far.stop()
    await broker?.stop()
  })

  for (const { caller, over, listener, under } of pairs) {
    const who = `${caller.over(over)} reaches ${listener.over(under)}`

    check(`${who}: the same keys and handshake hash, and all that is said`, async t => {
      const { client, server, accepted } = await meet(t, { caller, over, listener, under })
      await isUnknownToTheDht(t, server)

      const local = await reach(t, client, server)
      const remote = await accepted.shift()

      assert.deepEqual(remote.remotePublicKey, client.defaultKeyPair.publicKey)
      assert.deepEqual(local.remotePublicKey, server.publicKey)
      assert.equal(local.handshakeHash.length, 64)
      assert.deepEqual(local.handshakeHash, remote.handshakeHash)

      const size = 2 * 1024 * 1024
      const sent = { length: size, sha256: sha256(bytes(size)) }
      const received = [digest(local), digest(remote)]
      await Promise.all([writeAll(local, size), writeAll(remote, size)])
      assert.deepEqual(await Promise.all(received), [sent, sent])
    })

    check(`${who}: the firewall is asked once, and who is denied hears what the DHT would say`, async t => {
      const asked = []
      const { client, server } = await meet(t, { caller, over, listener, under }, {
        firewall: key => {
          asked.push(key)
          return true
        }
      })

      await assert.rejects(
        reach(t, client, server), { message: 'PEER_CONNECTION_FAILED: Could not connect to peer' })

      assert.deepEqual(asked, [client.defaultKeyPair.publicKey])
    })
  }

  check('a side ends, the other goes on; a side destroys, the other closes', async t => {
    const { client, server, accepted } = await meet(t, pairs[0])
    const local = await reach(t, client, server)
    const remote = await accepted.shift()
    local.end()
    remote.resume()
    await once(remote, 'end')
    remote.write(bytes(10))
    assert.deepEqual((await once(local, 'data'))[0], bytes(10))

    const gone = closed(local)
    remote.destroy()

    await gone
  })

  check('a server that closes is not found any more, and is found again when it listens again', async t => {
    const { client, server, listening } = await meet(t, pairs[0])
    await reach(t, client, server)

    await server.close()
    assert.equal(await failure(client, server), 'PEER_NOT_FOUND: Peer not found')
    const keyPair = DHT.keyPair()
    const again = await listen(listening, { keyPair, echo: true })

    assert.deepEqual(await echoOf(await reach(t, client, again.server)), bytes(1000))
  })

  check('a relay that is killed takes its connections along, and its servers are sought through the DHT', async t => {
    const { client, server, accepted } = await meet(t, pairs[0])
    const local = await reach(t, client, server)
    await accepted.shift()
    const gone = closed(local)

    far.kill()

    assert.equal((await gone)?.message, 'ECONNRESET: connection reset by peer')
    assert.equal(await failure(client, server), 'PEER_NOT_FOUND: Peer not found')
  })

  /** A client of the one relay, and one of the other with a server. */
  async function meet (t, { caller, over, listener, under }, options) {
    const { client } = await caller.open(near, over)
    const { client: listening } = await listener.open(far, under)
    t.after(() => Promise.all([client, listening].map(end => end.destroy({ force: true }))))
    const { server, accepted } = await listen(listening, { keyPair: DHT.keyPair(), ...options })
    return { client, listening, server, accepted }
  }

  /** Who has nothing but the DHT of the first relay does not find the server. */
  async function isUnknownToTheDht (t, server) {
    const peer = await npmPeer.start(near)
    t.after(() => peer.destroy({ force: true }))
    assert.equal(await failure(peer, server), 'PEER_NOT_FOUND: Peer not found')
  }
})

/** A connection; the other relay hears of a server a moment after its client does. */
async function reach (t, client, server) {
  const stream = await untilKnown(() => opened(client.connect(server.publicKey)))
  t.after(() => stream.destroy())
  return stream
}

async function untilKnown (attempt) {
  const deadline = Date.now() + 10_000
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!error.message.startsWith('PEER_NOT_FOUND') || Date.now() > deadline) throw error
    }
  }
}
