import assert from 'node:assert/strict'
import { once } from 'node:events'

import { everybody, npm, npmNoncustodial, ourRelayedPeer } from './harness/casts.mjs'
import { closed, opened } from './harness/connections.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { bytes, describeMessage, readMessages, write } from './harness/streams.mjs'

const MiB = 1 << 20

// The largest is about what a secret stream takes as one message (its length has 24 bits).
const sizes = [1, 1000, 65_535, 65_536, MiB, 1, 16_000_000, 2]

suite('data', scene => {
  checkEach('messages of any size reach the peer whole and in order', async (t, transport) => {
    const { local, remote } = await scene.connection(t, transport)

    await assertArrives(local, remote, sizes.map(size => bytes(size)))
  })

  checkEach('messages of any size reach the client whole and in order', async (t, transport) => {
    const { local, remote } = await scene.connection(t, transport)

    await assertArrives(remote, local, sizes.map(size => bytes(size)))
  })

  checkEach("a peer's longest message costs no session, where it does not fit", async (t, transport) => {
    const { client, local, remote } = await scene.connection(t, transport)
    const longest = (1 << 24) - 1 - 17
    const arriving = closed(local)

    if (transport === 'ws') return assertArrives(remote, local, [bytes(longest)])
    await write(remote, bytes(longest))

    // over TCP the frame around it would be longer than a frame can be
    assert.match((await arriving).message, /longer than/)
    const server = await scene.server(t, end => end.on('data', data => end.write(data)))
    const other = await opened(client.connect(server.publicKey))
    other.write(bytes(1000))
    const [echo] = await once(other, 'data')
    assert.deepEqual(echo, bytes(1000))
  }, { playedBy: cast => cast === npm })

  checkEach('both ways at the same time', async (t, transport) => {
    const { local, remote } = await scene.connection(t, transport)
    const there = sizes.map(size => bytes(size, `there ${size}`))
    const back = sizes.map(size => bytes(size, `back ${size}`))

    await Promise.all([assertArrives(local, remote, there), assertArrives(remote, local, back)])
  })

  checkEach('many small messages keep their boundaries', async (t, transport) => {
    const { local, remote } = await scene.connection(t, transport)
    const messages = Array.from({ length: 2000 }, (_, i) => bytes(1 + (i * 37) % 700, i))

    await Promise.all([assertArrives(local, remote, messages), assertArrives(remote, local, messages)])
  })

  checkEach('a burst that the client puts into one frame', async (t, transport) => {
    const { local, remote } = await scene.connection(t, transport)
    const messages = Array.from({ length: 150 }, (_, i) => bytes(65_536, i))
    const arriving = readMessages(remote)

    for (const message of messages) local.write(message)
    local.end()

    assert.deepEqual(await arriving, messages.map(describeMessage))
  })

  checkEach('an empty message reaches a peer that does not take it for a keep-alive', async (t, transport) => {
    const peer = await scene.peer({ connectionKeepAlive: false })
    const { local, remote } = await scene.connection(t, transport, { peer })

    await assertArrives(local, remote, [bytes(0), bytes(3), bytes(0), bytes(2)])
  }, { playedBy: cast => cast !== ourRelayedPeer }) // whose relay does take it for one

  checkEach('empty messages of a peer are keep-alives, which the client does not see', async (t, transport) => {
    const { local, remote } = await scene.connection(t, transport)
    const arriving = readMessages(local)

    for (const size of [0, 5, 0, 7]) remote.write(bytes(size))
    remote.end()

    assert.deepEqual(await arriving, [5, 7].map(size => describeMessage(bytes(size))))
  }, { playedBy: cast => cast !== npmNoncustodial })
}, { casts: everybody })

/** Sends it all, ends, and compares with what the other end has read by then. */
async function assertArrives (from, to, messages) {
  const arriving = readMessages(to)
  for (const message of messages) await write(from, message)
  from.end()
  assert.deepEqual(await arriving, messages.map(describeMessage))
}
