// The npm packages of the interop tests, which are installed there.
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../tests/interop/package.json', import.meta.url))

export const DHT = require('hyperdht')
export const createTestnet = require('hyperdht/testnet.js')
