import assert from 'node:assert/strict'
import { once } from 'node:events'

import { everybody } from './harness/casts.mjs'
import { closed, opened } from './harness/connections.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { bytes, describeMessage, readMessages } from './harness/streams.mjs'

suite('closing', scene => {
  for (const first of ['client', 'peer']) {
    const order = ({ local, remote }) => first === 'client' ? [local, remote] : [remote, local]

    checkEach(`the ${first}'s end is a half-close, the other direction goes on`, async (t, transport) => {
      const [ending, lasting] = order(await scene.connection(t, transport))
      const bothClosed = Promise.all([closed(ending), closed(lasting)])
      const arriving = readMessages(ending)

      lasting.resume()
      ending.end(bytes(10))
      await once(lasting, 'end')
      const late = [bytes(70_000), bytes(1), bytes(3000)]
      for (const message of late) lasting.write(message)
      lasting.end()

      assert.deepEqual(await arriving, late.map(describeMessage))
      assert.deepEqual(await bothClosed, [null, null])
    })

    checkEach(`when the ${first} destroys its end, the other closes`, async (t, transport) => {
      const [destroying, other] = order(await scene.connection(t, transport))
      const ended = closed(other)

      destroying.destroy()

      assert.match((await ended)?.message, /connection reset by peer/)
    })
  }

  checkEach("a destroyed stream leaves the session's others alone", async (t, transport) => {
    const { client, server, local, remote } = await scene.connection(t, transport)
    const accepted = once(server, 'connection')
    const doomed = await opened(client.connect(server.publicKey))
    const [doomedRemote] = await accepted
    const doomedEnd = closed(doomedRemote)
    doomed.destroy()
    await doomedEnd

    remote.on('data', message => remote.write(message))
    local.write(bytes(500))
    const [echo] = await once(local, 'data')

    assert.deepEqual(echo, bytes(500))
  })

  checkEach('a client that destroys itself closes its streams at the peer', async (t, transport) => {
    const { client, remote } = await scene.connection(t, transport)
    const ended = closed(remote)

    await client.destroy()

    await ended
  })
}, { casts: everybody })
