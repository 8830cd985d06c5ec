// A relay of a fleet, by hocon/cluster.conf; what differs from the others is in its environment.
import { relayDll } from '../relay.mjs'
import { clusterConfiguration } from './paths.mjs'
import { Program } from './process.mjs'

export class Node {
  #program
  #options

  /**
   * @param {string} name
   * @param {{ ws: number, tcp: number, admin: number, splice: number }} ports
   * @param {Record<string, string>} options as variables: RELAY_CLUSTER__PLACEMENT
   */
  constructor (name, ports, options) {
    this.name = name
    this.ws = `ws://127.0.0.1:${ports.ws}`
    this.tcp = { host: '127.0.0.1', port: ports.tcp }
    this.admin = `http://127.0.0.1:${ports.admin}`
    this.#options = {
      RELAY_HOST: '127.0.0.1',
      RELAY_WS_PORT: String(ports.ws),
      RELAY_TCP_PORT: String(ports.tcp),
      RELAY_DHT__HOST: '127.0.0.1',
      RELAY_CLUSTER__NODE_NAME: name,
      RELAY_CLUSTER__SPLICE__HOST: '127.0.0.1',
      RELAY_CLUSTER__SPLICE__PORT: String(ports.splice),
      RELAY_ADMIN__HOST: '127.0.0.1',
      RELAY_ADMIN__PORT: String(ports.admin),
      ...options
    }
  }

  get pid () {
    return this.#program.pid
  }

  /** What it has printed since its last start. */
  get output () {
    return this.#program.output
  }

  get exited () {
    return this.#program.exited
  }

  /** Starts it, for the first time or again, and waits until it serves. */
  async start () {
    this.launch()
    await this.#program.prints(/ready for clients/)
  }

  /** Starts it, and waits for nothing. */
  launch () {
    const serve = [relayDll(), 'serve', '--config', clusterConfiguration]
    this.#program = new Program(this.name, 'dotnet', serve, this.#options)
  }

  /** Ends it without a word: kill -9. */
  kill () {
    return this.#program.kill()
  }

  /** SIGTERM: it drains, and ends. Answers its exit code. */
  stop () {
    return this.#program?.stop()
  }

  /** How many sessions it has, in its own words, which it renews each second. */
  async countPlaced () {
    const members = await this.ask('/v1/members')
    return members.find(({ name }) => name === this.name).load.placed
  }

  /** The answer of its administration, as an object. */
  async ask (path) {
    const answer = await fetch(`${this.admin}${path}`, { signal: AbortSignal.timeout(5000) })
    if (!answer.ok) throw new Error(`${this.name} answers ${path} with ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
}
