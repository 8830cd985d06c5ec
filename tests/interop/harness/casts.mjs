// Who plays in a scenario: which client of the relay, in whose custody its keys are, and which peer on the DHT. A
// suite names the casts that its scenarios are played by; without a word it is the npm client with an npm peer.
import { openOurClient } from './agent/client.mjs'
import { openClient, transports } from './connections.mjs'
import { npmPeer, ourClient, ourNode } from './peers.mjs'
import { faultOfReference } from './relay.mjs'
import { openOlderClient } from './web4.mjs'

export class Cast {
  /**
   * @param {string} client what the output calls the client
   * @param {(relay, transport, options) => Promise<{ client, socket }>} open connects such a client
   * @param {{ custodial?: boolean, peer?: object, skip?: string | false }} [options]
   */
  constructor (client, open, { custodial = true, peer = npmPeer, overs = transports, skip = false } = {}) {
    this.client = client
    this.open = (relay, transport) => open(relay, transport, { custodial })
    this.custodial = custodial
    this.peer = peer
    this.transports = overs
    this.skip = skip
  }

  /** A peer on the relay's DHT; `options` are those of a hyperdht node. */
  startPeer (relay, options) {
    return this.peer.start(relay, options)
  }

  /** A peer in a process of its own, for tests to stop or kill. */
  startProcess (t, relay) {
    return this.peer.startProcess(t, relay)
  }

  /** What stands before the name of a test, e.g. "npm over ws, custodial". */
  over (transport) {
    const custody = this.custodial ? 'custodial' : 'noncustodial'
    const peer = this.peer === npmPeer ? '' : `, with ${this.peer.name}`
    return `${this.client} over ${transport}, ${custody}${peer}`
  }
}

/** The npm client, of today. */
export const npm = new Cast('npm', openClient)

/** The same client, which keeps its secret keys: the relay asks it for each handshake and each signature. */
export const npmNoncustodial = new Cast('npm', openClient, {
  custodial: false,
  skip: faultOfReference('it cannot serve or announce for a client that keeps its keys')
})

/** The npm client of the first dialect. */
export const npmWeb4 = new Cast('npm 0.1', openOlderClient, { skip: faultOfReference('it speaks one dialect') })

/** The same under the name that it has by itself, the living dialect's. */
export const npmOldName = new Cast('npm 0.1', (relay, transport, options) =>
  openOlderClient(relay, transport, { ...options, renamed: false }))

/** Our client. */
export const ours = new Cast('ours', openOurClient)

/** Our client, keeping its keys. */
export const oursNoncustodial = new Cast('ours', openOurClient, {
  custodial: false,
  skip: faultOfReference('it cannot serve or announce for a client that keeps its keys')
})

/** Our client, speaking the first dialect. */
export const oursWeb4 = new Cast(
  'ours 0.1',
  (relay, transport, options) => openOurClient(relay, transport, { ...options, dialect: 'Web4' }),
  { skip: faultOfReference('it speaks one dialect') }
)

/** An npm client, and our node on the DHT in the place of npm's. */
export const ourPeer = new Cast('npm', openClient, { peer: ourNode, overs: ['ws'] })

/** An npm client, and in the place of its peer our client, behind the same relay. */
export const ourRelayedPeer = new Cast('npm', openClient, { peer: ourClient, overs: ['ws'] })

export const everybody = [
  npm, npmNoncustodial, npmWeb4, ours, oursNoncustodial, oursWeb4, ourPeer, ourRelayedPeer
]
