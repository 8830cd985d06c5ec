// A DHT node behind the relay that served the page: the npm client over a WebSocket to the page's own origin.
import DHT from '@hyperswarm/dht-relay'
import Stream from '@hyperswarm/dht-relay/ws'

/** Where the relay takes WebSockets: at the root of what served the page, whatever stands before `/example`. */
export function relayAddress () {
  const address = new URL('..', new URL('.', document.baseURI))
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  return address
}

/**
 * A node with a key pair of its own, once the relay has taken the connection.
 * @param {{ custodial: boolean, onclose: () => void }} options `custodial`: the relay is given the secret key.
 */
export async function openNode ({ custodial, onclose }) {
  const stream = new Stream(true, new WebSocket(relayAddress()))
  stream.on('error', () => {}) // a close follows
  stream.on('close', onclose)
  const node = new DHT(stream, { custodial })
  await node.ready()
  return node
}
