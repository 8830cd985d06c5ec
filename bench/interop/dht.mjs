// A private DHT of npm nodes, for both relays: what it costs is in neither's account.
import { createTestnet } from './packages.mjs'

const { bootstrap } = await createTestnet(4)
process.send({ bootstrap })
