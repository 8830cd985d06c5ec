// What is the first dialect's alone. All else that its client, npm 0.1, does with the relay is in the other suites.
import assert from 'node:assert/strict'
import { once } from 'node:events'

import { npm, npmOldName, npmWeb4 } from './harness/casts.mjs'
import { opened, Queue } from './harness/connections.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { bytes } from './harness/streams.mjs'

suite('the first dialect', scene => {
  checkEach('clients of both dialects use one relay side by side', async (t, transport) => {
    const topic = bytes(32, t.name)
    const server = await scene.server(t, end => end.on('data', message => end.write(message)))
    const older = await scene.client(t, transport, npmWeb4)
    const newer = await scene.client(t, transport, npm)

    const connections = await Promise.all([older, newer].map(client => opened(client.connect(server.publicKey))))
    for (const [i, connection] of connections.entries()) connection.write(bytes(1000, i))
    const echoes = await Promise.all(connections.map(connection => once(connection, 'data')))
    assert.deepEqual(echoes, [[bytes(1000, 0)], [bytes(1000, 1)]])

    await older.announce(topic, older.defaultKeyPair).resume().finished()
    const found = []
    for await (const { peers } of newer.lookup(topic)) found.push(...peers.map(({ publicKey }) => publicKey))
    assert.ok(found.length > 0)
    for (const publicKey of found) assert.deepEqual(publicKey, older.defaultKeyPair.publicKey)
  })

  checkEach('the client is served under the name that it has by itself too', async (t, transport) => {
    const accepted = new Queue()
    const server = await scene.server(t, end => accepted.push(end))
    const client = await scene.client(t, transport, npmOldName)

    const local = await opened(client.connect(server.publicKey))

    assert.deepEqual(local.handshakeHash, (await accepted.shift()).handshakeHash)
  })
}, { casts: [npmWeb4] })
