// The peer of the measurements: an npm node whose server does what the first message of a connection says.
//
//   { "echo": true }     sends back what comes
//   { "sink": N }        takes N bytes, then answers with one
//   { "source": N }      gives N bytes
//   { "idle": true }     nothing
import { DHT } from './packages.mjs'

const chunk = Buffer.alloc(65_536, 7)

const [host, port] = process.argv[2].split(':')
const peer = new DHT({ bootstrap: [{ host, port: Number(port) }], host: '127.0.0.1', ephemeral: true })
await peer.fullyBootstrapped()

const server = peer.createServer(connection => {
  connection.setMaxListeners(0).on('error', () => {})
  connection.on('end', () => connection.end())
  connection.once('data', order => {
    const { echo, sink, source } = JSON.parse(order)
    if (echo) sendBack(connection)
    if (sink) take(connection, sink)
    if (source) give(connection, source)
  })
})
await server.listen()

const topics = Array.from({ length: 20 }, () => DHT.keyPair().publicKey)
await Promise.all(topics.map(topic => peer.announce(topic, DHT.keyPair(), []).finished()))

process.send({
  publicKey: server.publicKey.toString('hex'),
  topics: topics.map(topic => topic.toString('hex'))
})

function sendBack (connection) {
  connection.on('data', message => {
    if (connection.write(message)) return
    connection.pause()
    connection.once('drain', () => connection.resume())
  })
}

function take (connection, left) {
  connection.on('data', message => {
    left -= message.length
    if (left === 0) connection.write(Buffer.alloc(1))
  })
}

async function give (connection, left) {
  for (; left > 0; left -= chunk.length) {
    if (!connection.write(chunk.subarray(0, Math.min(left, chunk.length)))) {
      await new Promise(resolve => connection.once('drain', resolve).once('close', resolve))
    }
  }
}
