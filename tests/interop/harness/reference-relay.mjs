// The reference relay (@hyperswarm/dht-relay) behind the command line of ours, so that the same tests and
// the same measurements run against both:
//
//   node reference-relay.mjs serve (--testnet | --bootstrap HOST:PORT...) --host H --ws-port N --tcp-port N
//
// It prints the lines that the harness looks for, and ends on SIGTERM.
import http from 'node:http'
import net from 'node:net'
import { parseArgs } from 'node:util'

import { relay } from '@hyperswarm/dht-relay'
import TcpStream from '@hyperswarm/dht-relay/tcp'
import WsStream from '@hyperswarm/dht-relay/ws'
import DHT from 'hyperdht'
import createTestnet from 'hyperdht/testnet.js'
import { WebSocketServer } from 'ws'

const { values: options } = parseArgs({
  allowPositionals: true,
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    'ws-port': { type: 'string', default: '49443' },
    'tcp-port': { type: 'string', default: '49444' },
    'dht-host': { type: 'string', default: '127.0.0.1' },
    bootstrap: { type: 'string', multiple: true, default: [] },
    testnet: { type: 'boolean', default: false }
  }
})

const testnet = options.testnet ? await createTestnet(4) : null
const bootstrap = testnet ? testnet.bootstrap : options.bootstrap.map(parseAddress)
const node = new DHT({ bootstrap, host: options['dht-host'], ephemeral: true })
await node.fullyBootstrapped()

const sockets = new Set()

const web = http.createServer((request, response) => {
  response.writeHead(request.url === '/health/ready' ? 200 : 404).end()
})
new WebSocketServer({ server: web, maxPayload: 0 }).on('connection', socket => {
  serve(new WsStream(false, socket), socket)
})

const tcp = net.createServer(socket => serve(new TcpStream(false, socket), socket))

const webAddress = await listen(web, options['ws-port'])
const tcpAddress = await listen(tcp, options['tcp-port'])

if (testnet) console.log(`testnet bootstrap: ${bootstrap.map(({ host, port }) => `${host}:${port}`).join(' ')}`)
console.log(`listening on ws://${webAddress}`)
console.log(`listening on tcp://${tcpAddress}`)

process.once('SIGTERM', async () => {
  web.close()
  tcp.close()
  for (const socket of sockets) socket.terminate ? socket.terminate() : socket.destroy()
  await node.destroy()
  if (testnet) await testnet.destroy()
  process.exit(0)
})

function serve (stream, socket) {
  sockets.add(socket)
  stream.on('error', () => {})
  stream.on('close', () => sockets.delete(socket))
  relay(node, stream)
}

function listen (server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(Number(port), options.host, () => {
      const { address, port } = server.address()
      resolve(`${address}:${port}`)
    })
  })
}

function parseAddress (text) {
  const colon = text.lastIndexOf(':')
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) }
}
