// tests/fleet: starts a fleet, says where it is, and ends it when it is told to.
import { Fleet } from './fleet.mjs'

const usage = `tests/fleet: the fleet of docker-compose.cluster.yml as processes, on 127.0.0.1, with a private DHT

  FLEET_PORT   the first of its ports [49443]
  FLEET_LOG=1  passes on what the processes print
  RELAY_...    options of its relays, such as RELAY_CLUSTER__PLACEMENT=sharded
`

if (process.argv.length > 2) {
  process.stdout.write(usage)
  process.exit(process.argv[2] === '--help' ? 0 : 2)
}

let signals = 0
const told = new Promise(resolve => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve)
  // Who presses it again does not want to wait.
  process.on('SIGINT', () => ++signals > 1 && process.exit(130))
})
const options = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^RELAY_(?!DLL$)/.test(name)))

console.log('starting a broker, three relays and HAProxy ...')
const starting = Fleet.start({ port: Number(process.env.FLEET_PORT ?? 49_443), options })
// A signal during the start ends the processes with this one.
const first = await Promise.race([told, starting.catch(error => error)])
if (!(first instanceof Fleet)) {
  if (first instanceof Error) console.error(first.message)
  process.exit(1)
}

const rows = [
  ['clients', first.ws],
  ['', `tcp://${first.tcp.host}:${first.tcp.port}`],
  ...first.nodes.map(node => [node.name, `${node.ws} tcp://127.0.0.1:${node.tcp.port} admin ${node.admin} (pid ${node.pid})`]),
  ['broker', first.broker.uri],
  ['figures', `${first.metrics}, ADMIN/metrics`],
  ['bootstrap', first.bootstrap.map(({ host, port }) => `${host}:${port}`).join(' ')]
]
for (const [what, where] of rows) console.log(what.padEnd(11) + where)
console.log('ready; Ctrl+C ends it')

await told
await first.stop()
process.exit(0)
