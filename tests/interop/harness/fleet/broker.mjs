// A RabbitMQ of our own, by tests/broker.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { brokerScript } from './paths.mjs'
import { Program } from './process.mjs'

export class Broker {
  #port
  #folder
  #program

  constructor (port) {
    this.#port = port
    this.uri = `amqp://guest:guest@127.0.0.1:${port}`
  }

  /** Starts it, for the first time or again, and waits until it can be used. */
  async start () {
    this.#folder ??= await mkdtemp(join(tmpdir(), 'fleet-broker-'))
    this.#program = new Program('broker', brokerScript, [this.#folder, String(this.#port)])
    await this.#program.prints(/Server startup complete/)
  }

  /** Ends it without a word, so that its connections break: the script kills the server when it is told to end. */
  async kill () {
    await this.#program?.stop()
  }

  async stop () {
    await this.kill()
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true })
  }
}
