import assert from 'node:assert/strict'

import DHT from 'hyperdht'

import { everybody } from './harness/casts.mjs'
import { opened } from './harness/connections.mjs'
import { npmPeer } from './harness/peers.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { describeMessage, readMessages, sha256 } from './harness/streams.mjs'

suite('queries', scene => {
  checkEach('lookup gives the peers that JavaScript nodes announced, and finishes', async (t, transport) => {
    const topic = topicOf(t)
    const keyPairs = [DHT.keyPair(), DHT.keyPair(), DHT.keyPair()]
    const { host, port } = scene.relay.bootstrap[0]
    for (const keyPair of keyPairs) {
      const peer = await scene.peer()
      await peer.announce(topic, keyPair, [{ host, port }]).finished()
    }
    const client = await scene.client(t, transport)

    const results = await readQuery(client.lookup(topic))

    assert.deepEqual(announcers(results), keyPairs.map(({ publicKey }) => publicKey.toString('hex')).sort())
    for (const { from, to, token, peers } of results) {
      assert.equal(from.host, '127.0.0.1')
      assert.ok(from.port > 0)
      assert.equal(to.host, '127.0.0.1')
      assert.equal(token.length, 32)
      for (const peer of peers) assert.deepEqual(peer.relayAddresses, [{ host, family: 4, port }])
    }
  }, { playedBy: cast => cast.peer === npmPeer })

  checkEach('lookup of an announced server gives a key that connects', async (t, transport) => {
    const server = await scene.server(t, connection => connection.end('found'))
    const client = await scene.client(t, transport)

    // hyperdht announces a server under the hash of its public key.
    const results = await readQuery(client.lookup(DHT.hash(server.publicKey)))

    assert.deepEqual(announcers(results), [server.publicKey.toString('hex')])
    const stream = await opened(client.connect(Buffer.from(announcers(results)[0], 'hex')))
    assert.deepEqual(await readMessages(stream), [describeMessage(Buffer.from('found'))])
  })

  checkEach('lookup of a topic nobody announced finishes without peers', async (t, transport) => {
    const client = await scene.client(t, transport)

    const results = await readQuery(client.lookup(topicOf(t)))

    assert.deepEqual(announcers(results), [])
  })

  checkEach('several lookups at once, each with its own results', async (t, transport) => {
    const client = await scene.client(t, transport)
    const topics = ['a', 'b', 'c', 'd'].map(name => topicOf(t, name))
    const keyPairs = topics.map(() => DHT.keyPair())
    await Promise.all(topics.map((topic, i) => scene.anyPeer.announce(topic, keyPairs[i], []).finished()))

    const results = await Promise.all(topics.map(topic => readQuery(client.lookup(topic))))

    assert.deepEqual(results.map(announcers), keyPairs.map(({ publicKey }) => [publicKey.toString('hex')]))
  })

  checkEach('an announce is found by a peer, and gone when taken back', async (t, transport) => {
    const topic = topicOf(t)
    const keyPair = DHT.keyPair()
    const client = await scene.client(t, transport)

    await readQuery(client.announce(topic, keyPair))
    const announced = announcers(await readQuery(scene.anyPeer.lookup(topic)))
    await client.unannounce(topic, keyPair)
    const after = announcers(await readQuery(scene.anyPeer.lookup(topic)))

    assert.deepEqual(announced, [keyPair.publicKey.toString('hex')])
    assert.deepEqual(after, [])
  })
}, { casts: everybody })

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
