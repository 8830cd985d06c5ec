// What most tests need: a relay, clients in front of it, peers on the DHT behind it. All of it is closed
// again: what a test opens when the test ends, the rest with the suite.
import { after, before, describe, test } from 'node:test'

import DHT from 'hyperdht'
import createTestnet from 'hyperdht/testnet.js'

import { opened, openClient, Queue, transports } from './connections.mjs'
import { RelayProcess } from './relay.mjs'

// The runner gives tests no time limit of their own; a file that hangs in spite of its tests' limits ends here.
const testDeadline = 30_000
const fileDeadline = 240_000

setTimeout(() => {
  console.error('this file takes too long')
  process.exit(1)
}, fileDeadline).unref()

/**
 * A suite, with its own relay and peers. Where `dht` is "javascript", the relay joins a DHT of npm nodes instead
 * of bringing its own.
 */
export function suite (name, define, options = {}) {
  describe(name, { concurrency: options.concurrency ?? false }, () => {
    const scene = new Scene()
    before(() => scene.start(options.dht))
    after(() => scene.stop())
    define(scene)
  })
}

/** A test with a time limit. */
export function check (name, run, { timeout = testDeadline, ...options } = {}) {
  test(name, { timeout, ...options }, run)
}

/** A test over each transport of the relay. */
export function checkEach (name, run, options) {
  for (const transport of transports) check(`${transport}: ${name}`, t => run(t, transport), options)
}

export class Scene {
  #peers = []
  #testnet = null

  /** A client of the relay: the unchanged npm package over a WebSocket or a TCP socket. */
  async client (t, transport) {
    const { client } = await this.clientAndSocket(t, transport)
    return client
  }

  /** The same with the socket, for tests that are rude to it. */
  async clientAndSocket (t, transport) {
    const { client, socket } = await openClient(this.relay, transport)
    t.after(() => client.destroy({ force: true }))
    return { client, socket }
  }

  /** A peer: a node of the unchanged npm package on the relay's DHT. */
  async peer (options) {
    const peer = new DHT({ bootstrap: this.relay.bootstrap, host: '127.0.0.1', ephemeral: true, ...options })
    this.#peers.push(peer)
    await peer.fullyBootstrapped()
    return peer
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

  async start (dht) {
    if (dht === 'javascript') this.#testnet = await createTestnet(4)
    this.relay = await RelayProcess.start({ bootstrap: this.#testnet?.bootstrap })
    this.anyPeer = await this.peer()
  }

  async stop () {
    await Promise.all(this.#peers.map(peer => peer.destroy({ force: true })))
    await this.relay?.stop()
    await this.#testnet?.destroy()
  }
}
