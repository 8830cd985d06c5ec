// Clients of the first dialect: npm @hyperswarm/dht-relay 0.1, on the older Protomux and secret stream that it brings.
// It names its protocol @hyperswarm/dht-relay; with that changed, at run time, it is a client of @web4/dht-relay 0.1.
import { createRequire } from 'node:module'
import net from 'node:net'

import RelayedDHT from 'dht-relay-0.1'
import TcpStream from 'dht-relay-0.1/tcp'
import WsStream from 'dht-relay-0.1/ws'
import WebSocket from 'ws'

const ownName = '@hyperswarm/dht-relay'
const web4Name = '@web4/dht-relay'

const require = createRequire(createRequire(import.meta.url).resolve('dht-relay-0.1'))
const Protomux = require('protomux')

/** What a peer tells in its handshake, in the words of that generation. */
export const { noisePayload: olderNoisePayload } = require('@hyperswarm/dht/lib/messages')

let spokenName = web4Name
const addProtocol = Protomux.prototype.addProtocol
Protomux.prototype.addProtocol = function (options) {
  return addProtocol.call(this, options.name === ownName ? { ...options, name: spokenName } : options)
}

/** The name of the first dialect, and the muxer that it is spoken on. */
export { Protomux as OlderProtomux, web4Name }

/** The socket and the stream that an older client takes. */
export function openOlderTransport (relay, transport) {
  const socket = transport === 'ws' ? new WebSocket(relay.ws) : net.connect(relay.tcp)
  const stream = transport === 'ws' ? new WsStream(true, socket) : new TcpStream(true, socket)
  return { socket, stream }
}

/** A client of the relay, connected. Where `renamed` is false, it speaks under its own name. */
export async function openOlderClient (relay, transport, { renamed = true, ...options } = {}) {
  const { socket, stream } = openOlderTransport(relay, transport)
  spokenName = renamed ? web4Name : ownName
  const client = new RelayedDHT(stream, options)
  await client.ready()
  return { client, socket }
}
