import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'

import WebSocket from 'ws'

import { closed } from './harness/connections.mjs'
import { RawClient, uint32 } from './harness/raw-client.mjs'
import { faultOfReference } from './harness/relay.mjs'
import { check, checkEach, suite } from './harness/scene.mjs'
import { bytes } from './harness/streams.mjs'

suite('disorder', scene => {
  checkEach("a session's failed connect leaves its other streams alone", async (t, transport) => {
    const { client, local, remote } = await scene.connection(t, transport)

    await closed(client.connect(bytes(32)))

    await assertEchoes(local, remote)
  })

  for (const [name, frame] of Object.entries(garbage())) {
    checkEach(`garbage does not touch others: ${name}`, async (t, transport) => {
      const { local, remote } = await scene.connection(t, transport)

      const rude = await RawClient.open(t, scene.relay, transport)
      rude.stream.write(frame)
      await answeredOrClosed(rude)

      await assertEchoes(local, remote)
      await assertServes(t, transport)
    })
  }

  for (const [name, send] of Object.entries(nonsense())) {
    checkEach(`nonsense does not touch others: ${name}`, async (t, transport) => {
      const { server, local, remote } = await scene.connection(t, transport)

      const rude = await RawClient.open(t, scene.relay, transport, { greet: false })
      send(rude, server.publicKey)
      await answeredOrClosed(rude)

      await assertEchoes(local, remote)
      await assertServes(t, transport)
    })
  }

  check('ws: a text frame', async t => {
    const socket = new WebSocket(scene.relay.ws)
    t.after(() => socket.terminate())
    await once(socket, 'open')
    socket.send('hello')
    socket.ping()
    await Promise.race([once(socket, 'pong'), once(socket, 'close')])

    await assertServes(t, 'ws')
  })

  checkEach('bytes that are no handshake of the transport', async (t, transport) => {
    for (const sent of [bytes(1), bytes(100), Buffer.alloc(5000), Buffer.alloc(5000, 0xff), 'GET / HTTP/1.1\r\n\r\n']) {
      const port = transport === 'ws' ? Number(new URL(scene.relay.ws).port) : scene.relay.tcp.port
      const socket = net.connect({ host: '127.0.0.1', port })
      socket.on('error', () => {})
      socket.resume()
      socket.end(sent)
      await new Promise(resolve => socket.once('close', resolve))
    }

    await assertServes(t, transport)
  }, { skip: faultOfReference('a TCP client that fails its handshake ends the reference relay') })

  /** A fresh client connects and has its bytes echoed. */
  async function assertServes (t, transport) {
    assert.ok(scene.relay.isRunning, `the relay is gone:\n${scene.relay.output}`)
    const { local, remote } = await scene.connection(t, transport)
    await assertEchoes(local, remote)
  }
})

async function assertEchoes (local, remote) {
  const sent = bytes(500)
  remote.once('data', message => remote.write(message))
  const echo = once(local, 'data')
  local.write(sent)
  assert.deepEqual((await echo)[0], sent)
}

/** Until the relay has dealt with what was sent: it answers a ping that came after, or has hung up. */
async function answeredOrClosed (client) {
  const closed = new Promise(resolve => client.stream.once('close', resolve))
  const answered = once(client, 'pong')
  if (!client.stream.destroying) client.ping()
  await Promise.race([closed, answered])
}

/** Frames that no muxer sends. */
function garbage () {
  return {
    'one zero': Buffer.alloc(1),
    'random bytes': bytes(1000),
    'a long frame of ones': Buffer.alloc(100_000, 0xff),
    'a batch cut short': Buffer.from([0, 0, 1, 200]),
    'a batch with a huge length': Buffer.from([0, 0, 1, 0xff, 255, 255, 255, 255, 255, 255, 255, 255]),
    'an open cut short': Buffer.from([0, 1, 9, 40, 64]),
    'an unknown control type': Buffer.from([0, 99, 1, 2, 3]),
    'a message on a channel that is not there': Buffer.from([77, 1, 2, 3]),
    'a message of a type that is not there': Buffer.from([1, 99, 2, 3]),
    'a data message cut short': Buffer.from([1, 16, 1, 0, 0]),
    'a data message with a huge count': Buffer.from([1, 16, 1, 0, 0, 0, 0xfe, 255, 255, 255, 255]),
    'a connect cut short': Buffer.from([1, 3, 1, 1, 0]),
    'the same channel opened again': Buffer.from([0, 1, 1, 0, 20, ...Buffer.from('@hyperswarm/dht-relay'), 0])
  }
}

/** Messages that are well-formed and make no sense. */
function nonsense () {
  const alias = uint32(4711)
  return {
    'a connect before the handshake': (client, key) => client.connect(1, key),
    'two handshakes': client => {
      client.greet()
      client.greet()
    },
    'data, end and destroy of an unknown alias': client => {
      client.greet()
      client.data(4711, bytes(10))
      client.send('end', alias)
      client.send('destroy', Buffer.from([1]), alias)
    },
    'an alias used twice': (client, key) => {
      client.greet()
      client.connect(1, key)
      client.connect(1, key)
    },
    'answers that nobody asked for': client => {
      client.greet()
      client.send('accept', uint32(9))
      client.send('deny', uint32(9))
      client.send('signature', uint32(9), Buffer.from([64]), bytes(64))
      client.send('connected', alias, alias)
      client.send('close', alias)
    },
    'messages that only a relay sends': client => {
      client.greet()
      client.send('finished', uint32(1))
      client.send('closed', uint32(1))
    },
    'a secret key that does not belong to the public key': (client, key) => {
      client.greet()
      client.send('connect', Buffer.from([1]), uint32(1), bytes(32), bytes(64), key)
    },
    'a public key that is no point': client => {
      client.greet()
      client.connect(1, Buffer.alloc(32, 0xff))
    }
  }
}
