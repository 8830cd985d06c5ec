// What it costs that a session lives on another node than its client came to: CPU of all relays together, for bytes
// through one stream. A fleet of two nodes with a real broker (tests/interop/harness/fleet), an npm client and an npm
// peer; each figure is the least of some rounds, after one that does not count.
//
//   bench/placement [MiB] [rounds]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { openClient, opened, until } from '../../tests/interop/harness/connections.mjs'
import { Fleet } from '../../tests/interop/harness/fleet/fleet.mjs'
import { cpuSecondsOf } from '../../tests/interop/harness/relay.mjs'
import { write } from '../../tests/interop/harness/streams.mjs'

const [mebibytes = 256, rounds = 3] = process.argv.slice(2).map(Number)
const bytes = mebibytes << 20
const chunk = Buffer.alloc(65_536, 7)

const fleet = await Fleet.start({
  nodes: 2,
  options: {
    RELAY_CLUSTER__PLACEMENT: 'sharded',
    RELAY_CLUSTER__PLACEMENT_TIMEOUT: '10s',
    RELAY_PROXY_PROTOCOL__TCP: 'off'
  }
})
const { host, port } = fleet.bootstrap[0]
const peer = fork(fileURLToPath(new URL('./peer.mjs', import.meta.url)), [`${host}:${port}`])
const clients = []
try {
  const [{ publicKey }] = await once(peer, 'message')
  const key = Buffer.from(publicKey, 'hex')
  console.log(`CPU-seconds of the relays per GiB, ${mebibytes} MiB through one stream, least of ${rounds}`)
  console.log('transport  direction  local  on another node')
  for (const transport of ['ws', 'tcp']) {
    const here = await place(transport, 0)
    const there = await place(transport, 1)
    for (const direction of ['up', 'down']) {
      const local = await least(() => carry(here, key, direction))
      const spliced = await least(() => carry(there, key, direction))
      console.log([
        transport.padEnd(9), direction.padEnd(9), local.toFixed(2).padStart(5), spliced.toFixed(2).padStart(15)
      ].join('  '))
    }
  }
} finally {
  await Promise.all(clients.map(client => client.destroy({ force: true })))
  peer.kill()
  await fleet.stop()
}
process.exit(0)

/** A client of the first node that one of them serves; those that the other got meanwhile stay, and are idle. */
async function place (transport, index) {
  for (;;) {
    const before = await sessions(index)
    const { client } = await openClient(fleet.nodes[0], transport)
    clients.push(client)
    if (await sessions(index) > before) return client
  }
}

/** How many sessions a node has, as soon as both together have all. */
async function sessions (index) {
  let counts
  await until(async () => {
    counts = await Promise.all(fleet.nodes.map(node => node.countPlaced()))
    return counts[0] + counts[1] === clients.length
  })
  return counts[index]
}

async function least (measure) {
  await measure() // the compiler's round
  let best = Infinity
  for (let round = 0; round < rounds; round++) best = Math.min(best, await measure())
  return best
}

async function carry (client, key, direction) {
  const stream = await opened(client.connect(key))
  stream.on('error', () => {})
  const before = cpuSeconds()
  stream.write(JSON.stringify(direction === 'up' ? { sink: bytes } : { source: bytes }))
  if (direction === 'up') {
    const taken = once(stream, 'data')
    for (let sent = 0; sent < bytes; sent += chunk.length) await write(stream, chunk)
    await taken
  } else {
    let left = bytes
    await new Promise(resolve => stream.on('data', data => { (left -= data.length) === 0 && resolve() }))
  }
  const used = cpuSeconds() - before
  stream.destroy()
  return used * 1024 / mebibytes
}

function cpuSeconds () {
  return fleet.nodes.reduce((sum, { pid }) => sum + cpuSecondsOf(pid), 0)
}
