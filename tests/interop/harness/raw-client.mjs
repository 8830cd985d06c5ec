// A client that does only what it is told: the channel of the relay protocol without the npm client's logic,
// its messages as raw bytes. What arrives is emitted under the message's name.
import { EventEmitter } from 'node:events'

import c from 'compact-encoding'
import DHT from 'hyperdht'
import Protomux from 'protomux'

import { openTransport } from './connections.mjs'

// In the order of their types.
const names = [
  'handshake', 'ping', 'pong', 'connect', 'connection', 'connected', 'incoming', 'deny', 'accept', 'destroy',
  'listen', 'listening', 'close', 'closed', 'open', 'end', 'data', 'result', 'finished', 'lookup', 'announce',
  'unannounce', 'signAnnounce', 'signUnannounce', 'signature', 'noiseSend', 'noiseReceive', 'noiseReply'
]

const custodial = 1

export class RawClient extends EventEmitter {
  #messages

  /** Connects; unless `greet` is false, it has said its handshake then. */
  static async open (t, relay, transport, { greet = true } = {}) {
    const { socket, stream } = openTransport(relay, transport)
    const client = new RawClient(socket, stream)
    t.after(() => stream.destroy())
    await client.#opened()
    if (greet) client.greet()
    return client
  }

  constructor (socket, stream) {
    super()
    this.socket = socket
    this.stream = stream.on('error', () => {})
    this.keyPair = DHT.keyPair()

    const channel = Protomux.from(stream).createChannel({ protocol: '@hyperswarm/dht-relay' })
    this.#messages = new Map(names.map(name => [name, channel.addMessage({
      encoding: c.raw,
      onmessage: body => this.emit(name, body)
    })]))
    channel.open()
  }

  send (name, ...body) {
    this.#messages.get(name).send(Buffer.concat(body))
  }

  greet () {
    this.send('handshake', Buffer.from([custodial]), this.keyPair.publicKey, this.keyPair.secretKey)
  }

  connect (alias, remotePublicKey) {
    const { publicKey, secretKey } = this.keyPair
    this.send('connect', Buffer.from([custodial]), uint32(alias), publicKey, secretKey, remotePublicKey)
  }

  data (alias, message) {
    this.send('data', uint32(alias), c.encode(c.array(c.buffer), [message]))
  }

  ping () {
    this.send('ping')
  }

  pong () {
    this.send('pong')
  }

  #opened () {
    return new Promise((resolve, reject) => this.stream.once('open', resolve).once('error', reject))
  }
}

export function uint32 (value) {
  return c.encode(c.uint32, value)
}
