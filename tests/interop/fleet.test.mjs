// A fleet of three relays behind HAProxy, with a real broker, while it loses things: a node, the broker, each node in
// turn. The processes are those of tests/fleet; the clients talk to a peer and look things up all the time.
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

import DHT from 'hyperdht'

import { npm, ours } from './harness/casts.mjs'
import { openClient, until, within } from './harness/connections.mjs'
import { startEcho } from './harness/fleet/echo.mjs'
import { Fleet } from './harness/fleet/fleet.mjs'
import { Visitor } from './harness/fleet/visitor.mjs'
import { check } from './harness/scene.mjs'

const drainTimeout = 2 // seconds

// Milliseconds without an echo that a client would notice, on a machine of two cores with all of this on it.
const noticeable = 3000

describe('a fleet', { concurrency: false }, () => {
  let fleet
  let echo

  before(async () => {
    fleet = await Fleet.start({ options: { RELAY_DRAIN_TIMEOUT: `${drainTimeout}s` } })
    echo = await startEcho(fleet)
    await isWhole()
  }, { timeout: 90_000 })

  after(async () => {
    await echo?.dht.destroy({ force: true })
    await fleet?.stop()
  }, { timeout: 60_000 })

  check('clients of both makes reach a peer through HAProxy, over WebSocket and TCP', async t => {
    const visitors = await arrive(t, fleet)

    await Promise.all(visitors.map(visitor => visitor.hears()))
    const figures = await Promise.all(fleet.nodes.map(readFigures))
    await leave(visitors)

    visitors.forEach(assertUndisturbed)
    assert.equal(sum(figures, 'relay_sessions'), visitors.length)
    for (const name of ['relay_bytes_total', 'udx_packets_total', 'cluster_broker_round_trip_seconds_count']) {
      assert.ok(sum(figures, name) > 0, `${name} is 0`)
    }
  })

  check('1,000 lookups of 50 topics at once over the three nodes: at most 60 queries, and the peers that a direct node sees', async t => {
    const before = await lookupsRun(fleet)
    const topics = Array.from({ length: 50 }, () => DHT.keyPair().publicKey)
    await Promise.all(topics.map(async topic => {
      for (const keyPair of [DHT.keyPair(), DHT.keyPair()]) await echo.dht.announce(topic, keyPair, []).finished()
    }))
    const clients = await Promise.all(Array.from({ length: 30 }, async (_, i) => {
      const { client } = await openClient(fleet.nodes[i % 3], 'ws')
      t.after(() => client.destroy({ force: true }))
      return client
    }))

    const found = await Promise.all(Array.from({ length: 1000 }, (_, i) => peersOf(clients[i % 30], topics[i % 50])))

    const direct = await Promise.all(topics.map(topic => peersOf(echo.dht, topic)))
    for (const peers of direct) assert.equal(peers.length, 2)
    for (const [i, peers] of found.entries()) assert.deepEqual(peers, direct[i % 50])
    // The page of figures may be some moments old.
    let queries
    await within(10_000, until(async () => (queries = await lookupsRun(fleet) - before) >= 50))
    assert.ok(queries <= 60, `${queries} queries`)
    t.diagnostic(`${queries} queries`)
  }, { timeout: 60_000 })

  check('a node that is killed: clients of the others notice nothing, its own are back within 5 s', async t => {
    const [killed, ...others] = fleet.nodes
    const elsewhere = (await Promise.all(others.map(node => arrive(t, node)))).flat()
    const own = await arrive(t, killed)
    const anywhere = await arrive(t, fleet)
    // They come back by the load balancer, as clients do that know one address.
    for (const visitor of own) visitor.moveTo(fleet)

    await killed.kill()
    await Promise.all(others.map(node => within(5000, until(async () => await stateOf(node, killed) === 'down'))))
    await Promise.all([...own, ...anywhere].map(visitor => visitor.hears()))
    await leave([...elsewhere, ...own, ...anywhere])

    elsewhere.forEach(assertUndisturbed)
    for (const visitor of own) assert.equal(visitor.losses.length, 1)
    for (const visitor of [...own, ...anywhere]) assertBack(visitor, 5000)

    await killed.start()
    await isWhole()
  }, { timeout: 60_000 })

  check('a broker that is away for 20 s: no session is lost, new ones are served, and the fleet is whole in 10 s', async t => {
    const visitors = (await Promise.all([fleet, ...fleet.nodes].map(door => arrive(t, door)))).flat()

    await fleet.broker.kill()
    await delay(10_000)
    const late = await arrive(t, fleet)
    await delay(10_000)
    await Promise.all([...visitors, ...late].map(visitor => visitor.hears()))
    await fleet.broker.start()
    await within(10_000, isWhole())
    await Promise.all([...visitors, ...late].map(visitor => visitor.hears()))
    await leave([...visitors, ...late])

    visitors.forEach(assertUndisturbed)
    late.forEach(assertUndisturbed)
  }, { timeout: 90_000 })

  check('a rolling restart: every client comes back, and each session ends with a reason', async t => {
    const visitors = (await Promise.all(Array.from({ length: 3 }, () => arrive(t, fleet)))).flat()

    for (const node of fleet.nodes) {
      assert.equal(await node.stop(), 0, node.output)
      await node.start()
      await isWhole()
    }
    await Promise.all(visitors.map(visitor => visitor.hears()))
    await leave(visitors)

    for (const visitor of visitors) {
      assertBack(visitor, 5000)
      for (const loss of visitor.losses) assert.match(loss.error ?? '', /The relay is draining/, JSON.stringify(loss))
    }
    assert.ok(visitors.some(visitor => visitor.losses.length > 0), 'nobody was on a node that ended')
  }, { timeout: 120_000 })

  check('a second node with the same name does not start, and says why in a line', async () => {
    const second = await fleet.stranger(fleet.nodes[1].name)

    second.launch()

    assert.equal(await within(20_000, second.exited), 1)
    const lines = second.output.split('\n').filter(line => line.startsWith('relay: '))
    assert.equal(lines.length, 1, second.output)
    assert.match(lines[0], /the name relay-2 is taken by another node/)
    assert.equal(await stateOf(fleet.nodes[0], fleet.nodes[1]), 'up')
  })

  /** Clients of both makes at a door, which leave with the test. */
  async function arrive (t, door) {
    const transports = door === fleet ? ['ws', 'tcp'] : ['ws']
    const visitors = [npm, ours].flatMap(cast => transports.map(
      transport => new Visitor(cast, transport, door, echo.publicKey)))
    t.after(() => leave(visitors))
    await Promise.all(visitors.map(visitor => visitor.come()))
    return visitors
  }

  /** Waits until every node sees every node up. */
  function isWhole () {
    return within(30_000, until(async () => {
      const views = await Promise.all(fleet.nodes.map(members))
      return views.every(view => view.length === 3 && view.every(member => member.state === 'up'))
    }))
  }
})

