// Who plays in a scenario: which client of the relay, in whose custody its keys are, and which peer on the DHT. A
// suite names the casts that its scenarios are played by; without a word it is the npm client with an npm peer.
import { openClient, transports } from './connections.mjs'
import { startPeer } from './peers.mjs'
import { faultOfReference } from './relay.mjs'
import { openOlderClient } from './web4.mjs'

export class Cast {
  /**
   * @param {string} client what the output calls the client
   * @param {(relay, transport, options) => Promise<{ client, socket }>} open connects such a client
   * @param {{ custodial?: boolean, peer?: string, skip?: string | false }} [options]
   */
  constructor (client, open, { custodial = true, peer = 'npm', overs = transports, skip = false } = {}) {
    this.client = client
    this.open = (relay, transport) => open(relay, transport, { custodial })
    this.custodial = custodial
    this.peer = peer
    this.transports = overs
    this.skip = skip
  }

  /** A peer on the relay's DHT; `options` are those of a hyperdht node. */
  startPeer (relay, options) {
    return startPeer[this.peer](relay, options)
  }

  /** What stands before the name of a test, e.g. "npm over ws, custodial". */
  over (transport) {
    const custody = this.custodial ? 'custodial' : 'noncustodial'
    const peer = this.peer === 'npm' ? '' : `, with ${this.peer}`
    return `${this.client} over ${transport}, ${custody}${peer}`
  }
}

/** The npm client, of today. */
export const npm = new Cast('npm', openClient)

/** The npm client of the first dialect. */
export const npmWeb4 = new Cast('npm 0.1', openOlderClient, { skip: faultOfReference('it speaks one dialect') })
