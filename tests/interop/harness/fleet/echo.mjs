// A peer on a fleet's DHT that sends back what it gets, and ends when the other side does.
import { npmPeer } from '../peers.mjs'

export async function startEcho (fleet) {
  const dht = await npmPeer.start(fleet)
  const server = dht.createServer(connection => {
    connection.on('error', () => {}).pipe(connection)
  })
  await server.listen()
  return { dht, publicKey: server.publicKey }
}
