// What most tests need: a relay, clients in front of it, peers on the DHT behind it. All of it is closed
// again: what a test opens when the test ends, the rest with the suite.
import { after, before, describe, test } from 'node:test'

import DHT from 'hyperdht'
import createTestnet from 'hyperdht/testnet.js'

import { npm } from './casts.mjs'
import { opened, Queue } from './connections.mjs'
import { RelayProcess } from './relay.mjs'

// The runner gives tests no time limit of their own; a file that hangs in spite of its tests' limits ends here.
const testDeadline = 30_000
const fileDeadline = 240_000

setTimeout(() => {
  console.error('this file takes too long')
  process.exit(1)
}, fileDeadline).unref()

// With LIST_TESTS, the tests tell their names in lines of JSON, and nothing is run: see matrix.mjs.
const lists = Boolean(process.env.LIST_TESTS)

// Who plays the tests that are being defined.
let cast = npm

/**
 * A suite, with its own relay and peers, whose tests are played by each of `casts`. Where `dht` is "javascript", the
 * relay joins a DHT of npm nodes instead of bringing its own.
 */
export function suite (name, define, { casts = [npm], dht, concurrency = false } = {}) {
  const stage = new Stage(casts)
  const defineAll = () => {
    for (const each of casts) {
      cast = each
      define(new Scene(stage, each))
    }
    cast = npm
  }
  if (lists) return defineAll()
  describe(name, { concurrency }, () => {
    before(() => stage.start(dht))
    after(() => stage.stop())
    defineAll()
  })
}

/** A test with a time limit. */
export function check (name, run, { timeout = testDeadline, ...options } = {}) {
  if (lists) console.log(JSON.stringify({ name, skip: options.skip }))
  else test(name, { timeout, ...options }, run)
}

/** A test over each transport of the relay, for the casts that `playedBy` takes; its name tells who plays it. */
export function checkEach (name, run, { playedBy = () => true, ...options } = {}) {
  if (!playedBy(cast)) return
  for (const transport of cast.transports) {
    const skip = options.skip || cast.skip
    check(`${cast.over(transport)}: ${name}`, t => run(t, transport), { ...options, skip })
  }
}

/** What the casts of a suite share: the relay, its DHT, and the peers on it. */
class Stage {
  #casts
  #testnet = null
  #peers = []
  #anyPeers = new Map()

  constructor (casts) {
    this.#casts = casts
  }

  async start (dht) {
    try {
      if (dht === 'javascript') this.#testnet = await createTestnet(4)
      this.relay = await RelayProcess.start({ bootstrap: this.#testnet?.bootstrap })
      for (const cast of this.#casts) {
        if (!this.#anyPeers.has(cast.peer)) this.#anyPeers.set(cast.peer, await this.peer(cast))
      }
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async stop () {
    await Promise.all(this.#peers.map(peer => peer.destroy({ force: true })))
    await this.relay?.stop()
    await this.#testnet?.destroy()
  }

  anyPeer (cast) {
    return this.#anyPeers.get(cast.peer)
  }

  async peer (cast, options) {
    const peer = await cast.startPeer(this.relay, options)
    this.#peers.push(peer)
    return peer
  }
}

/** What a test works with. */
export class Scene {
  #stage
  #cast

  constructor (stage, cast) {
    this.#stage = stage
    this.#cast = cast
  }

  /** Who plays. */
  get cast () {
    return this.#cast
  }

  get relay () {
    return this.#stage.relay
  }

  /** A peer for tests that need none of their own. */
  get anyPeer () {
    return this.#stage.anyPeer(this.#cast)
  }

  /** A client of the relay, of the kind that the cast names, over a WebSocket or a TCP socket. */
  async client (t, transport, cast) {
    const { client } = await this.clientAndSocket(t, transport, cast)
    return client
  }

  /** The same with the socket, for tests that are rude to it. */
  async clientAndSocket (t, transport, cast = this.#cast) {
    const { client, socket } = await cast.open(this.relay, transport)
    t.after(() => client.destroy({ force: true }))
    return { client, socket }
  }

  /** A peer on the relay's DHT, of the kind that the cast names. */
  peer (options) {
    return this.#stage.peer(this.#cast, options)
  }

  /** A peer in a process of its own, for the test to stop or kill. */
  peerProcess (t) {
    return this.#cast.startProcess(t, this.relay)
  }

  /** A server of a peer, listening until the test ends. */
  async server (t, onconnection, { peer, keyPair = DHT.keyPair(), ...options } = {}) {
    peer ??= this.anyPeer
    const connections = new Set()
    const server = peer.createServer(options, connection => {
      connections.add(connection)
      connection.on('close', () => connections.delete(connection))
      connection.on('error', () => {}) // that it closes is what tests look at
      onconnection(connection)
    })
    t.after(() => {
      for (const connection of connections) connection.destroy()
      return server.close()
    })
    await server.listen(keyPair)
    return server
  }

  /**
   * A client's connection to a peer's server, both ends of it.
   * @returns {Promise<{ client, socket, server, local, remote }>} `local` is the client's end, `remote` the peer's.
   */
  async connection (t, transport, { peer, server: serverOptions, connect } = {}) {
    const accepted = new Queue()
    const server = await this.server(t, end => accepted.push(end), { peer, ...serverOptions })
    const { client, socket } = await this.clientAndSocket(t, transport)
    const local = await opened(client.connect(server.publicKey, connect))
    return { client, socket, server, local, remote: await accepted.shift() }
  }
}
