import { Readable } from 'streamx'

import { failure } from './call.mjs'
import { unhex } from './hex.mjs'

/** A lookup, announce or unannounce of our node. */
export class OurQuery extends Readable {
  #call
  #closed

  constructor (call) {
    super()
    this.#call = call
    this.#closed = new Promise((resolve, reject) => this.once('close', resolve).once('error', reject))
    this.#closed.catch(() => {})
    call.on('json', json => {
      if (json.error) this.destroy(failure(json.error))
      else this.push(json.finished ? null : reply(json))
    })
    call.once('close', () => this.destroy())
  }

  finished () {
    return this.#closed
  }

  _destroy (done) {
    this.#call.destroy()
    done(null)
  }
}

function reply ({ token, from, to, peers }) {
  const withKey = ({ publicKey, relayAddresses }) => ({ publicKey: unhex(publicKey), relayAddresses })
  return { token: unhex(token), from, to, peers: peers.map(withKey) }
}
