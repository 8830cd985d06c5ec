import { Agent } from './agent.mjs'
import { OurNode } from './node.mjs'
import { Wire } from './wire.mjs'

/** Our client of the relay, connected; see `Cast.open`. */
export async function openOurClient (relay, transport, { custodial, dialect = 'Hyperswarm', agent }) {
  const wire = await Wire.open(transport === 'ws' ? addressOf(relay.ws) : relay.tcp)
  const client = await OurNode.start(agent ?? await Agent.shared(), {
    relay: `${transport}://127.0.0.1:${wire.port}`,
    custodial,
    dialect
  })
  return { client, socket: wire.socket }
}

function addressOf (url) {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}
