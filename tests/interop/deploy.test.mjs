// The files that a fleet is started by are what their programs take. Where the tests run there is no container engine;
// tests/fleet starts the same topology as processes.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

import { composeFile, deploy, haproxyConfiguration } from './harness/fleet/paths.mjs'
import { check } from './harness/scene.mjs'

const run = promisify(execFile)
const secrets = { RELAY_ADMIN_TOKEN: 'a token', RABBITMQ_PASSWORD: 'a password' }

check('docker-compose takes docker-compose.cluster.yml: a broker, three relays, HAProxy and Prometheus', async () => {
  const services = await listServices()

  assert.deepEqual(services, ['haproxy', 'prometheus', 'rabbitmq', 'relay-1', 'relay-2', 'relay-3'])
})

check('the compose file asks for its secrets, and has none', async () => {
  for (const missing of Object.keys(secrets)) {
    await assert.rejects(listServices({ ...secrets, [missing]: '' }), /put it into \.env/)
  }
})

check('haproxy takes deploy/haproxy.cfg, as in the containers and with other addresses', async () => {
  const elsewhere = { FLEET_WS: '127.0.0.1:20001', RELAY_1_WS: '127.0.0.1:20002', RELAY_1_TCP: '127.0.0.1:20003' }

  for (const env of [{}, elsewhere]) {
    await run('haproxy', ['-c', '-f', haproxyConfiguration], { env: { ...process.env, ...env } })
  }
})

check('Prometheus asks every relay, HAProxy and the broker, and each is a service of the compose file', async () => {
  const targets = [...readFileSync(`${deploy}/prometheus.yml`, 'utf8').matchAll(/targets: \[(.*)\]/g)]
    .flatMap(([, list]) => list.split(', '))
    .map(target => target.split(':')[0])

  assert.deepEqual(targets.toSorted(), (await listServices()).filter(service => service !== 'prometheus'))
})

check('HAProxy has every relay of the compose file in both backends', async () => {
  const servers = [...readFileSync(haproxyConfiguration, 'utf8').matchAll(/^ {4}server (\S+)/gm)].map(([, name]) => name)
  const relays = (await listServices()).filter(service => service.startsWith('relay'))

  assert.deepEqual(servers, [...relays, ...relays])
})

async function listServices (env = secrets) {
  const { stdout } = await run('docker-compose', ['-f', composeFile, 'config', '--services'], {
    env: { ...process.env, ...env }
  })
  return stdout.trim().split('\n').toSorted()
}
