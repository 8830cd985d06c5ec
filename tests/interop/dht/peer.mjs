// A JavaScript peer for the tests of RelayCluster.Dht: a line of JSON on standard input is a command
// {id, op, ...}, a line on standard output its answer {id, ...} or an event {event, ...}. It ends with its input.
import readline from 'node:readline'
import DHT from 'hyperdht'
import createTestnet from 'hyperdht/testnet.js'
import b4a from 'b4a'

const hex = (buffer) => b4a.toString(buffer, 'hex')
const bytes = (text) => b4a.from(text, 'hex')

let testnet = null
let node = null
let socket = null
let pending = []

// what a server does with its connections
const behaviours = {
  // every message back as it came, and the end too
  echo: (c) => c.pipe(c),
  // speaks only after the other side has ended
  late: (c) => {
    c.resume()
    c.on('end', () => {
      c.write(b4a.from('late 1'))
      c.write(b4a.from('late 2'))
      c.end()
    })
  },
  // cuts the connection at the first message
  destroy: (c) => c.on('data', () => c.destroy()),
  // reads nothing
  stall: () => {},
  // writes 400 messages of 64 KiB as fast as they are taken; tells when none was taken for a second
  flood: async (c) => {
    c.resume()
    for (let i = 0; i < 400; i++) {
      if (c.write(b4a.alloc(65536, i & 255))) continue
      const stalled = setTimeout(() => emit('stalled', { written: i + 1 }), 1000)
      await new Promise((resolve) => c.once('drain', resolve))
      clearTimeout(stalled)
    }
    c.end()
  },
  // sends one message and ends
  greet: (c) => c.end(b4a.from('hello'))
}

const operations = {
  async testnet({ size }) {
    testnet = await createTestnet(size)
    return { bootstrap: testnet.bootstrap.map((b) => `${b.host}:${b.port}`) }
  },

  async node({ bootstrap, options }) {
    node = new DHT({ bootstrap, host: '127.0.0.1', ...options })
    await node.fullyBootstrapped()
    return { port: node.address().port, firewalled: node.firewalled, remote: node.remoteAddress() }
  },

  async listen({ behaviour, options }) {
    const server = node.createServer(options ?? {}, (connection) => {
      emit('connection', {
        remotePublicKey: hex(connection.remotePublicKey),
        handshakeHash: hex(connection.handshakeHash)
      })
      connection.on('error', (error) => emit('error', { message: error.message, code: error.code }))
      connection.on('close', () => emit('close', {}))
      behaviours[behaviour](connection)
    })
    if (options?.refuse) server.firewall = () => true
    if (options?.hang) server.firewall = () => new Promise(() => {})
    const keyPair = DHT.keyPair()
    await server.listen(keyPair)
    return { publicKey: hex(keyPair.publicKey) }
  },

  async connect({ publicKey }) {
    socket = node.connect(bytes(publicKey))
    pending = []
    socket.on('data', (data) => pending.shift()?.(data))
    socket.on('error', (error) => emit('socketError', { message: error.message, code: error.code }))
    socket.on('close', () => emit('socketClose', {}))
    await new Promise((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    return {
      handshakeHash: hex(socket.handshakeHash),
      publicKey: hex(socket.publicKey),
      remotePublicKey: hex(socket.remotePublicKey)
    }
  },

  async exchange({ data }) {
    const answer = new Promise((resolve) => pending.push(resolve))
    socket.write(bytes(data))
    return { data: hex(await answer) }
  },

  // writes count messages of size bytes to an echo, and compares what comes back
  async pump({ count, size }) {
    let received = 0
    let intact = true
    const done = new Promise((resolve) => {
      socket.on('data', (data) => {
        intact &&= data.byteLength === size && data.every((byte) => byte === (received & 255))
        if (++received === count) resolve()
      })
    })
    for (let i = 0; i < count; i++) {
      if (!socket.write(b4a.alloc(size, i & 255))) await new Promise((resolve) => socket.once('drain', resolve))
    }
    await done
    return { received, intact }
  },

  // ends this half and gives what comes on the other until it ends
  async finish() {
    const messages = []
    socket.on('data', (data) => messages.push(b4a.toString(data)))
    const ended = new Promise((resolve) => socket.once('end', resolve))
    socket.end()
    await ended
    return { messages }
  },

  async destroy() {
    socket.destroy()
    return {}
  },

  async disconnect() {
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.end()
    await closed
    return {}
  },

  async announce({ topic, seed }) {
    const keyPair = DHT.keyPair(bytes(seed))
    await node.announce(bytes(topic), keyPair).finished()
    return { publicKey: hex(keyPair.publicKey) }
  },

  async unannounce({ topic, seed }) {
    await node.unannounce(bytes(topic), DHT.keyPair(bytes(seed)))
    return {}
  },

  async lookup({ topic }) {
    const found = new Set()
    for await (const reply of node.lookup(bytes(topic))) {
      for (const peer of reply.peers) found.add(hex(peer.publicKey))
    }
    return { publicKeys: [...found] }
  },

  async store({ seed, value }) {
    const { hash } = await node.immutablePut(b4a.from(value))
    const { value: immutable } = await node.immutableGet(hash)
    const keyPair = DHT.keyPair(bytes(seed))
    await node.mutablePut(keyPair, b4a.from(value), { seq: 3 })
    const mutable = await node.mutableGet(keyPair.publicKey)
    return { immutable: b4a.toString(immutable), mutable: b4a.toString(mutable.value), seq: mutable.seq }
  }
}

function emit(event, fields) {
  process.stdout.write(JSON.stringify({ event, ...fields }) + '\n')
}

const lines = readline.createInterface({ input: process.stdin })
lines.on('line', async (line) => {
  const { id, op, ...fields } = JSON.parse(line)
  try {
    process.stdout.write(JSON.stringify({ id, ...(await operations[op](fields)) }) + '\n')
  } catch (error) {
    process.stdout.write(JSON.stringify({ id, error: error.message }) + '\n')
  }
})
lines.on('close', () => process.exit(0))
