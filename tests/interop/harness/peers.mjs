import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import DHT from 'hyperdht'

import { Queue } from './connections.mjs'

const script = fileURLToPath(new URL('./peer-process.mjs', import.meta.url))

/** Peers on the relay's DHT, by the name of their kind. */
export const startPeer = {
  /** A node of the unchanged npm package. */
  async npm (relay, options) {
    const peer = new DHT({ bootstrap: relay.bootstrap, host: '127.0.0.1', ephemeral: true, ...options })
    await peer.fullyBootstrapped()
    return peer
  }
}

/** A peer in a process of its own. */
export class PeerProcess {
  #child
  #told = new Queue()

  /** Starts it, listening on its public key. */
  static async start (t, relay) {
    const [{ host, port }] = relay.bootstrap
    const peer = new PeerProcess(`${host}:${port}`)
    t.after(() => peer.signal('SIGKILL'))
    const { publicKey } = await peer.tells()
    peer.publicKey = Buffer.from(publicKey, 'hex')
    return peer
  }

  constructor (bootstrap) {
    this.#child = spawn(process.execPath, [script, bootstrap], { stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface(this.#child.stdout).on('line', line => this.#told.push(JSON.parse(line)))
  }

  /** What it tells next: that it is connected, or { length, sha256 } of what it read to the end of a connection. */
  tells () {
    return this.#told.shift()
  }

  /** SIGKILL: vanishes. SIGSTOP: neither reads nor acknowledges anything, until SIGCONT. */
  signal (signal) {
    this.#child.kill(signal)
  }
}
