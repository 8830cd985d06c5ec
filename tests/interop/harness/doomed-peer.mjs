// A peer of its own process, for a test to kill: tells its public key, and that it has a connection.
import DHT from 'hyperdht'

const [host, port] = process.argv[2].split(':')
const peer = new DHT({ bootstrap: [{ host, port: Number(port) }], host: '127.0.0.1', ephemeral: true })
const server = peer.createServer(connection => {
  connection.on('error', () => {})
  connection.on('data', data => connection.write(data))
  console.log('connected')
})
await server.listen()
console.log(server.publicKey.toString('hex'))
