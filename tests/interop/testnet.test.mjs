// The private DHT that the relay brings with --testnet, used by npm nodes among themselves.
import assert from 'node:assert/strict'
import { once } from 'node:events'

import DHT from 'hyperdht'

import { closed, opened } from './harness/connections.mjs'
import { check, suite } from './harness/scene.mjs'
import { bytes } from './harness/streams.mjs'

suite('testnet', scene => {
  check('there are four nodes', async () => {
    const ports = new Set(scene.relay.bootstrap.map(({ port }) => port))
    const found = new Set()
    const peer = await scene.peer()
    for await (const { from } of peer.findNode(bytes(32))) found.add(from.port)

    assert.ok(ports.size >= 1)
    for (const port of ports) assert.ok(found.has(port))
    assert.ok(found.size >= 4)
  })

  check('a server is found by its key, and its handshake handed on', async t => {
    const server = await scene.server(t, connection => connection.on('data', data => connection.write(data)))
    const other = await scene.peer()

    const stream = await opened(other.connect(server.publicKey))
    t.after(() => stream.destroy())
    stream.write(bytes(1000))
    const [echo] = await once(stream, 'data')

    assert.deepEqual(echo, bytes(1000))
  })

  check('an unknown key is not found', async () => {
    const error = await closed(scene.anyPeer.connect(DHT.keyPair().publicKey))

    assert.equal(error?.code, 'PEER_NOT_FOUND')
  })

  check('announcements are kept, and given up with the right signature only', async () => {
    const topic = bytes(32, 'topic')
    const [mine, another] = [DHT.keyPair(), DHT.keyPair()]
    const other = await scene.peer()

    await scene.anyPeer.announce(topic, mine, []).finished()
    await scene.anyPeer.announce(topic, another, []).finished()
    assert.deepEqual(await announcers(other, topic), hex(mine, another))

    await scene.anyPeer.unannounce(topic, { publicKey: mine.publicKey, secretKey: another.secretKey })
    assert.deepEqual(await announcers(other, topic), hex(mine, another))

    await scene.anyPeer.unannounce(topic, mine)
    assert.deepEqual(await announcers(other, topic), hex(another))
  })

  check('an announcement with a wrong signature is refused', async () => {
    const topic = bytes(32, 'forged')
    const { publicKey } = DHT.keyPair()

    await scene.anyPeer.announce(topic, { publicKey, secretKey: DHT.keyPair().secretKey }, []).finished().catch(() => {})

    assert.deepEqual(await announcers(scene.anyPeer, topic), [])
  })

  check('immutable and mutable values are kept', async () => {
    const other = await scene.peer()
    const keyPair = DHT.keyPair()

    const { hash } = await scene.anyPeer.immutablePut(Buffer.from('for ever'))
    await scene.anyPeer.mutablePut(keyPair, Buffer.from('for now'), { seq: 4 })

    assert.equal((await other.immutableGet(hash)).value.toString(), 'for ever')
    const mutable = await other.mutableGet(keyPair.publicKey)
    assert.equal(mutable.value.toString(), 'for now')
    assert.equal(mutable.seq, 4)
  })
})

async function announcers (peer, topic) {
  const found = new Set()
  for await (const { peers } of peer.lookup(topic)) {
    for (const { publicKey } of peers) found.add(publicKey.toString('hex'))
  }
  return [...found].sort()
}

function hex (...keyPairs) {
  return keyPairs.map(({ publicKey }) => publicKey.toString('hex')).sort()
}
