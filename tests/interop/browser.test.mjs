// The page at /example in a headless browser: the npm client, bundled, behind the relay that serves the page.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { Browser } from './harness/browser.mjs'
import { opened } from './harness/connections.mjs'
import { check, suite } from './harness/scene.mjs'

const example = fileURLToPath(new URL('../../examples/browser/', import.meta.url))

suite('the example page in a browser', scene => {
  let browser

  before(async () => { browser = await Browser.start() })
  after(() => browser?.stop())

  for (const custody of ['custodial', 'noncustodial']) {
    check(`${custody}: it connects to a peer, and what both say arrives`, async t => {
      const server = await scene.server(t, peer => peer.on('data', text => peer.write(`you said ${text}`)))
      const page = await browser.open(t, scene.relay, `custody=${custody}`)

      await page.submit('connect', { key: server.publicKey.toString('hex') })
      await page.shows('connected to')
      await page.submit('say', { text: 'hello ☺' })

      await page.shows('you said hello ☺')
    })

    check(`${custody}: it listens, and a peer that connects talks to it`, async t => {
      const page = await browser.open(t, scene.relay, `listen&custody=${custody}`)
      const { publicKey } = await page.listens()

      const peer = await opened(scene.anyPeer.connect(publicKey))
      t.after(() => peer.destroy())
      peer.write(Buffer.alloc(0)) // a keep-alive
      peer.write('hello page')
      await page.shows('hello page')
      assert.deepEqual((await page.messages()).map(line => line.split(': ')[1]), ['hello page'])
      const heard = once(peer, 'data')
      await page.submit('say', { text: 'hello peer' })

      assert.equal(String(await heard), 'hello peer')
      peer.end()
      await page.shows('is gone')
    })

    check(`${custody}: two pages talk to each other`, async t => {
      const host = await browser.open(t, scene.relay, `custody=${custody}`)
      await host.submit('listen')
      const { invitation } = await host.listens()
      const guest = await browser.open(t, scene.relay, `${invitation}&custody=${custody}`)

      await guest.shows('connected to')
      await guest.submit('say', { text: 'is anybody there?' })
      await host.shows('is anybody there?')
      await host.submit('say', { text: 'I am' })

      await guest.shows('I am')
    })
  }

  check('it tells that there is no such peer, and that a key is none', async t => {
    const page = await browser.open(t, scene.relay, `connect=${'ab'.repeat(32)}`)

    await page.shows('PEER_NOT_FOUND')
    await page.submit('connect', { key: 'abc' })
    await page.shows('64 hexadecimal digits')
  })

  check('what is committed is what its sources and packages make', async t => {
    const folder = await mkdtemp(join(tmpdir(), 'example-'))
    t.after(() => rm(folder, { recursive: true }))

    await promisify(execFile)(process.execPath, [join(example, 'build.mjs'), folder])

    assert.deepEqual(await contents(folder), await contents(join(example, 'dist')), 'npm run build in examples/browser')
  })
})

async function contents (folder) {
  const names = (await readdir(folder)).sort()
  return Promise.all(names.map(async name => [name, await readFile(join(folder, name), 'utf8')]))
}
