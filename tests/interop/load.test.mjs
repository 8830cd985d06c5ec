import assert from 'node:assert/strict'

import { npm, ours } from './harness/casts.mjs'
import { opened } from './harness/connections.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { bytes, digest, sha256, write } from './harness/streams.mjs'

suite('load', scene => {
  checkEach('200 streams in one session at once, each with 20 kB', async (t, transport) => {
    const server = await echoServer(t)
    const client = await scene.client(t, transport)

    await Promise.all(Array.from({ length: 200 }, (_, i) =>
      assertEchoes(client.connect(server.publicKey), bytes(20_000, `stream ${i}`))))
  })

  checkEach('500 sessions at once, each with a stream', async (t, transport) => {
    const server = await echoServer(t)
    const clients = await Promise.all(Array.from({ length: 500 }, () => scene.client(t, transport)))
    const streams = clients.map(client => client.connect(server.publicKey))
    await Promise.all(streams.map(opened))

    // All are open at this point; now each is used.
    await Promise.all(streams.map((stream, i) => assertEchoes(stream, bytes(1000, `session ${i}`))))
  }, { timeout: 60_000 })

  checkEach('100 MB through one stream each way', async (t, transport) => {
    const server = await echoServer(t)
    const client = await scene.client(t, transport)
    const stream = await opened(client.connect(server.publicKey))
    const message = bytes(65_536)
    const count = 1600

    const arriving = digest(stream)
    for (let sent = 0; sent < count; sent++) await write(stream, message)
    stream.end()

    assert.equal((await arriving).length, count * message.length)
  }, { timeout: 60_000 })

  function echoServer (t) {
    return scene.server(t, connection => {
      connection.on('data', message => {
        if (!connection.write(message)) {
          connection.pause()
          connection.once('drain', () => connection.resume())
        }
      })
      connection.on('end', () => connection.end())
    })
  }
}, { casts: [npm, ours] })

async function assertEchoes (stream, data) {
  stream.on('error', () => {})
  const arriving = digest(stream)
  for (let i = 0; i < data.length; i += 4096) stream.write(data.subarray(i, i + 4096))
  stream.end()
  assert.deepEqual(await arriving, { length: data.length, sha256: sha256(data) })
}
