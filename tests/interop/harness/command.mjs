// A command of `relay` as a process: what it prints, and how it ends.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { builtPath, environment } from './relay.mjs'

const deadline = 20_000

/** The options with which a command gets to the relay's DHT: by a node of its own, or through the relay. */
export function joining (relay, route) {
  const [way, ...custody] = route.split(' ')
  const [{ host, port }] = relay.bootstrap
  if (way === 'direct') return ['--dht-host', '127.0.0.1', '--bootstrap', `${host}:${port}`]
  return ['--relay', way === 'ws' ? relay.ws : `tcp://${relay.tcp.host}:${relay.tcp.port}`, ...custody]
}

export class Command {
  #child
  #ended
  #waiting = []

  /** Runs until the test ends, or it does. */
  constructor (t, ...args) {
    this.#child = spawn('dotnet', [builtPath, ...args], { env: environment() })
    this.stdin = this.#child.stdin
    this.stdin.on('error', () => {}) // it need not read all that it gets
    for (const name of ['stdout', 'stderr']) {
      this[name] = ''
      this.#child[name].setEncoding('utf8').on('data', text => {
        this[name] += text
        for (const look of this.#waiting) look()
      })
    }
    this.#ended = once(this.#child, 'close').then(([code, signal]) => signal ?? code)
    t.after(() => this.#child.kill('SIGKILL'))
  }

  /** Waits for what it prints, to 'stdout' or 'stderr'. */
  async prints (pattern, name = 'stdout') {
    const found = new Promise(resolve => {
      const look = () => pattern.test(this[name]) && resolve(pattern.exec(this[name])[0])
      this.#waiting.push(look)
      look()
    })
    const ended = this.#ended.then(code => {
      throw new Error(`ended with ${code} before it printed ${pattern}:\n${this.stdout}${this.stderr}`)
    })
    ended.catch(() => {})
    return Promise.race([found, ended])
  }

  /** Tells it to end, and answers the exit code. */
  stop () {
    this.#child.kill('SIGTERM')
    return this.ended()
  }

  /** Waits for its end, and answers the exit code; too late is a failure. */
  ended () {
    const overdue = setTimeout(() => this.#child.kill('SIGKILL'), deadline)
    return this.#ended.finally(() => clearTimeout(overdue))
  }
}
