// Hyperswarm with a relayed node as its `dht`: it finds swarms and is found by them as on a node of its own.
import assert from 'node:assert/strict'
import { once } from 'node:events'

import Hyperswarm from 'hyperswarm'

import { npm, npmNoncustodial } from './harness/casts.mjs'
import { closed, Queue } from './harness/connections.mjs'
import { mendStreamsOf } from './harness/mending.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { sha256 } from './harness/streams.mjs'

const serverOnly = { server: true, client: false }
const clientOnly = { server: false, client: true }

// After how many milliseconds a swarm dials again, where it failed or both ends gave up at once.
const backoffs = [100, 100, 100, 100]

suite('hyperswarm on a relayed node', scene => {
  checkEach('as a server on a topic, found by a swarm on a direct node', async (t, transport) => {
    const relayed = await joined(t, await scene.client(t, transport), serverOnly)
    const direct = await joined(t, await scene.peer(), clientOnly)

    await assertConnected(direct, relayed)
  })

  checkEach('as a client on a topic, finds a swarm on a direct node', async (t, transport) => {
    const direct = await joined(t, await scene.peer(), serverOnly)
    const relayed = await joined(t, await scene.client(t, transport), clientOnly)

    await assertConnected(relayed, direct)
  })

  checkEach('as both, meets another relayed swarm and a direct one on the same topic', async (t, transport) => {
    const swarms = []
    for (const node of [await scene.client(t, transport), await scene.client(t, transport), await scene.peer()]) {
      swarms.push(await joined(t, node))
    }

    const [first, second, third] = swarms
    await Promise.all(swarms.map(swarm => swarm.has(2)))
    assert.deepEqual(first.peers, [second, third].map(keyOf).sort())
    assert.deepEqual(second.peers, [first, third].map(keyOf).sort())
    assert.deepEqual(third.peers, [first, second].map(keyOf).sort())
  })

  checkEach('dials and is dialled at once, and keeps one connection', async (t, transport) => {
    const relayed = new Member(t, mendStreamsOf(await scene.client(t, transport)))
    const direct = new Member(t, await scene.peer())
    await Promise.all([relayed, direct].map(({ swarm }) => swarm.listen()))

    const answered = new Promise(resolve => relayed.swarm.on('connection', connection => {
      connection.on('data', message => { if (message.length > 0) resolve(message) }) // the others are keep-alives
      connection.write('there')
    }))
    direct.swarm.on('connection', connection => connection.once('data', () => connection.write('back')))

    relayed.swarm.joinPeer(direct.swarm.keyPair.publicKey)
    direct.swarm.joinPeer(relayed.swarm.keyPair.publicKey)

    assert.equal(String(await answered), 'back')
    await relayed.swarm.dht.lookup(topicOf(t)).resume().finished() // its session goes on
  })

  checkEach('joins a peer by its key, without a topic', async (t, transport) => {
    const direct = new Member(t, await scene.peer())
    await direct.swarm.listen()
    const relayed = new Member(t, await scene.client(t, transport))

    relayed.swarm.joinPeer(direct.swarm.keyPair.publicKey)

    await assertConnected(relayed, direct)
  })

  checkEach('its firewall keeps one swarm out and lets another in', async (t, transport) => {
    const [stranger, friend] = [new Member(t, await scene.peer()), new Member(t, await scene.peer())]
    const relayed = await joined(t, await scene.client(t, transport), serverOnly, {
      firewall: key => key.equals(stranger.swarm.keyPair.publicKey)
    })
    const banned = once(relayed.swarm, 'ban')

    stranger.swarm.join(topicOf(t), clientOnly)
    const [{ publicKey }] = await banned
    friend.swarm.join(topicOf(t), clientOnly)

    assert.deepEqual(publicKey, stranger.swarm.keyPair.publicKey)
    await assertConnected(friend, relayed)
    assert.deepEqual([relayed.peers, stranger.peers], [[keyOf(friend)], []])
  })

  checkEach('when it is destroyed, its connections close and nobody finds it', async (t, transport) => {
    const relayed = await joined(t, await scene.client(t, transport), serverOnly)
    const direct = await joined(t, await scene.peer(), clientOnly)
    const gone = closed(await direct.connection())

    await relayed.swarm.destroy()

    await gone
    const late = await joined(t, await scene.peer(), clientOnly)
    assert.deepEqual(late.peers, [])
  })
}, { casts: [npm, npmNoncustodial] })

/** A swarm, and whom it has met. */
class Member {
  #connections = new Queue()

  constructor (t, dht, options) {
    this.swarm = new Hyperswarm({ backoffs, jitter: 0, ...options, dht })
    this.swarm.on('connection', connection => {
      connection.on('error', () => {}) // that it closes is what tests look at
      this.#connections.push(connection)
    })
    t.after(() => this.swarm.destroy()) // by force it would leave timers behind
  }

  get peers () {
    return [...this.swarm.connections].map(({ remotePublicKey }) => remotePublicKey.toString('hex')).sort()
  }

  /** The next connection. */
  connection () {
    return this.#connections.shift()
  }

  /** Waits for so many connections. */
  async has (count) {
    for (let i = 0; i < count; i++) await this.connection()
  }
}

/** A swarm that has joined the test's topic: announced there, and connected to whom it has found. */
async function joined (t, dht, role, options) {
  const member = new Member(t, dht, options)
  await member.swarm.join(topicOf(t), role).flushed()
  await member.swarm.flush()
  return member
}

/** Each has a connection to the other, and what one writes the other reads. */
async function assertConnected (dialling, listening) {
  const [local, remote] = await Promise.all([dialling, listening].map(member => member.connection()))
  assert.equal(local.remotePublicKey.toString('hex'), keyOf(listening))
  assert.equal(remote.remotePublicKey.toString('hex'), keyOf(dialling))

  local.write('there')
  assert.equal(String(await once(remote, 'data')), 'there')
  remote.write('back')
  assert.equal(String(await once(local, 'data')), 'back')
}

function keyOf ({ swarm }) {
  return swarm.keyPair.publicKey.toString('hex')
}

function topicOf (t) {
  return Buffer.from(sha256(t.name), 'hex')
}