function leave (visitors) {
  return Promise.all(visitors.map(visitor => visitor.leave()))
}

/** How many lookups the nodes have asked the DHT for. */
async function lookupsRun ({ nodes }) {
  return sum(await Promise.all(nodes.map(readFigures)), 'relay_lookups_run_total')
}

async function peersOf (dht, topic) {
  const keys = new Set()
  for await (const { peers } of dht.lookup(topic)) {
    for (const { publicKey } of peers) keys.add(publicKey.toString('hex'))
  }
  return [...keys].sort()
}

async function members (node) {
  const list = await node.ask('/v1/members')
  return list.map(({ name, state }) => ({ name, state: state.toLowerCase() }))
}

/** What Prometheus is told, by name: the sum over all labels. */
async function readFigures (node) {
  const page = await (await fetch(`${node.admin}/metrics`)).text()
  const figures = new Map()
  for (const [, name, value] of page.matchAll(/^(\w+)(?:\{.*\})? ([\d.eE+-]+)(?: \d+)?$/gm)) {
    figures.set(name, (figures.get(name) ?? 0) + Number(value))
  }
  return figures
}

function sum (pages, name) {
  return pages.reduce((sum, page) => sum + (page.get(name) ?? 0), 0)
}

async function stateOf (node, other) {
  return (await members(node)).find(member => member.name === other.name)?.state
}

function assertUndisturbed (visitor) {
  assert.deepEqual(visitor.losses, [])
  assert.deepEqual(visitor.faults, [])
  assert.ok(visitor.longestWait < noticeable, `an echo took ${visitor.longestWait} ms`)
}

function assertBack (visitor, milliseconds) {
  assert.deepEqual(visitor.faults, [])
  assert.equal(visitor.absences.length, visitor.losses.length)
  for (const absence of visitor.absences) assert.ok(absence < milliseconds, `it was back after ${absence} ms`)
}
