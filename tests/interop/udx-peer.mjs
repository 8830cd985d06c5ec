// A peer made with npm udx-native, for the tests of RelayCluster.Udx that start it as a child process.
//
// argv[2]: { localId, remoteId, send, destroyOnData }. It tells what happens as a line of JSON each, and reads one line,
// the port to connect to.
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'

const UDX = createRequire(import.meta.url)('udx-native')
const options = JSON.parse(process.argv[2])
const chunkBytes = 64 * 1024

const udx = new UDX()
const socket = udx.createSocket()
socket.bind(0, '127.0.0.1')
const stream = udx.createStream(options.localId, { firewall: () => false })

const received = createHash('sha256')
let receivedBytes = 0

stream.on('data', (data) => {
  receivedBytes += data.byteLength
  received.update(data)
  if (options.destroyOnData) stream.destroy()
})
stream.on('end', () => tell({ event: 'received', bytes: receivedBytes, hash: received.digest('hex') }))
stream.on('error', (error) => tell({ event: 'error', code: error.code }))
stream.on('close', () => {
  tell({ event: 'close' })
  socket.close().then(() => process.exit(0))
})

createInterface({ input: process.stdin }).once('line', (port) => {
  stream.connect(socket, options.remoteId, Number(port), '127.0.0.1')
  write(options.send)
})
process.stdin.on('end', () => process.exit(0))

tell({ event: 'listening', port: socket.address().port })

async function write(bytes) {
  const sent = createHash('sha256')
  for (let left = bytes, n = 0; left > 0; left -= chunkBytes, n++) {
    const chunk = Buffer.alloc(Math.min(left, chunkBytes))
    for (let i = 0; i < chunk.length; i++) chunk[i] = (i * 31 + n * 7 + (i >> 8)) & 255
    sent.update(chunk)
    if (!stream.write(chunk)) await new Promise((resolve) => stream.once('drain', resolve))
  }

  tell({ event: 'sent', bytes, hash: sent.digest('hex') })
  stream.end()
}

function tell(message) {
  process.stdout.write(JSON.stringify(message) + '\n')
}
