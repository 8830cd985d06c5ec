// What clients may not do costs them their session, with the reason in the relay's log, and costs nobody else anything.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'

import WebSocket from 'ws'

import { closed } from './harness/connections.mjs'
import { RawClient, toldViolation, uint32 } from './harness/raw-client.mjs'
import { faultOfReference, isReference } from './harness/relay.mjs'
import { check, checkEach, suite } from './harness/scene.mjs'
import { bytes } from './harness/streams.mjs'

const spoken = [
  { dialect: 'today', garbage: garbageOfToday() },
  { dialect: 'first', garbage: garbageOfFirst(), skip: faultOfReference('it speaks one dialect') }
]

suite('disorder', scene => {
  checkEach("a session's failed connect leaves its other streams alone", async (t, transport) => {
    const { client, local, remote } = await scene.connection(t, transport)

    await closed(client.connect(bytes(32)))

    await assertEchoes(local, remote)
  })

  for (const { dialect, garbage, skip } of spoken) {
    for (const [name, { frame, reason }] of Object.entries(garbage)) {
      checkEach(`garbage in ${dialect}'s dialect does not touch others: ${name}`, async (t, transport) => {
        const { local, remote } = await scene.connection(t, transport)

        const rude = await RawClient.open(t, scene.relay, transport, { dialect })
        rude.stream.write(Buffer.from(frame))
        await assertGoes(rude, reason)

        await assertEchoes(local, remote)
        await assertServes(t, transport)
      }, { skip })
    }

    for (const [name, { send, reason }] of Object.entries(nonsense())) {
      checkEach(`nonsense in ${dialect}'s dialect does not touch others: ${name}`, async (t, transport) => {
        const { server, local, remote } = await scene.connection(t, transport)

        const rude = await RawClient.open(t, scene.relay, transport, { greet: false, dialect })
        send(rude, server.publicKey)
        await assertGoes(rude, reason)

        await assertEchoes(local, remote)
        await assertServes(t, transport)
      }, { skip })
    }
  }

  check('ws: a text frame', async t => {
    const logged = scene.relay.output.length
    const socket = new WebSocket(scene.relay.ws)
    t.after(() => socket.terminate())
    await once(socket, 'open')
    const { localPort } = socket._socket
    socket.send('hello')
    await once(socket, 'close')

    assert.match(await toldViolation(scene.relay, localPort, logged), /text message/)
    await assertServes(t, 'ws')
  }, { skip: faultOfReference('it says nothing of it') })

  checkEach('a first frame that opens nothing', async (t, transport) => {
    const rude = await RawClient.open(t, scene.relay, transport, { greet: false, silent: true })
    rude.stream.write(bytes(100))

    await assertGoes(rude, /opens nothing/)
    await assertServes(t, transport)
  }, { skip: faultOfReference('it says nothing of it') })

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

  /** The client's session ends for this reason; where there is none, it goes on. */
  async function assertGoes (client, reason) {
    if (isReference) return answeredOrClosed(client)
    if (reason) {
      await client.closed
      assert.match(await client.violation(), reason)
    } else {
      const answered = once(client, 'pong')
      client.ping()
      await Promise.race([answered, client.closed.then(() => assert.fail('the session ended'))])
    }
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
  const answered = once(client, 'pong')
  if (!client.stream.destroying) client.ping()
  await Promise.race([client.closed, answered])
}

/** Frames that no muxer sends, and what the relay says of them; where that is nothing, they are allowed. */
function garbageOfToday () {
  return {
    'one zero': { frame: [0], reason: /variable integer/ },
    'random bytes, of a channel that is not there': { frame: bytes(1000) },
    'a long frame of ones': { frame: Buffer.alloc(100_000, 0xff), reason: /variable integer/ },
    'a batch cut short': { frame: [0, 0, 1, 200], reason: /variable integer/ },
    'a batch with a huge length': { frame: [0, 0, 1, 0xff, ...Buffer.alloc(8, 255)], reason: /variable integer/ },
    'a batch within a batch': { frame: [0, 0, 0, 3, 0, 0, 0], reason: /batch lies within another/ },
    'an open cut short': { frame: [0, 1, 9, 40, 64], reason: /end early/ },
    'an open far beyond the last': { frame: [0, 1, 99, 1, 65, 0], reason: /channel 99/ },
    'a reject that answers nothing': { frame: [0, 2, 77], reason: /channel 77/ },
    'an unknown control type': { frame: [0, 99, 1, 2, 3] },
    'a message on a channel that is not there': { frame: [77, 1, 2, 3] },
    'a message of a type that is not there': { frame: [1, 99, 2, 3] },
    'a data message cut short': { frame: [1, 16, 1, 0, 0], reason: /end early/ },
    'a data message with a huge count': { frame: [1, 16, 1, 0, 0, 0, 0xfe, 255, 255, 255, 255], reason: /end early/ },
    'a connect cut short': { frame: [1, 3, 1, 1, 0], reason: /end early/ },
    'the same channel opened again': { frame: [0, 1, 1, 0, 20, ...Buffer.from('@hyperswarm/dht-relay'), 0], reason: /channel 1, which is taken/ }
  }
}

function garbageOfFirst () {
  const name = Buffer.from('@web4/dht-relay')
  return {
    'one zero': { frame: [0] },
    'random bytes, of a number that is not there': { frame: bytes(1000) },
    'a long frame of ones': { frame: Buffer.alloc(100_000, 0xff), reason: /variable integer/ },
    'a batch cut short': { frame: [0, 200], reason: /variable integer/ },
    'a batch with a huge length': { frame: [0, 0xff, ...Buffer.alloc(8, 255)], reason: /variable integer/ },
    'a batch within a batch': { frame: [0, 3, 0, 0, 0], reason: /batch lies within another/ },
    'an add cut short': { frame: [1, 40, 64], reason: /end early/ },
    'a message of a number that is not there': { frame: [200, 2, 3] },
    'a data message cut short': { frame: [20, 1, 0, 0], reason: /end early/ },
    'a data message with a huge count': { frame: [20, 1, 0, 0, 0, 0xfe, 255, 255, 255, 255], reason: /end early/ },
    'a connect cut short': { frame: [7, 1, 1, 0], reason: /end early/ },
    'the same protocol added again': { frame: [1, name.length, ...name, 0, 1, 40, 28], reason: /is there already/ }
  }
}

/** Messages that are well-formed and make no sense. */
function nonsense () {
  const alias = uint32(4711)
  return {
    'a connect before the handshake': {
      send: (client, key) => client.connect(1, key),
      reason: /Connect came before the handshake/
    },
    'two handshakes': {
      send: client => {
        client.greet()
        client.greet()
      },
      reason: /Handshake came that nobody asked for/
    },
    'data, end and destroy of an unknown alias': {
      send: client => {
        client.greet()
        client.data(4711, bytes(10))
        client.send('end', alias)
        client.send('destroy', Buffer.from([1]), alias)
        client.send('destroy', Buffer.from([0]), alias)
      }
    },
    'an alias used twice': {
      send: (client, key) => {
        client.greet()
        client.connect(1, key)
        client.connect(1, key)
      },
      reason: /alias 1 is the one of a living stream/
    },
    "a server's alias used twice": {
      send: client => {
        client.greet()
        client.listen(1)
        client.listen(1)
      },
      reason: /alias 1 is the one of a living server/
    },
    "a query's id used twice": {
      send: client => {
        client.greet()
        const topic = randomBytes(32) // of one that was looked up before the relay may have the answer at hand
        client.send('lookup', uint32(1), topic)
        client.send('lookup', uint32(1), topic)
      },
      reason: /id 1 is the one of a query/
    },
    'answers that nobody asked for, twice': {
      send: client => {
        client.greet()
        for (let i = 0; i < 2; i++) {
          client.send('accept', uint32(9))
          client.send('deny', uint32(9))
          client.send('signature', uint32(9), Buffer.from([64]), bytes(64))
          client.send('noiseReply', Buffer.from([1]), uint32(9), Buffer.from([3]), bytes(3))
          client.send('noiseReply', Buffer.from([2]), uint32(9), Buffer.from([3]), bytes(3), bytes(128))
          client.send('noiseReply', Buffer.from([0]), uint32(9), Buffer.from([3]), bytes(3), bytes(32))
          client.send('connected', alias, alias)
          client.send('close', alias)
        }
      }
    },
    'a signature of another length': {
      send: client => {
        client.greet()
        client.send('signature', uint32(9), Buffer.from([63]), bytes(63))
      },
      reason: /signature of 63 bytes/
    },
    'a noiseReply cut short': {
      send: client => {
        client.greet()
        client.send('noiseReply', Buffer.from([2]), uint32(9), Buffer.from([3]), bytes(3))
      },
      reason: /end early/
    },
    'messages that only a relay sends': {
      send: client => {
        client.greet()
        client.send('finished', uint32(1))
        client.send('closed', uint32(1))
      },
      reason: /Finished came that nobody asked for/
    },
    'a secret key that does not belong to the public key': {
      send: (client, key) => {
        client.greet()
        client.send('connect', Buffer.from([1]), uint32(1), bytes(32), bytes(64), key)
      }
    },
    'a public key that is no point': {
      send: client => {
        client.greet()
        client.connect(1, Buffer.alloc(32, 0xff))
      }
    }
  }
}
