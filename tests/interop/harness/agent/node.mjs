// Our nodes with the interface of npm's, as far as tests use it.
import { EventEmitter, once } from 'node:events'

import DHT from 'hyperdht'
import { noisePayload } from 'hyperdht/lib/messages.js'

import { olderNoisePayload } from '../web4.mjs'
import { failure } from './call.mjs'
import { hexKeyPair, unhex, unhexAll } from './hex.mjs'
import { OurQuery } from './query.mjs'
import { OurServer } from './server.mjs'
import { OurStream } from './stream.mjs'

/** Emits "lost" with the reason when the relay is lost, or a node's own socket broken. */
export class OurNode extends EventEmitter {
  #agent
  #call
  #id
  #closed
  #noisePayload

  /** Starts a node in an agent; `options` are those of NodeCall there. */
  static async start (agent, { keyPair, ...options }) {
    const call = agent.call('node', { keyPair: hexKeyPair(keyPair), ...options })
    const { node, publicKey, secretKey } = await call.answer()
    const payload = options.dialect === 'Web4' ? olderNoisePayload : noisePayload
    return new OurNode(agent, call, node, unhexAll({ publicKey, secretKey }), payload)
  }

  constructor (agent, call, id, keyPair, payload) {
    super()
    this.#agent = agent
    this.#call = call
    call.on('json', ({ error }) => this.emit('lost', failure(error)))
    this.#closed = once(call, 'close').then(() => { this.emit('close') })
    this.#id = id
    this.#noisePayload = payload
    this.defaultKeyPair = keyPair
  }

  connect (remotePublicKey, { keyPair } = {}) {
    const request = { remotePublicKey: unhex(remotePublicKey).toString('hex'), keyPair: hexKeyPair(keyPair) }
    return new OurStream(this.#agent, this.call('connect', request))
  }

  createServer (options, onconnection) {
    if (typeof options === 'function') return this.createServer({}, options)
    const server = new OurServer(this.#agent, this, this.#noisePayload, options)
    return onconnection ? server.on('connection', onconnection) : server
  }

  lookup (topic) {
    return this.#query('lookup', topic)
  }

  announce (topic, keyPair) {
    return this.#query('announce', topic, keyPair)
  }

  unannounce (topic, keyPair) {
    return this.#query('unannounce', topic, keyPair).resume().finished()
  }

  async destroy () {
    this.#call.end()
    await this.#closed
  }

  /** A call that is about this node. */
  call (name, request) {
    return this.#agent.call(name, { node: this.#id, ...request })
  }

  #query (name, topic, keyPair) {
    return new OurQuery(this.call(name, { topic: topic.toString('hex'), keyPair: hexKeyPair(keyPair) }))
  }

  static keyPair (seed) {
    return DHT.keyPair(seed)
  }
}
