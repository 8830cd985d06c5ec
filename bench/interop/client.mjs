// The client of the measurements: an npm client that runs one scenario at a time, as it is told, and answers with
// what it measured. What it opened stays open until it is told to let go, so that it can be weighed.
import { openClient, opened } from '../../tests/interop/harness/connections.mjs'
import { write } from '../../tests/interop/harness/streams.mjs'

const { relay, transport, publicKey, topics } = JSON.parse(process.argv[2])
const key = Buffer.from(publicKey, 'hex')
const chunk = Buffer.alloc(65_536, 7)

let held = []

process.on('message', async ({ scenario, options }) => {
  try {
    process.send(await scenarios[scenario](options) ?? {})
  } catch (error) {
    process.send({ error: `${scenario}: ${error.message}` })
  }
})
process.send({})

const scenarios = {
  /** Bytes from the client to the peer through one stream. */
  async upload ({ bytes }) {
    const stream = await dial(await session(), { sink: bytes })
    const taken = message(stream)
    const start = performance.now()
    for (let sent = 0; sent < bytes; sent += chunk.length) {
      await write(stream, chunk.subarray(0, Math.min(chunk.length, bytes - sent)))
    }
    await taken
    return { seconds: (performance.now() - start) / 1000 }
  },

  /** Bytes from the peer to the client through one stream. */
  async download ({ bytes }) {
    const start = performance.now()
    const stream = await dial(await session(), { source: bytes })
    await received(stream, bytes)
    return { seconds: (performance.now() - start) / 1000 }
  },

  /** Streams of one session at once, each with some data there and back. */
  async streams ({ count, bytes }) {
    const client = await session()
    const start = performance.now()
    await Promise.all(Array.from({ length: count }, async () => echo(await dial(client, { echo: true }), bytes)))
    return { seconds: (performance.now() - start) / 1000 }
  },

  /** Sessions that do nothing. */
  async sessions ({ count }) {
    const start = performance.now()
    for (let i = 0; i < count; i++) await session()
    return { seconds: (performance.now() - start) / 1000 }
  },

  /** Sessions at once, each with a stream and some data there and back. */
  async busySessions ({ count, bytes }) {
    const start = performance.now()
    const done = await Promise.allSettled(Array.from({ length: count }, async () => {
      await echo(await dial(await session(), { echo: true }), bytes)
    }))
    const failed = done.filter(({ status }) => status === 'rejected')
    if (failed.length > 0) console.error(`${failed.length} sessions failed, the first: ${failed[0].reason.message}`)
    return { seconds: (performance.now() - start) / 1000, failed: failed.length }
  },

  /** Small messages there and back, one at a time. */
  async latency ({ count, bytes }) {
    const stream = await dial(await session(), { echo: true })
    const data = Buffer.alloc(bytes, 7)
    const times = []
    for (let i = 0; i < count; i++) {
      const start = performance.now()
      const back = message(stream)
      stream.write(data)
      await back
      times.push(performance.now() - start)
    }
    return { milliseconds: times }
  },

  /** Connections, one after another, left open. */
  async connects ({ count }) {
    const client = await session()
    const times = []
    for (let i = 0; i < count; i++) {
      const start = performance.now()
      await dial(client, { idle: true })
      times.push(performance.now() - start)
    }
    return { milliseconds: times }
  },

  /** Lookups, some at a time. */
  async lookups ({ count, atOnce }) {
    const client = await session()
    const start = performance.now()
    let left = count
    await Promise.all(Array.from({ length: atOnce }, async () => {
      while (left-- > 0) {
        await client.lookup(Buffer.from(topics[left % topics.length], 'hex')).resume().finished()
      }
    }))
    return { seconds: (performance.now() - start) / 1000 }
  },

  async letGo () {
    await Promise.all(held.map(client => client.destroy({ force: true })))
    held = []
  }
}

async function session () {
  const { client } = await openClient(relay, transport)
  held.push(client)
  return client
}

async function dial (client, order) {
  const stream = await opened(client.connect(key).setMaxListeners(0))
  stream.write(JSON.stringify(order))
  return stream
}

function message (stream) {
  return new Promise((resolve, reject) => {
    const close = () => reject(new Error('the stream closed'))
    stream.once('data', data => {
      stream.off('close', close)
      resolve(data)
    }).once('close', close)
  })
}

function received (stream, bytes) {
  return new Promise((resolve, reject) => {
    stream.on('error', reject)
    stream.on('close', () => reject(new Error(`the stream closed ${bytes} bytes too early`)))
    stream.on('data', data => {
      bytes -= data.length
      if (bytes === 0) resolve()
    })
  })
}

async function echo (stream, bytes) {
  const back = received(stream, bytes)
  for (let sent = 0; sent < bytes; sent += 4096) stream.write(chunk.subarray(0, Math.min(4096, bytes - sent)))
  await back
}
