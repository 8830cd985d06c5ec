// In real time, as the relay is by default: the tests of this file wait side by side.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { performance } from 'node:perf_hooks'

import WebSocket from 'ws'

import { closed } from './harness/connections.mjs'
import { RawClient } from './harness/raw-client.mjs'
import { faultOfReference } from './harness/relay.mjs'
import { checkEach, suite } from './harness/scene.mjs'

const pingInterval = 15_000
const silenceLimit = 45_000
const tolerance = 5_000 // of a busy machine

suite('heartbeat', scene => {
  checkEach('the relay pings every 15 s, and answers pings', async (t, transport) => {
    const client = await RawClient.open(t, scene.relay, transport)
    const start = performance.now()
    client.ping()
    await once(client, 'pong')
    client.on('ping', () => client.pong())

    await once(client, 'ping')
    assertAbout(performance.now() - start, pingInterval)
    await once(client, 'ping')
    assertAbout(performance.now() - start, 2 * pingInterval)
  }, { timeout: 60_000 })

  checkEach('a session that falls silent is closed after 45 s', async (t, transport) => {
    const client = await RawClient.open(t, scene.relay, transport)
    client.ping()
    const start = performance.now()

    await closed(client.stream)

    assertAbout(performance.now() - start, silenceLimit)
  }, { timeout: 60_000 })

  checkEach('a session that never says a word is closed too', async (t, transport) => {
    const socket = await bareSocket(t, scene.relay, transport)
    const start = performance.now()

    await closed(socket)

    assert.ok(performance.now() - start < silenceLimit + tolerance) // there may be a shorter limit for handshakes
  }, { timeout: 60_000, skip: faultOfReference('the reference counts silence only from the first ping or pong') })

  checkEach('an idle session of the npm client outlives 45 s', async (t, transport) => {
    const { local, remote } = await scene.connection(t, transport)
    const gone = closed(local).then(() => 'closed')
    const raw = await RawClient.open(t, scene.relay, transport)
    raw.on('ping', () => raw.pong())
    for (let pings = 0; pings < 4; pings++) {
      assert.equal(await Promise.race([gone, once(raw, 'ping').then(() => 'alive')]), 'alive')
    }

    remote.write('still here')
    const [message] = await once(local, 'data')

    assert.equal(message.toString(), 'still here')
  }, { timeout: 90_000 })
}, { concurrency: true })

/** A socket over which nothing is said, not even the first byte of a secret stream. */
async function bareSocket (t, relay, transport) {
  const socket = transport === 'ws' ? new WebSocket(relay.ws) : net.connect(relay.tcp)
  t.after(() => socket.terminate ? socket.terminate() : socket.destroy())
  socket.on('error', () => {})
  socket.resume()
  await once(socket, transport === 'ws' ? 'open' : 'connect')
  return socket
}

function assertAbout (actual, expected) {
  assert.ok(Math.abs(actual - expected) < tolerance, `${Math.round(actual)} ms, not about ${expected} ms`)
}
