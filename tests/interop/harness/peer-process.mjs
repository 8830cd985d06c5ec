// A peer in a process of its own, for tests to stop or kill; see peers.mjs. Tells in lines of JSON
// its public key, that somebody connected, and what it has read when a connection ends.
import DHT from 'hyperdht'

import { digest } from './streams.mjs'

const [host, port] = process.argv[2].split(':')
const peer = new DHT({ bootstrap: [{ host, port: Number(port) }], host: '127.0.0.1', ephemeral: true })
const server = peer.createServer(async connection => {
  connection.on('error', () => {})
  const ended = digest(connection)
  tell({ connected: true })
  tell(await ended)
  connection.end()
})
await server.listen()
tell({ publicKey: server.publicKey.toString('hex') })

function tell (what) {
  console.log(JSON.stringify(what))
}
