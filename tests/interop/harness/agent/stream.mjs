import { Duplex } from 'streamx'

import { failure } from './call.mjs'
import { unhex } from './hex.mjs'

/** A stream of our node: a duplex of messages, as npm's are. */
export class OurStream extends Duplex {
  #agent
  #call
  #id = null
  #onopen = null
  #resolveOpened
  #hasEnded = false // the other side
  #hasFinished = false // this side

  isInitiator = true
  publicKey = null
  remotePublicKey = null
  handshakeHash = null

  /** @param about what the stream knows of itself, if it is accepted and not dialled */
  constructor (agent, call, about = null) {
    super()
    this.#agent = agent
    this.#call = call
    this.opened = new Promise(resolve => { this.#resolveOpened = resolve })
    call.on('json', json => this.#take(json))
    call.on('message', message => {
      if (!this.push(message)) call.pause()
    })
    call.once('close', () => {
      if (!this.#isOver) this.destroy(new Error('the agent has hung up'))
    })
    if (about) this.#know(about)
    this.resume().pause() // opens, whether somebody reads or not
  }

  _open (done) {
    if (this.#id === null) this.#onopen = done
    else this.#opened(done)
  }

  _read (done) {
    this.#call.resume()
    done(null)
  }

  _writev (messages, done) {
    this.#call.sendMessages(messages.map(message => Buffer.from(message)), done)
  }

  _final (done) {
    this.#call.send({ end: true })
    this.#hasFinished = true
    done(null)
  }

  _predestroy () {
    this.#onopen?.(new Error('Stream was destroyed'))
    this.#onopen = null
  }

  _destroy (done) {
    this.#resolveOpened(false)
    if (this.#isOver) {
      this.#call.end()
    } else {
      if (this.#id !== null) {
        this.#agent.call('destroy', { stream: this.#id }).on('json', function () { this.destroy() })
      }
      this.#call.destroy()
    }
    done(null)
  }

  #take (json) {
    if (json.error) {
      this.destroy(failure(json.error))
    } else if (json.stream) {
      this.#know(json)
      const done = this.#onopen
      this.#onopen = null
      if (done) this.#opened(done)
    } else if (json.end) {
      this.#hasEnded = true
      this.push(null)
    } else if (!this.#isOver) {
      this.destroy()
    }
  }

  /** Over, the stream closes by itself when all is read. */
  get #isOver () {
    return this.#hasEnded && this.#hasFinished
  }

  #know ({ stream, isInitiator, publicKey, remotePublicKey, handshakeHash }) {
    this.#id = stream
    this.isInitiator = isInitiator
    this.publicKey = unhex(publicKey)
    this.remotePublicKey = unhex(remotePublicKey)
    this.handshakeHash = unhex(handshakeHash)
  }

  #opened (done) {
    done(null)
    this.#resolveOpened(true)
    this.emit('connect')
  }
}
