// A relay and its client as one of two protocols on the same Protomux: a program of ours that embeds the relay on one
// side, the npm client on a muxer that is in use already on the other.
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { fileURLToPath } from 'node:url'

import RelayedDHT from '@hyperswarm/dht-relay'
import c from 'compact-encoding'
import Protomux from 'protomux'

import { opened, openTransport, Queue, transports } from './harness/connections.mjs'
import { npmPeer } from './harness/peers.mjs'
import { RelayProcess } from './harness/relay.mjs'
import { check } from './harness/scene.mjs'
import { bytes, digest, sha256, writeAll } from './harness/streams.mjs'

const program = fileURLToPath(
  new URL('../RelayCluster.Embedder/bin/Release/net10.0/embedder.dll', import.meta.url))

describe('relaying over an existing muxer', () => {
  let embedder, peer

  before(async () => {
    embedder = await RelayProcess.start({ program })
    peer = await npmPeer.start(embedder)
  })

  after(async () => {
    await peer?.destroy({ force: true })
    await embedder?.stop()
  })

  for (const transport of transports) {
    check(`npm over ${transport}: the relay beside another protocol on one connection`, async t => {
      const { client, echo } = await share(t, transport)
      const { local, remote } = await connect(t, client)
      const length = 2_000_000
      const [there, back] = [digest(remote), digest(local)]

      await Promise.all([
        writeAll(local, length),
        writeAll(remote, length),
        ...Array.from({ length: 200 }, async (_, i) => assert.deepEqual(await echo(bytes(5000, i)), bytes(5000, i)))
      ])

      const whole = { length, sha256: sha256(bytes(length)) }
      assert.deepEqual(await there, whole)
      assert.deepEqual(await back, whole)
    })

    check(`npm over ${transport}: the relay goes on when the other protocol closes`, async t => {
      const { client, channel, echo } = await share(t, transport)
      const { local, remote } = await connect(t, client)
      await echo(bytes(10))

      channel.close()

      remote.once('data', data => remote.write(data))
      const answer = new Promise(resolve => local.once('data', resolve))
      local.write(bytes(1000))
      assert.deepEqual(await answer, bytes(1000))
    })
  }

  /** A client of the relay on a muxer, and the other protocol on the same. */
  async function share (t, transport) {
    const { stream } = openTransport(embedder, transport)
    const mux = Protomux.from(stream)
    const answers = new Queue()
    const channel = mux.createChannel({ protocol: 'echo' })
    const message = channel.addMessage({ encoding: c.raw, onmessage: data => answers.push(Buffer.from(data)) })
    channel.open()
    const client = new RelayedDHT(mux)
    t.after(() => client.destroy({ force: true }))
    await client.ready()

    // they come back in their order
    const echo = data => {
      message.send(data)
      return answers.shift()
    }
    return { client, channel, echo }
  }

  /** A client's connection to a server of the peer, both ends of it. */
  async function connect (t, client) {
    const accepted = new Queue()
    const server = peer.createServer(connection => accepted.push(connection.on('error', () => {})))
    await server.listen()
    t.after(() => server.close())
    const local = await opened(client.connect(server.publicKey))
    const remote = await accepted.shift()
    t.after(() => remote.destroy())
    return { local, remote }
  }
})
