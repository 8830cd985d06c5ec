// The fleet of docker-compose.cluster.yml, as processes: a broker, relays by hocon/cluster.conf, and HAProxy in front of
// them by the same deploy/haproxy.cfg. On 127.0.0.1, with a private DHT.
import { setTimeout as delay } from 'node:timers/promises'

import { relayDll } from '../relay.mjs'
import { Broker } from './broker.mjs'
import { Node } from './node.mjs'
import { haproxyConfiguration } from './paths.mjs'
import { findFree, layOut } from './ports.mjs'
import { Program } from './process.mjs'

const startDeadline = 60_000

export class Fleet {
  #testnet
  #haproxy
  #ports

  constructor (ports, options) {
    this.#ports = ports
    this.broker = new Broker(ports.broker)
    this.ws = `ws://127.0.0.1:${ports.ws}`
    this.tcp = { host: '127.0.0.1', port: ports.tcp }
    this.metrics = `http://127.0.0.1:${ports.haproxy}/metrics`
    this.options = { RELAY_CLUSTER__RABBITMQ: this.broker.uri, ...options }
  }

  /**
   * Starts all of it, and waits until HAProxy has clients served.
   * @param {{ port?: number, nodes?: number, options?: Record<string, string> }} [how] `port`: the first of its ports,
   *   by default one where they are free. `options`: of all nodes, as variables.
   */
  static async start ({ port, nodes = 3, options = {} } = {}) {
    const fleet = new Fleet(layOut(port ?? await findFree(nodes), nodes), options)
    try {
      await fleet.#start()
      return fleet
    } catch (error) {
      await fleet.stop()
      throw error
    }
  }

  /** Where the DHT is: what others take as its bootstrap. */
  bootstrap = []

  /** @type {Node[]} */
  nodes = []

  /** A node that is none of the fleet's own, not started. */
  async stranger (name) {
    const [ports] = layOut(await findFree(1), 1).nodes
    return new Node(name, ports, this.options)
  }

  /** Ends all of it: clients first lose HAProxy, and the DHT goes last. */
  async stop () {
    await this.#haproxy?.kill()
    await Promise.all(this.nodes.map(node => node.stop()))
    await this.broker.stop()
    await this.#testnet?.stop()
  }

  async #start () {
    this.#testnet = new Program('testnet', 'dotnet', [relayDll(), 'testnet', '--json'])
    const [[line]] = await Promise.all([this.#testnet.prints(/^{.*"testnet".*$/m), this.broker.start()])
    const addresses = JSON.parse(line).bootstrap
    this.bootstrap = addresses.map(address => {
      const [host, port] = address.split(':')
      return { host, port: Number(port) }
    })
    this.options.RELAY_DHT__BOOTSTRAP = addresses.join(',')
    this.nodes = this.#ports.nodes.map((ports, i) => new Node(`relay-${i + 1}`, ports, this.options))
    await Promise.all(this.nodes.map(node => node.start()))

    this.#haproxy = new Program('haproxy', 'haproxy', ['-db', '-f', haproxyConfiguration], this.#addresses())
    await this.#balanced()
  }

  /** What deploy/haproxy.cfg takes from its environment. */
  #addresses () {
    const addresses = {
      FLEET_WS: `127.0.0.1:${this.#ports.ws}`,
      FLEET_TCP: `127.0.0.1:${this.#ports.tcp}`,
      FLEET_METRICS: `127.0.0.1:${this.#ports.haproxy}`
    }
    for (const [i, { ws, tcp }] of this.#ports.nodes.entries()) {
      addresses[`RELAY_${i + 1}_WS`] = `127.0.0.1:${ws}`
      addresses[`RELAY_${i + 1}_TCP`] = `127.0.0.1:${tcp}`
    }
    return addresses
  }

  /** Waits until HAProxy has found all nodes healthy. */
  async #balanced () {
    const deadline = AbortSignal.timeout(startDeadline)
    const up = /^haproxy_server_status\{proxy="websocket",server="relay-\d+",state="UP"\} 1$/gm
    for (;;) {
      try {
        const page = await (await fetch(this.metrics, { signal: deadline })).text()
        if (page.match(up)?.length === this.nodes.length) return
      } catch (error) {
        if (deadline.aborted) throw error
      }
      if (!this.#haproxy.isRunning) throw new Error(`haproxy ended:\n${this.#haproxy.output}`)
      await delay(100)
    }
  }
}
