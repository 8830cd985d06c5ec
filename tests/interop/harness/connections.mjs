// Clients of a relay, and the ends of their connections.
import net from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

import RelayedDHT from '@hyperswarm/dht-relay'
import TcpStream from '@hyperswarm/dht-relay/tcp'
import WsStream from '@hyperswarm/dht-relay/ws'
import WebSocket from 'ws'

export const transports = ['ws', 'tcp']

/** The socket and the stream that `new DHT(stream)` takes. */
export function openTransport (relay, transport) {
  if (transport === 'ws') {
    const socket = new WebSocket(relay.ws)
    return { socket, stream: new WsStream(true, socket) }
  }
  const socket = net.connect(relay.tcp)
  return { socket, stream: new TcpStream(true, socket) }
}

/** A client of the relay, connected; `options` are those of the npm client. */
export async function openClient (relay, transport, options) {
  const { socket, stream } = openTransport(relay, transport)
  const client = new RelayedDHT(stream, options)
  await client.ready()
  return { client, socket }
}

/** Cuts a client's connection without a word. */
export function cut (socket) {
  if (socket.terminate) socket.terminate()
  else socket.resetAndDestroy()
}

/** A connection that is open. */
export async function opened (stream) {
  const end = closed(stream)
  const isOpen = stream.opened ?? new Promise(resolve => { // streams of the older client do not promise it
    stream.once('open', () => resolve(true)).once('close', () => resolve(false))
  })
  if (!await isOpen) throw await end ?? new Error('closed before it was open')
  return stream
}

/** Waits for a stream's end, and answers the error that ended it, or null. */
export function closed (stream) {
  return new Promise(resolve => {
    let error = null
    stream.on('error', reason => { error = reason })
    stream.on('close', () => resolve(error))
  })
}

/** What the promise gives, if it does within some milliseconds. */
export async function within (milliseconds, promise) {
  let timer
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it took more than ${milliseconds} ms`)), milliseconds)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Waits until a condition holds, of which nobody tells. */
export async function until (condition) {
  while (!await condition()) await delay(20)
}

/** What is pushed comes out in order, for whoever waits first. */
export class Queue {
  #items = []
  #waiting = []

  push (item) {
    const waiter = this.#waiting.shift()
    if (waiter) waiter(item)
    else this.#items.push(item)
  }

  shift () {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift())
    return new Promise(resolve => this.#waiting.push(resolve))
  }
}
