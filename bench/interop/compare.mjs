// Measures our relay and the reference relay (@hyperswarm/dht-relay 0.4.3) side by side: each a process of its own
// on the same private DHT, npm clients in other processes, one npm peer in another. Every scenario runs on one relay
// and then on the other, some rounds; the middle round counts. CPU and memory are the relay's alone, from /proc.
//
//   bench/compare [--transport ws|tcp] [--rounds N] [--only SCENARIO] [--relays ours,reference] [--json FILE]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { Queue } from '../../tests/interop/harness/connections.mjs'
import { RelayProcess } from '../../tests/interop/harness/relay.mjs'

const { values: options } = parseArgs({
  options: {
    transport: { type: 'string', default: 'ws' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    relays: { type: 'string', default: 'ours,reference' },
    json: { type: 'string' }
  }
})

const GiB = 2 ** 30
const bytes = 100_000_000
const relays = options.relays.split(',')

// What is measured, and which figures are made of it: { seconds, milliseconds } are the client's, { cpu, before, after,
// peak } the relay's CPU-seconds and KiB.
const scenarios = {
  // One round, while the process is young: later ones would live in what earlier work has left free.
  'idle sessions': {
    rounds: 1,
    scenario: 'sessions',
    options: { count: 500 },
    figures: {
      'KiB a session': ({ before, after }) => (after - before) / 500,
      'CPU-ms a session': ({ cpu }) => cpu * 1000 / 500
    }
  },
  '100 MB to the peer': throughput('upload'),
  '100 MB to the client': throughput('download'),
  '200 streams x 20 kB': {
    scenario: 'streams',
    options: { count: 200, bytes: 20_000 },
    figures: { seconds: ({ seconds }) => seconds, 'CPU-seconds': ({ cpu }) => cpu, 'peak MiB': ({ peak }) => peak / 1024 }
  },
  '500 sessions x 1 kB': {
    scenario: 'busySessions',
    options: { count: 500, bytes: 1000 },
    figures: {
      seconds: ({ seconds }) => seconds,
      'CPU-seconds': ({ cpu }) => cpu,
      'peak MiB': ({ peak }) => peak / 1024,
      failed: ({ failed }) => failed
    }
  },
  'echo of 64 bytes': {
    scenario: 'latency',
    options: { count: 3000, bytes: 64 },
    figures: {
      'ms, median': ({ milliseconds }) => quantile(milliseconds, 0.5),
      'ms, 99 %': ({ milliseconds }) => quantile(milliseconds, 0.99),
      'CPU-ms each': ({ cpu }) => cpu * 1000 / 3000
    }
  },
  connects: {
    scenario: 'connects',
    options: { count: 300 },
    figures: {
      'ms, median': ({ milliseconds }) => quantile(milliseconds, 0.5),
      'CPU-ms each': ({ cpu }) => cpu * 1000 / 300
    }
  },
  lookups: {
    scenario: 'lookups',
    options: { count: 500, atOnce: 10 },
    figures: { 'a second': ({ seconds }) => 500 / seconds, 'CPU-ms each': ({ cpu }) => cpu * 1000 / 500 }
  }
}

const dht = worker('dht.mjs')
const { bootstrap } = await dht.answer()
const peer = worker('peer.mjs', `${bootstrap[0].host}:${bootstrap[0].port}`)
const { publicKey, topics } = await peer.answer()

const setups = {}
for (const name of relays) {
  const relay = await RelayProcess.start({ bootstrap, reference: name === 'reference' })
  const { ws, tcp } = relay
  const client = worker('client.mjs', JSON.stringify({
    relay: { ws, tcp }, transport: options.transport, publicKey, topics
  }))
  await client.answer()
  setups[name] = { relay, client }
}

const results = {}
try {
  for (const [title, plan] of Object.entries(scenarios)) {
    if (options.only && !title.includes(options.only)) continue

    // Unmeasured and small first, so that neither runs cold.
    const { count, bytes } = plan.options
    const warmUp = { ...plan.options, ...count ? { count: count / 10 } : { bytes: bytes / 4 } }
    for (const name of relays) await measure(setups[name], { ...plan, options: warmUp })

    const rounds = Object.fromEntries(relays.map(name => [name, []]))
    for (let round = 0; round < (plan.rounds ?? Number(options.rounds)); round++) {
      for (const name of relays) rounds[name].push(await measure(setups[name], plan))
    }
    results[title] = {}
    for (const [figure, compute] of Object.entries(plan.figures)) {
      const middle = Object.fromEntries(relays.map(name => [name, quantile(rounds[name].map(compute), 0.5)]))
      results[title][figure] = { ...middle, ratio: middle.ours / middle.reference }
    }
    print(title)
  }
} finally {
  for (const process of [...relays.map(name => setups[name].client), peer, dht]) process.end()
  await Promise.all(relays.map(name => setups[name].relay.stop()))
}

if (options.json) {
  writeFileSync(options.json, JSON.stringify({ transport: options.transport, results }, null, 2) + '\n')
}

function throughput (scenario) {
  return {
    scenario,
    options: { bytes },
    figures: {
      'MB/s': ({ seconds }) => bytes / 1e6 / seconds,
      'CPU-seconds a GiB': ({ cpu }) => cpu * GiB / bytes,
      'peak MiB': ({ peak }) => peak / 1024
    }
  }
}

async function measure ({ relay, client }, { scenario, options }) {
  relay.resetPeak()
  const before = relay.memory()
  const cpu = relay.cpuSeconds()
  const result = await client.ask({ scenario, options })
  if (result.error) throw new Error(`${relay.ws}: ${result.error}`)
  Object.assign(result, {
    cpu: relay.cpuSeconds() - cpu, before, after: relay.memory(), peak: relay.memory('VmHWM')
  })
  await client.ask({ scenario: 'letGo' })
  return result
}

function print (title) {
  if (Object.keys(results).length === 1) {
    console.log(`over ${options.transport}, the middle of ${options.rounds} rounds\n`)
    console.log(row('', '', ...relays, 'ratio'))
  }
  for (const [figure, values] of Object.entries(results[title])) {
    console.log(row(title, figure, ...Object.values(values).map(value => Number.isNaN(value) ? '' : value.toFixed(2))))
  }
}

function row (title, figure, ...numbers) {
  return title.padEnd(22) + figure.padEnd(20) + numbers.map(number => number.padStart(11)).join('')
}

function quantile (values, part) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
}

/** A process of its own that answers messages. */
function worker (script, ...args) {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args)
  const ended = once(child, 'exit').then(([code]) => { throw new Error(`${script} ended with ${code}`) })
  ended.catch(() => {}) // whoever waits for an answer hears of it
  const answers = new Queue()
  child.on('message', message => answers.push(message))
  const answer = () => Promise.race([answers.shift(), ended])
  return {
    answer,
    ask (message) {
      child.send(message)
      return answer()
    },
    end: () => child.kill()
  }
}
