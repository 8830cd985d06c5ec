// A client that does only what it is told: the relay protocol without the npm client's logic, its messages as raw
// bytes. What arrives is emitted under the message's name.
import { EventEmitter } from 'node:events'

import c from 'compact-encoding'
import DHT from 'hyperdht'
import Protomux from 'protomux'

import { openTransport } from './connections.mjs'
import { OlderProtomux, openOlderTransport, web4Name } from './web4.mjs'

// In the order of their types.
const names = [
  'handshake', 'ping', 'pong', 'connect', 'connection', 'connected', 'incoming', 'deny', 'accept', 'destroy',
  'listen', 'listening', 'close', 'closed', 'open', 'end', 'data', 'result', 'finished', 'lookup', 'announce',
  'unannounce', 'signAnnounce', 'signUnannounce', 'signature', 'noiseSend', 'noiseReceive', 'noiseReply'
]

const custodial = 1

/** How the messages are carried: for each dialect the transport, and where messages are added and opened. */
const dialects = {
  today: {
    open: openTransport,
    add (stream, addMessages) {
      const channel = Protomux.from(stream).createChannel({ protocol: '@hyperswarm/dht-relay' })
      addMessages(channel)
      channel.open()
    }
  },
  first: {
    open: openOlderTransport,
    add (stream, addMessages) {
      const version = { major: 0, minor: 1 }
      addMessages(OlderProtomux.from(stream).addProtocol({ name: web4Name, version, messages: names.length }))
    }
  }
}

export class RawClient extends EventEmitter {
  #messages = new Map()

  /**
   * Connects; unless `greet` is false, it has said its handshake then. One that is `silent` has not even a muxer.
   * @param {'today' | 'first'} [options.dialect]
   */
  static async open (t, relay, transport, { greet = true, silent = false, dialect = 'today' } = {}) {
    const logged = relay.output.length
    const { socket, stream } = dialects[dialect].open(relay, transport)
    const client = new RawClient(socket, stream)
    if (silent) stream.resume()
    else client.#add(dialects[dialect])
    t.after(() => stream.destroy())
    await client.#opened()
    const { localPort } = socket._socket ?? socket
    client.violation = () => toldViolation(relay, localPort, logged)
    if (greet) client.greet()
    return client
  }

  constructor (socket, stream) {
    super()
    this.socket = socket
    this.stream = stream.on('error', () => {})
    this.keyPair = DHT.keyPair()
    this.closed = new Promise(resolve => stream.once('close', resolve))
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

  listen (alias) {
    const { publicKey, secretKey } = this.keyPair
    this.send('listen', Buffer.from([custodial]), uint32(alias), publicKey, secretKey)
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

  #add (dialect) {
    dialect.add(this.stream, channel => {
      for (const name of names) {
        this.#messages.set(name, channel.addMessage({ encoding: c.raw, onmessage: body => this.emit(name, body) }))
      }
    })
  }

  #opened () {
    return new Promise((resolve, reject) => this.stream.once('open', resolve).once('error', reject))
  }
}

/** What the relay says in its log, behind the first `from` characters, that the client of this port has done. */
export async function toldViolation (relay, port, from = 0) {
  const pattern = new RegExp(`Session \\S+ of 127\\.0\\.0\\.1:${port} broke the protocol: (.*)\\n`)
  const [, violation] = await relay.says(pattern, from)
  return violation
}

export function uint32 (value) {
  return c.encode(c.uint32, value)
}
