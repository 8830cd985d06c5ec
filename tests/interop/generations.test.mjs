// What a client of the first dialect cannot do that keeps its secret key, what the relay answers, and why: the node
// layer that it is made for, @hyperswarm/dht 5, signs and shakes hands in another way than hyperdht 6.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'

import DHT from 'hyperdht'

import { Cast, npmWeb4 } from './harness/casts.mjs'
import { closed } from './harness/connections.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { bytes, sha256 } from './harness/streams.mjs'
import { openOlderClient } from './harness/web4.mjs'

const require = createRequire(import.meta.url)
const requireOlder = createRequire(require.resolve('dht-relay-0.1'))

const noncustodial = new Cast('npm 0.1', openOlderClient, { custodial: false, skip: npmWeb4.skip })

suite('the first dialect, with keys that the client keeps', scene => {
  checkEach('lookup needs no key, and works', async (t, transport) => {
    const topic = Buffer.from(sha256(t.name), 'hex')
    const keyPair = DHT.keyPair()
    await scene.anyPeer.announce(topic, keyPair, []).finished()
    const client = await scene.client(t, transport)

    const found = await read(client.lookup(topic))

    assert.deepEqual(found.flatMap(({ peers }) => peers)[0]?.publicKey, keyPair.publicKey)
  })

  checkEach('a connection is refused with the reason, at once', async (t, transport) => {
    const server = await scene.server(t, () => {})
    const client = await scene.client(t, transport)

    const error = await closed(client.connect(server.publicKey))

    assert.match(error?.message, /^SERVER_INCOMPATIBLE: .*use the custodial mode$/)
  })

  checkEach('a server closes as soon as it listens', async (t, transport) => {
    const client = await scene.client(t, transport)
    const server = client.createServer()
    const ended = once(server, 'close')

    await server.listen()

    await ended
    assert.equal(
      (await closed(scene.anyPeer.connect(client.defaultKeyPair.publicKey)))?.message, 'PEER_NOT_FOUND: Peer not found')
  })

  checkEach('announce and unannounce finish, and nobody finds the client', async (t, transport) => {
    const topic = Buffer.from(sha256(t.name), 'hex')
    const client = await scene.client(t, transport)

    const results = await read(client.announce(topic, client.defaultKeyPair))
    await client.unannounce(topic, client.defaultKeyPair)

    assert.deepEqual(results, [])
    assert.deepEqual(await read(scene.anyPeer.lookup(topic)), [])
  })
}, { casts: [noncustodial] })

describe('what the generations of the DHT do not have in common', () => {
  const older = createRequire(requireOlder.resolve('@hyperswarm/dht'))
  const newer = createRequire(require.resolve('hyperdht'))

  for (const [from, to, sender, receiver] of [[5, 6, older, newer], [6, 5, newer, older]]) {
    test(`the prologue: generation ${to} cannot read the Noise message of generation ${from}`, () => {
      const prologues = [sender, receiver].map(require => require('./lib/constants').NS.PEER_HANDSHAKE)

      assert.throws(() => shakeHands(sender, receiver, prologues), /could not verify data/)
      assert.deepEqual(shakeHands(sender, receiver, [prologues[1], prologues[1]]), Buffer.from('payload'))
    })
  }

  test('the stream ids: after the same handshake, each refuses the header of the other', () => {
    const hash = bytes(64)
    const ids = [older, newer].map(require => require('@hyperswarm/secret-stream').id(hash, true))

    assert.notDeepEqual(ids[0], ids[1])
  })

  test('the signatures: the same announcement is signed in another way', () => {
    const keyPair = DHT.keyPair()
    const announce = { peer: { publicKey: keyPair.publicKey, relayAddresses: [] } }
    const fields = [bytes(32, 'target'), bytes(32, 'token'), bytes(32, 'id'), announce]

    for (const sign of ['signAnnounce', 'signUnannounce']) {
      assert.notDeepEqual(
        older('./lib/persistent')[sign](...fields, keyPair.secretKey),
        newer('./lib/persistent')[sign](...fields, keyPair))
    }
  })

  test('the payloads: what a node of generation 6 tells, generation 5 cannot read', () => {
    const payload = { error: 0, firewall: 0, addresses4: [{ host: '10.0.0.1', port: 1 }], udx: { id: 7, seq: 0 } }
    const { encode, decode } = newer('compact-encoding')
    const encoded = encode(newer('./lib/messages').noisePayload, payload)

    assert.throws(() => decode(older('./lib/messages').noisePayload, encoded))
  })
})

/** The payload of the initiator's message as the responder reads it, each on the Noise of its own generation. */
function shakeHands (initiatorRequire, responderRequire, prologues) {
  const [own, remote] = [DHT.keyPair(), DHT.keyPair()]
  const initiator = noise(initiatorRequire, true, own)
  const responder = noise(responderRequire, false, remote)
  initiator.initialise(prologues[0], remote.publicKey)
  responder.initialise(prologues[1])
  return Buffer.from(responder.recv(initiator.send(Buffer.from('payload'))))
}

function noise (require, isInitiator, keyPair) {
  const Noise = require('noise-handshake')
  return new Noise('IK', isInitiator, keyPair, { curve: require('noise-curve-ed') })
}

async function read (query) {
  const results = []
  for await (const result of query) results.push(result)
  return results
}
