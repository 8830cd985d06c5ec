import { EventEmitter, once } from 'node:events'

import c from 'compact-encoding'

import { hexKeyPair, unhex } from './hex.mjs'
import { OurStream } from './stream.mjs'

/** A server of our node. */
export class OurServer extends EventEmitter {
  #agent
  #node
  #noisePayload
  #firewall
  #call = null
  #address = null
  #closed = null

  publicKey = null

  constructor (agent, node, noisePayload, { firewall = null } = {}) {
    super()
    this.#agent = agent
    this.#node = node
    this.#noisePayload = noisePayload
    this.#firewall = firewall
  }

  async listen (keyPair) {
    const asks = this.#firewall !== null
    this.#call = this.#node.call('listen', { keyPair: hexKeyPair(keyPair), asks })
    this.#closed = once(this.#call, 'close').then(() => { this.emit('close') })
    const { publicKey, address } = await this.#call.answer()
    this.publicKey = unhex(publicKey)
    this.#address = address
    this.#call.on('json', json => {
      if (json.accepted) this.emit('connection', new OurStream(this.#agent, this.#agent.call('accept', json), json))
      else if (json.question) this.#answer(json)
    })
    this.emit('listening')
  }

  address () {
    return this.#address && { publicKey: this.publicKey, ...this.#address }
  }

  async close () {
    this.#call?.send({ close: true })
    await this.#closed
  }

  async #answer ({ question, remotePublicKey, payload, address }) {
    let denies = true
    try {
      denies = await this.#firewall(unhex(remotePublicKey), c.decode(this.#noisePayload, unhex(payload)), address)
    } catch {
      // a hook that throws denies
    }
    this.#call.send({ answer: question, admit: !denies })
  }
}
