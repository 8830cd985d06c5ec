// Servers of clients of a relay, and those who connect to them.
import { once } from 'node:events'

import { closed, opened, Queue } from './connections.mjs'
import { bytes } from './streams.mjs'

/**
 * A client's server that listens, and the connections that it accepts. With `echo` they send back what they get; other
 * options are those of `createServer`.
 */
export async function listen (client, { keyPair, echo = false, ...options } = {}) {
  const accepted = new Queue()
  const server = client.createServer(options, connection => {
    connection.on('error', () => {}) // that it closes is what tests look at
    if (echo) connection.on('data', message => connection.write(message))
    accepted.push(connection)
  })
  await server.listen(keyPair)
  return { server, accepted }
}

/** A connection that lasts as long as the test. */
export async function connect (t, node, server, options) {
  const stream = await opened(node.connect(server.publicKey, options))
  t.after(() => stream.destroy())
  return stream
}

/** The words of the error that a connect ends with. */
export async function failure (node, server) {
  return (await closed(node.connect(server.publicKey)))?.message
}

/** What comes back of 1000 bytes that an echo gets: `bytes(1000)`. */
export async function echoOf (stream) {
  stream.write(bytes(1000))
  const [message] = await once(stream, 'data')
  return message
}
