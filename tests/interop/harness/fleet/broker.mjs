// A RabbitMQ of our own: its ports, its files and its name server are nobody else's.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { deploy } from './paths.mjs'
import { Program } from './process.mjs'

const server = process.env.RABBITMQ_SERVER ?? '/usr/lib/rabbitmq/bin/rabbitmq-server'

export class Broker {
  #ports
  #folder
  #names
  #server

  /** @param {{ amqp: number, distribution: number, names: number, metrics: number }} ports */
  constructor (ports) {
    this.#ports = ports
    this.uri = `amqp://guest:guest@127.0.0.1:${ports.amqp}`
  }

  get metrics () {
    return `http://127.0.0.1:${this.#ports.metrics}/metrics`
  }

  get pid () {
    return this.#server.pid
  }

  async start () {
    this.#folder ??= await this.#prepare()
    // Erlang starts it by itself if there is none, and leaves it behind.
    this.#names ??= new Program('epmd', 'epmd', ['-address', '127.0.0.1', '-port', String(this.#ports.names)])
    this.#server = new Program('broker', server, [], {
      HOME: this.#folder,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(this.#ports.names),
      RABBITMQ_NODENAME: `fleet${this.#ports.amqp}@localhost`,
      RABBITMQ_DIST_PORT: String(this.#ports.distribution),
      RABBITMQ_CONFIG_FILE: join(this.#folder, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(deploy, 'rabbitmq', 'enabled_plugins'),
      RABBITMQ_MNESIA_BASE: join(this.#folder, 'data'),
      RABBITMQ_LOG_BASE: join(this.#folder, 'log'),
      RABBITMQ_PID_FILE: join(this.#folder, 'pid'),
      // Threads that wait would spin, which a machine with a whole fleet on it has no time for.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none',
      // So the script becomes the server, instead of starting one.
      RUNNING_UNDER_SYSTEMD: 'true'
    })
    await this.#server.prints(/Server startup complete/)
  }

  /** Ends it without a word: its connections break. */
  async kill () {
    await this.#server.kill()
  }

  async stop () {
    await this.#server?.kill() // it has nothing to keep
    await this.#names?.kill()
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true })
  }

  async #prepare () {
    const folder = await mkdtemp(join(tmpdir(), 'fleet-broker-'))
    await writeFile(join(folder, 'rabbitmq.conf'), [
      `listeners.tcp.local = 127.0.0.1:${this.#ports.amqp}`,
      'prometheus.tcp.ip = 127.0.0.1',
      `prometheus.tcp.port = ${this.#ports.metrics}`,
      'log.console = true',
      'log.console.level = info',
      'log.file = false',
      'disk_free_limit.absolute = 50MB',
      ''
    ].join('\n'))
    return folder
  }
}

/** Whether somebody listens on a port of 127.0.0.1. */
export function isOpen (port) {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
    socket.unref()
  }).finally(() => {})
}
