// The commands of `relay` with npm peers on the other side.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'

import DHT from 'hyperdht'

import { Command, joining } from './harness/command.mjs'
import { opened } from './harness/connections.mjs'
import { isReference } from './harness/relay.mjs'
import { check, suite } from './harness/scene.mjs'
import { bytes } from './harness/streams.mjs'

const key = /[0-9a-f]{64}/
const skip = isReference && 'the commands are ours'

suite('commands', scene => {
  for (const route of ['direct', 'ws', 'tcp --custodial']) {
    const run = (t, ...args) => new Command(t, ...args, ...joining(scene.relay, route))

    check(`${route}: connect talks to an npm server until that has ended`, async t => {
      const server = await scene.server(t, end => {
        end.on('data', message => end.write(message)).on('end', () => end.end('that is all'))
      })
      const connect = run(t, 'connect', server.publicKey.toString('hex'))

      connect.stdin.write('hello, ')
      await connect.prints(/hello, /)
      connect.stdin.end('world, ')

      assert.equal(await connect.ended(), 0)
      assert.equal(connect.stdout, 'hello, world, that is all')
    }, { skip })

    check(`${route}: listen takes npm clients to a TCP server, each direction ended by itself`, async t => {
      const target = net.createServer({ allowHalfOpen: true }, socket => {
        const chunks = []
        socket.on('data', chunk => chunks.push(chunk)).on('end', () => socket.end(Buffer.concat(chunks)))
      }).listen(0, '127.0.0.1')
      t.after(() => target.close())
      await once(target, 'listening')
      const listen = run(t, 'listen', '--forward', `127.0.0.1:${target.address().port}`)
      const publicKey = Buffer.from(await listen.prints(key), 'hex')
      const connection = await opened(scene.anyPeer.connect(publicKey))
      const sent = bytes(1_000_000, 1)

      connection.end(sent)
      const received = []
      for await (const chunk of connection) received.push(chunk)

      assert.ok(Buffer.concat(received).equals(sent))
      assert.equal(await listen.stop(), 0)
    }, { skip })

    check(`${route}: what npm announces is looked up, and what is announced npm finds until the end`, async t => {
      const topic = `topic ${route}`
      const target = DHT.hash(Buffer.from(topic))
      const keyPair = DHT.keyPair()
      await scene.anyPeer.announce(target, keyPair).finished()
      const announce = run(t, 'announce', topic)
      const announced = await announce.prints(key)

      const lookup = run(t, 'lookup', topic)
      assert.equal(await lookup.ended(), 0)
      assert.deepEqual(lookup.stdout.trim().split('\n').sort(), [announced, keyPair.publicKey.toString('hex')].sort())
      assert.ok((await found(target)).has(announced))
      assert.equal(await announce.stop(), 0)
      assert.deepEqual(await found(target), new Set([keyPair.publicKey.toString('hex')]))
    }, { skip })
  }

  async function found (target) {
    const keys = new Set()
    for await (const { peers } of scene.anyPeer.lookup(target)) {
      for (const { publicKey } of peers) keys.add(publicKey.toString('hex'))
    }
    return keys
  }
})
