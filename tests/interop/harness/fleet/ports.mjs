// The ports of a fleet: a run of them, from one that is given, or from one behind which all are free.
import { createServer } from 'node:net'

const perNode = 10

/** How many ports a fleet of so many nodes takes. */
const count = nodes => perNode * (nodes + 1)

/** The ports of a fleet by what they are for. */
export function layOut (first, nodes) {
  return {
    ws: first,
    tcp: first + 1,
    haproxy: first + 2,
    broker: first + 3,
    nodes: Array.from({ length: nodes }, (_, i) => {
      const port = first + perNode * (i + 1)
      return { ws: port, tcp: port + 1, admin: port + 2, splice: port + 3 }
    })
  }
}

/** The first of a run of free ports, below those that the system gives to whoever asks for any. */
export async function findFree (nodes) {
  for (let attempt = 0; attempt < 100; attempt++) {
    const first = 20_000 + Math.floor(Math.random() * 11_000)
    const ports = Array.from({ length: count(nodes) }, (_, i) => first + i)
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return first
  }
  throw new Error('no run of free ports was found')
}

function isFree (port) {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
