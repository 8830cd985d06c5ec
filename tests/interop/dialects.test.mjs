// Clients of the two dialects with each other, ours with npm's: one has a server, the other connects, on one relay,
// custodial.
import assert from 'node:assert/strict'
import { once } from 'node:events'

import DHT from 'hyperdht'

import { npm, npmWeb4, ours, oursWeb4 } from './harness/casts.mjs'
import { closed, Queue } from './harness/connections.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { connect, echoOf, failure, listen } from './harness/servers.mjs'
import { bytes, describeMessage, digest, readMessages, sha256, writeAll } from './harness/streams.mjs'

const others = new Map([[npm, npmWeb4], [npmWeb4, npm], [ours, npmWeb4], [oursWeb4, npm]])

suite('a server for clients of the other dialect', scene => {
  checkEach("both ends know each other's key and the same handshake hash", async (t, transport) => {
    const { dialler, server, local, remote } = await connection(t, transport)

    assert.deepEqual(local.remotePublicKey, dialler.defaultKeyPair.publicKey)
    assert.deepEqual(remote.remotePublicKey, server.publicKey)
    assert.equal(local.handshakeHash.length, 64)
    assert.deepEqual(local.handshakeHash, remote.handshakeHash)
  })

  checkEach('8 MiB in each direction arrive whole', async (t, transport) => {
    const { local, remote } = await connection(t, transport)
    const sent = { length: 8 * 1024 * 1024, sha256: sha256(bytes(8 * 1024 * 1024)) }
    const received = [digest(local), digest(remote)]

    await Promise.all([writeAll(local, sent.length), writeAll(remote, sent.length)])

    assert.deepEqual(await Promise.all(received), [sent, sent])
  })

  for (const first of ['server', 'dialler']) {
    const order = ({ local, remote }) => first === 'server' ? [local, remote] : [remote, local]

    checkEach(`the ${first}'s end is a half-close, the other direction goes on`, async (t, transport) => {
      const [ending, lasting] = order(await connection(t, transport))
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
      const [destroying, other] = order(await connection(t, transport))
      const ended = closed(other)

      destroying.destroy()

      assert.match((await ended)?.message, /connection reset by peer/)
    })
  }

  checkEach('the firewall lets in whom it knows, and nobody else', async (t, transport) => {
    const [client, dialler] = await clients(t, transport)
    const friend = DHT.keyPair()
    const asked = new Queue()
    const { server } = await listen(client, {
      echo: true,
      firewall: (key, payload) => {
        asked.push(payload)
        return !key.equals(friend.publicKey)
      }
    })

    assert.equal(await failure(dialler, server), 'PEER_CONNECTION_FAILED: Could not connect to peer')
    const remote = await connect(t, dialler, server, { keyPair: friend })

    assert.deepEqual(await echoOf(remote), bytes(1000))
    assert.equal((await asked.shift()).version, 1)
  })

  /** A client of this dialect, and one of the other. */
  function clients (t, transport) {
    return Promise.all([scene.cast, others.get(scene.cast)].map(cast => scene.client(t, transport, cast)))
  }

  /** `local` is the end of the client with the server, `remote` the end of the other. */
  async function connection (t, transport) {
    const [client, dialler] = await clients(t, transport)
    const { server, accepted } = await listen(client)
    const remote = await connect(t, dialler, server)
    return { dialler, server, local: await accepted.shift(), remote }
  }
}, { casts: [...others.keys()], concurrency: 8 })
