// What an operator allows and denies, as the npm client meets it: each test has a relay with settings of its own, on
// the DHT of the suite's relay.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

import RelayedDHT from '@hyperswarm/dht-relay'
import TcpStream from '@hyperswarm/dht-relay/tcp'
import WsStream from '@hyperswarm/dht-relay/ws'
import DHT from 'hyperdht'
import WebSocket from 'ws'

import { closed, opened, openClient, within } from './harness/connections.mjs'
import { RelayProcess } from './harness/relay.mjs'
import { check, suite } from './harness/scene.mjs'
import { bytes } from './harness/streams.mjs'

const trusting = 'proxies = ["127.0.0.1"]'
const denying = 'policy.addresses.deny = ["203.0.113.0/24"]'

suite('policy', scene => {
  for (const transport of ['ws', 'tcp']) {
    check(`${transport}: a peer with a denied key is not connected to, and the client told why`, async t => {
      const [denied, other] = [await scene.server(t, echo), await scene.server(t, echo)]
      const relay = await start(t, `policy.remotes.deny = [${denied.publicKey.toString('hex')}]`)
      const { client } = await openClient(relay, transport)
      t.after(() => client.destroy({ force: true }))

      assert.match((await closed(client.connect(denied.publicKey)))?.message, /This public key may not be connected to/)
      await opened(client.connect(other.publicKey))
    })

    check(`${transport}: opens beyond the rate are refused, until it allows more`, async t => {
      const server = await scene.server(t, echo)
      const relay = await start(t, 'limits.session.opens-per-second = 2')
      const { client } = await openClient(relay, transport)
      t.after(() => client.destroy({ force: true }))
      const streams = Array.from({ length: 6 }, () => client.connect(server.publicKey))

      const ends = await Promise.all(streams.map(stream => opened(stream).then(() => null, error => error)))

      const refusals = ends.filter(error => error !== null)
      assert.ok(refusals.length > 0 && refusals.length <= 4, `${refusals.length} of 6`) // on a slow machine fewer
      for (const error of refusals) assert.match(error.message, /opens more than 2 a second/)
      await eventually(() => opened(client.connect(server.publicKey)))
    })

    check(`${transport}: bytes go at the rate of the address, whichever sessions they are of, and none is lost`, async t => {
      const size = 256 * 1024
      const server = await scene.server(t, stream => stream.on('end', () => stream.end()).resume())
      const relay = await start(t, `limits.address.bytes-per-second = ${size}`)
      const began = performance.now()

      await Promise.all([1, 2].map(async () => {
        const { client } = await openClient(relay, transport)
        t.after(() => client.destroy({ force: true }))
        const stream = await opened(client.connect(server.publicKey))
        const end = closed(stream.resume())
        for (let i = 0; i < 32; i++) stream.write(bytes(size / 16))
        stream.end()
        assert.equal(await end, null)
      }))

      // 1 MiB in all, of which a second's worth goes at once
      const seconds = (performance.now() - began) / 1000
      assert.ok(seconds > 2.5 && seconds < 20, `it took ${seconds} s`)
    })
  }

  check('a client with a denied key is closed with the reason', async t => {
    const keyPair = DHT.keyPair()
    const relay = await start(t, `policy.clients.deny = [${keyPair.publicKey.toString('hex')}]`)
    const socket = new WebSocket(relay.ws)
    const client = new RelayedDHT(new WsStream(true, socket), { keyPair })
    t.after(() => client.destroy({ force: true }))

    const [code, reason] = await once(socket, 'close')

    assert.deepEqual([code, reason.toString()], [1008, 'Clients with this public key are not served'])
  })

  check('a server with a denied key is closed as it listens', async t => {
    const keyPair = DHT.keyPair()
    const relay = await start(t, `policy.servers.deny = [${keyPair.publicKey.toString('hex')}]`)
    const { client } = await openClient(relay, 'ws')
    t.after(() => client.destroy({ force: true }))
    const denied = client.createServer()
    const isClosed = once(denied, 'close')

    await denied.listen(keyPair)
    await isClosed

    await client.createServer().listen(DHT.keyPair())
  })

  check('more sessions than an address may have are closed with the reason', async t => {
    const relay = await start(t, 'limits.address.sessions = 2')
    const { client, socket } = await openClient(relay, 'ws')
    const { client: second, socket: secondSocket } = await openClient(relay, 'tcp')
    t.after(() => second.destroy({ force: true }))
    await answered(client, socket)
    await answered(second, secondSocket)

    assert.deepEqual(await endOf(new WebSocket(relay.ws)), [1008, 'The address has 2 sessions, and may not have more'])
    const { client: third, socket: thirdSocket } = await openClient(relay, 'tcp')
    t.after(() => third.destroy({ force: true }))
    await closed(thirdSocket)

    const isGone = once(socket, 'close')
    await client.destroy()
    await isGone
    await eventually(() => served(new WebSocket(relay.ws)))
  })

  check("the client's address is what a trusted proxy says in X-Forwarded-For", async t => {
    const relay = await start(t, denying, trusting)

    assert.deepEqual(
      await endOf(forwarded(relay, '203.0.113.7')), [1008, 'Clients from this address are not served'])
    await served(forwarded(relay, '203.0.114.7'))
    await served(forwarded(relay, '203.0.113.7, 203.0.114.7'))
  })

  check('X-Forwarded-For of anybody else is not believed', async t => {
    const relay = await start(t, denying, 'proxies = ["10.0.0.0/8"]')

    await served(forwarded(relay, '203.0.113.7'))
  })

  for (const version of [1, 2]) {
    check(`the client's address is what a trusted proxy says by the PROXY protocol, version ${version}`, async t => {
      const relay = await start(t, denying, trusting, 'proxy-protocol { ws = on, tcp = on }')

      assert.equal((await endOf(proxied(relay, '203.0.113.7')))[0], 1008)
      await served(proxied(relay, '203.0.114.7'))
      await closed(overTcp(t, relay, '203.0.113.7').socket)
      const { client, socket } = overTcp(t, relay, '203.0.114.7')
      await answered(client, socket)
    })

    function header (source) {
      if (version === 1) return Buffer.from(`PROXY TCP4 ${source} 127.0.0.1 50000 443\r\n`)
      const addresses = [...source.split('.').map(Number), 127, 0, 0, 1, 0xc3, 0x50, 1, 0xbb]
      return Buffer.from([...Buffer.from('\r\n\r\n\0\r\nQUIT\n'), 0x21, 0x11, 0, addresses.length, ...addresses])
    }

    function overTcp (t, relay, source) {
      const socket = net.connect(relay.tcp)
      socket.write(header(source))
      const client = new RelayedDHT(new TcpStream(true, socket))
      t.after(() => client.destroy({ force: true }))
      return { socket, client }
    }

    function proxied (relay, source) {
      return new WebSocket(relay.ws, {
        createConnection (options) {
          const socket = net.connect(options)
          socket.write(header(source))
          return socket
        }
      })
    }
  }

  /** A relay with some settings, on the suite's DHT. */
  async function start (t, ...settings) {
    const folder = await mkdtemp(join(tmpdir(), 'relay-policy-'))
    t.after(() => rm(folder, { recursive: true }))
    const file = join(folder, 'relay.conf')
    await writeFile(file, `relay {\n${settings.join('\n')}\n}\n`)
    const relay = await RelayProcess.start({ bootstrap: scene.relay.bootstrap, args: ['--config', file] })
    t.after(() => relay.kill())
    return relay
  }
}, { concurrency: 4 })

function echo (stream) {
  stream.on('data', message => stream.write(message))
}

function forwarded (relay, addresses) {
  return new WebSocket(relay.ws, { headers: { 'x-forwarded-for': addresses } })
}

/** The code and the reason of a WebSocket that the relay closes without a word of its client. */
async function endOf (socket) {
  const [code, reason] = await within(10_000, once(socket, 'close'))
  return [code, reason.toString()]
}

/** A client of the relay is served over a WebSocket. */
async function served (socket) {
  const client = new RelayedDHT(new WsStream(true, socket))
  await answered(client, socket)
  await client.destroy({ force: true })
}

/** The relay answers a client: it has a session. That it is ready says nothing, for the client does not wait. */
async function answered (client, socket) {
  const isClosed = once(socket, 'close').then(([code]) => { throw new Error(`closed: ${code}`) })
  isClosed.catch(() => {}) // later, by us
  await within(10_000, Promise.race([client.lookup(Buffer.alloc(32)).resume().finished(), isClosed]))
}

/** Tries until it succeeds; the test's time limit ends it. */
async function eventually (attempt) {
  while (true) {
    try {
      return await attempt()
    } catch {
      // not yet
    }
  }
}
