// A dht-rpc node for the tests of src/RelayCluster.Dht/Rpc, told what to do by lines of JSON on its standard input.
//
//   node rpc-peer.mjs [bootstrapHost:port ...] [--ephemeral]
//
// Writes one JSON line each: {"ready":{port,id}}, and for every command {"reply":...} or {"error":...}:
//   {"do":"ping","to":{host,port}}                        {"do":"delayedPing","to":...,"ms":20}
//   {"do":"request","to":...,"command":n,"target":hex,"value":hex,"token":hex}
//   {"do":"query","command":n,"target":hex,"value":hex,"commit":true}   the closest replies, after the commit round
//   {"do":"findNode","target":hex}                        {"do":"nodes"}
// It answers command 7 with the value reversed, 8 with error 300, 20 with what was stored at the target, 21 (with a
// token) by storing the value; it hands command 9 on to the address in the value; others are unknown to it.

import { createInterface } from 'node:readline'
import DHT from 'dht-rpc'
import b4a from 'b4a'

const bootstrap = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))
const isEphemeral = process.argv.includes('--ephemeral')
const store = new Map()

const dht = bootstrap.length === 0
  ? DHT.bootstrapper(await freePort(), '127.0.0.1')
  : new DHT({ bootstrap, host: '127.0.0.1', ephemeral: isEphemeral, firewalled: isEphemeral })

dht.on('request', onrequest)
await dht.fullyBootstrapped()
tell({ ready: { port: dht.address().port, id: dht.id && b4a.toString(dht.id, 'hex') } })

const commands = createInterface({ input: process.stdin })
commands.on('line', async (line) => {
  try {
    tell({ reply: await run(JSON.parse(line)) })
  } catch (error) {
    tell({ error: error.message })
  }
})
commands.on('close', () => dht.destroy())

async function run (what) {
  const target = bytes(what.target)
  const value = bytes(what.value)
  switch (what.do) {
    case 'ping': return toJson(await dht.ping(what.to))
    case 'delayedPing': return toJson(await dht.delayedPing(what.to, what.ms))
    case 'request': {
      const token = bytes(what.token)
      return toJson(await dht.request({ token, command: what.command, target, value }, what.to))
    }
    case 'findNode': return finish(dht.findNode(target))
    case 'query': {
      const commit = what.commit && ((reply) =>
        dht.request({ token: reply.token, target, command: what.commit, value }, reply.from))
      return finish(dht.query({ target, command: what.command, value: null }, { commit }))
    }
    case 'nodes': return dht.toArray()
    default: throw new Error('unknown: ' + what.do)
  }
}

async function finish (query) {
  const values = []
  for await (const reply of query) if (reply.value) values.push(b4a.toString(reply.value, 'hex'))
  return { values, closest: query.closestReplies.map(toJson) }
}

function onrequest (req) {
  switch (req.command) {
    case 7: return req.reply(b4a.from(req.value).reverse())
    case 8: return req.error(300)
    case 9: {
      const [host, port] = b4a.toString(req.value).split(':')
      return req.relay(b4a.from(req.from.host + ':' + req.from.port), { host, port: Number(port) })
    }
    case 20: return req.reply(store.get(b4a.toString(req.target, 'hex')) || null)
    case 21:
      if (!req.token) return req.error(301)
      store.set(b4a.toString(req.target, 'hex'), b4a.from(req.value))
      return req.reply(null)
    default: return req.error(1)
  }
}

function toJson (reply) {
  return {
    from: address(reply.from),
    id: reply.from.id && b4a.toString(reply.from.id, 'hex'),
    to: address(reply.to),
    token: reply.token && b4a.toString(reply.token, 'hex'),
    closerNodes: (reply.closerNodes || []).map(address),
    error: reply.error,
    value: reply.value && b4a.toString(reply.value, 'hex')
  }
}

function address ({ host, port }) {
  return host + ':' + port
}

function bytes (hex) {
  return typeof hex === 'string' ? b4a.from(hex, 'hex') : null
}

// dht-rpc's bootstrapper wants a fixed port.
async function freePort () {
  const { createSocket } = await import('node:dgram')
  const socket = createSocket('udp4')
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  await new Promise((resolve) => socket.close(resolve))
  return port
}

function tell (message) {
  process.stdout.write(JSON.stringify(message) + '\n')
}
