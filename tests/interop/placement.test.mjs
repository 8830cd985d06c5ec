// Where sessions live: three relays and a real broker, and clients that all come to one of them.
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'

import { npm, ours } from './harness/casts.mjs'
import { opened, until, within } from './harness/connections.mjs'
import { startEcho } from './harness/fleet/echo.mjs'
import { Fleet } from './harness/fleet/fleet.mjs'
import { check } from './harness/scene.mjs'
import { bytes, digest, sha256, writeAll } from './harness/streams.mjs'

const even = 100
const length = 16 << 20

describe('sharded placement', { concurrency: false }, () => {
  let fleet
  let door
  let echo
  let clients = []

  before(async () => {
    // a machine with all of this on it is slow now and then, and no session is to stay at the door for that
    fleet = await Fleet.start({
      options: {
        RELAY_CLUSTER__PLACEMENT: 'sharded',
        RELAY_CLUSTER__PLACEMENT_TIMEOUT: '10s',
        RELAY_PROXY_PROTOCOL__TCP: 'off' // the clients come without a proxy
      }
    })
    door = fleet.nodes[0]
    echo = await startEcho(fleet)
  }, { timeout: 90_000 })

  after(async () => {
    await leave(clients)
    await echo?.dht.destroy({ force: true })
    await fleet?.stop()
  }, { timeout: 60_000 })

  check('300 clients of one node spread over three within a tenth of even', async () => {
    const kinds = [[npm, 'ws', 100], [npm, 'tcp', 100], [ours, 'ws', 50], [ours, 'tcp', 50]]
    await Promise.all(kinds.flatMap(([cast, transport, count]) =>
      Array.from({ length: count }, async () => clients.push((await cast.open(door, transport)).client))))

    await within(20_000, until(async () => sum(await sessions()) === 3 * even))

    for (const count of await sessions()) assert.ok(Math.abs(count - even) <= even / 10, `${await sessions()}`)
  }, { timeout: 120_000 })

  check('bytes come through whole, both ways, whichever node serves', async () => {
    for (const client of clients.filter((client, i) => i % 75 === 0)) {
      const stream = await opened(client.connect(echo.publicKey))
      stream.on('error', () => {})
      const arriving = digest(stream)
      await writeAll(stream, length)
      assert.deepEqual(await arriving, { length, sha256: sha256(bytes(length)) })
    }
  }, { timeout: 120_000 })

  check('sessions that are over are over on the node that served them', async () => {
    await leave(clients)
    clients = []

    await within(20_000, until(async () => sum(await sessions()) === 0))
  }, { timeout: 60_000 })

  /** How many sessions each node has. */
  function sessions () {
    return Promise.all(fleet.nodes.map(node => node.countPlaced()))
  }
})

function leave (clients) {
  return Promise.all(clients.map(client => client.destroy({ force: true })))
}

function sum (counts) {
  return counts.reduce((total, count) => total + count, 0)
}
