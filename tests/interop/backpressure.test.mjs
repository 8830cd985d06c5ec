import assert from 'node:assert/strict'

import { npm, ours } from './harness/casts.mjs'
import { opened } from './harness/connections.mjs'
import { faultOfReference } from './harness/relay.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { bytes, digest, write } from './harness/streams.mjs'

const MiB = 1 << 20
const message = bytes(65_536)
const offered = 200 * MiB
const mostGrowth = 64 * 1024 // KiB: the session's 8 MiB and what the garbage collector leaves lying about
const options = {
  timeout: 90_000,
  skip: faultOfReference('the reference relay has no back-pressure: it grows by all that is offered')
}

suite('back-pressure', scene => {
  checkEach('while a client stops reading, the relay holds its memory', async (t, transport) => {
    const { socket, local, remote } = await scene.connection(t, transport)
    await exchange(local, remote)
    const before = scene.relay.memory('VmHWM')

    const resume = stopReading(socket)
    const arriving = digest(local)
    let sent = 0
    const sending = (async () => {
      for (; sent < offered; sent += message.length) await write(remote, message)
      remote.end()
    })()
    await stalled(() => sent)

    assert.ok(sent < offered, 'the peer was held up')
    assertHeld(before)
    await assertOthersGoOn(t, transport)

    resume()
    await sending
    assert.equal((await arriving).length, offered)
  }, options)

  // An npm peer that pauses its stream goes on reading into its own memory: it has to be stopped as a process.
  checkEach('while a peer stops reading, the relay holds its memory', async (t, transport) => {
    await assertOthersGoOn(t, transport)
    const peer = await scene.peerProcess(t)
    const { client, socket } = await scene.clientAndSocket(t, transport)
    const stream = await opened(client.connect(peer.publicKey))
    await peer.tells()
    const before = scene.relay.memory('VmHWM')

    peer.signal('SIGSTOP')
    const sending = (async () => { // the npm client takes it all into its memory, ours waits
      for (let sent = 0; sent < offered; sent += message.length) await write(stream, message)
      stream.end()
    })()
    await stalled(() => bytesLeft(socket))

    assert.ok(bytesLeft(socket) < offered, 'the client was held up')
    assertHeld(before)
    await assertOthersGoOn(t, transport)

    peer.signal('SIGCONT')
    await sending
    assert.equal((await peer.tells()).length, offered)
  }, options)

  function assertHeld (before) {
    const growth = scene.relay.memory('VmHWM') - before
    assert.ok(growth < mostGrowth, `the relay grew by ${growth} KiB`)
  }

  async function assertOthersGoOn (t, transport) {
    const { local, remote } = await scene.connection(t, transport)
    await exchange(local, remote)
  }
}, { casts: [npm, ours] })

/** A few megabytes each way: what a relay needs to be warm. */
async function exchange (local, remote) {
  for (const [from, to] of [[local, remote], [remote, local]]) {
    let left = 4 * MiB
    const arrived = new Promise(resolve => {
      to.on('data', function count (data) {
        left -= data.length
        if (left > 0) return
        to.off('data', count)
        resolve()
      })
    })
    for (let sent = 0; sent < 4 * MiB; sent += message.length) from.write(message)
    await arrived
  }
}

/** Leaves what arrives in the kernel's buffers, until the returned function is called. */
function stopReading (socket) {
  const tcp = socket._socket ?? socket
  const resume = tcp.resume
  tcp.resume = () => tcp // the streams above would ask for more
  tcp.pause()
  return () => {
    tcp.resume = resume
    tcp.resume()
  }
}

/** How much the relay's side of a socket has taken, the kernel's buffers included. */
function bytesLeft (socket) {
  const tcp = socket._socket ?? socket
  return tcp._handle.bytesWritten - tcp._handle.writeQueueSize
}

/** Waits until a figure does not move for a while: that nothing happens cannot be waited for otherwise. */
async function stalled (figure) {
  let last = figure()
  for (let still = 0; still < 8; still++) {
    await new Promise(resolve => setTimeout(resolve, 250))
    if (figure() !== last) still = 0
    last = figure()
  }
}
