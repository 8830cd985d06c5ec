// Peers: nodes on the relay's DHT, in the tests' own process or in one that they can stop.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import DHT from 'hyperdht'

import { Agent } from './agent/agent.mjs'
import { openOurClient } from './agent/client.mjs'
import { OurNode } from './agent/node.mjs'
import { Queue } from './connections.mjs'
import { digest } from './streams.mjs'

const script = fileURLToPath(new URL('./peer-process.mjs', import.meta.url))

/** The unchanged npm package. */
export const npmPeer = { name: 'npm', start: startNpmNode, startProcess: startNpmProcess }

/** Our node on the DHT. */
export const ourNode = ours('our node', async (
  { bootstrap },
  agent,
  { connectionKeepAlive = 5000, ...options } = {}
) => {
  const node = await OurNode.start(agent, {
    bootstrap: bootstrap.map(({ host, port }) => `${host}:${port}`),
    connectionKeepAlive: Number(connectionKeepAlive),
    ...options
  })
  return node.on('lost', error => { throw error })
})

/** Our client behind the same relay, which is no node of the DHT and so takes none of a node's options. */
export const ourClient = ours('our client', async (relay, agent) => {
  const { client } = await openOurClient(relay, 'tcp', { custodial: true, agent })
  return client
})

/** A peer in a process of its own, listening on its public key until the test ends. */
class PeerProcess {
  #process
  #told

  constructor (t, process, told, publicKey) {
    t.after(() => this.signal('SIGKILL'))
    this.#process = process
    this.#told = told
    this.publicKey = publicKey
  }

  /** What it tells next: that it is connected, or { length, sha256 } of what it read to the end of a connection. */
  tells () {
    return this.#told.shift()
  }

  /** SIGKILL: vanishes. SIGSTOP: neither reads nor acknowledges anything, until SIGCONT. */
  signal (signal) {
    this.#process.kill(signal)
  }
}

async function startNpmNode (relay, options) {
  const peer = new DHT({ bootstrap: relay.bootstrap, host: '127.0.0.1', ephemeral: true, ...options })
  await peer.fullyBootstrapped()
  return peer
}

async function startNpmProcess (t, { bootstrap: [{ host, port }] }) {
  const child = spawn(process.execPath, [script, `${host}:${port}`], { stdio: ['ignore', 'pipe', 'inherit'] })
  const told = new Queue()
  createInterface(child.stdout).on('line', line => told.push(JSON.parse(line)))
  const { publicKey } = await told.shift()
  return new PeerProcess(t, child, told, Buffer.from(publicKey, 'hex'))
}

/** A kind of peers that an agent holds: one that all share, or one that does not share the fate of others. */
function ours (name, start) {
  return {
    name,
    start: async (relay, options) => start(relay, await Agent.shared(), options),
    startProcess: async (t, relay) => {
      const agent = await Agent.start()
      const told = new Queue()
      const node = await start(relay, agent)
      const server = node.createServer(async connection => {
        connection.on('error', () => {})
        told.push({ connected: true })
        told.push(await digest(connection).catch(error => ({ error: error.message })))
        connection.end()
      })
      await server.listen()
      return new PeerProcess(t, agent, told, server.publicKey)
    }
  }
}
