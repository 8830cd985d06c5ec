// Peers: nodes on the relay's DHT, in the tests' own process or in one that they can stop.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import DHT from 'hyperdht'

import { Agent } from './agent/agent.mjs'
import { OurNode } from './agent/node.mjs'
import { Queue } from './connections.mjs'
import { digest } from './streams.mjs'

const script = fileURLToPath(new URL('./peer-process.mjs', import.meta.url))

/** Starts a node of the unchanged npm package. */
export async function startNpmNode (relay, options) {
  const peer = new DHT({ bootstrap: relay.bootstrap, host: '127.0.0.1', ephemeral: true, ...options })
  await peer.fullyBootstrapped()
  return peer
}

/** Starts our node; in the agent that all share, if no other is given. */
export async function startOurNode (relay, { connectionKeepAlive = 5000, agent, ...options } = {}) {
  const bootstrap = relay.bootstrap.map(({ host, port }) => `${host}:${port}`)
  return OurNode.start(agent ?? await Agent.shared(), {
    bootstrap,
    connectionKeepAlive: Number(connectionKeepAlive),
    ...options
  })
}

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

export async function startNpmProcess (t, { bootstrap: [{ host, port }] }) {
  const child = spawn(process.execPath, [script, `${host}:${port}`], { stdio: ['ignore', 'pipe', 'inherit'] })
  const told = new Queue()
  createInterface(child.stdout).on('line', line => told.push(JSON.parse(line)))
  const { publicKey } = await told.shift()
  return new PeerProcess(t, child, told, Buffer.from(publicKey, 'hex'))
}

/** An agent of its own, which does not share the fate of others. */
export async function startOurProcess (t, relay) {
  const agent = await Agent.start()
  const told = new Queue()
  const node = await startOurNode(relay, { agent })
  const server = node.createServer(async connection => {
    connection.on('error', () => {})
    told.push({ connected: true })
    told.push(await digest(connection).catch(error => ({ error: error.message })))
    connection.end()
  })
  await server.listen()
  return new PeerProcess(t, agent, told, server.publicKey)
}
