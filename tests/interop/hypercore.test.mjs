// Hypercore replicates over relayed connections, whichever end has the relay in front, and shares them with others.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import c from 'compact-encoding'
import Hypercore from 'hypercore'
import Protomux from 'protomux'

import { npm, npmNoncustodial } from './harness/casts.mjs'
import { opened, Queue } from './harness/connections.mjs'
import { mend } from './harness/mending.mjs'
import { checkEach, suite } from './harness/scene.mjs'
import { bytes } from './harness/streams.mjs'

const blockCount = 500

suite('hypercore through the relay', scene => {
  checkEach('500 blocks from a peer to a client that dials it', async (t, transport) => {
    const { dialled, accepted } = await dialledByClient(t, transport)

    await assertReplicates(t, { writer: accepted, reader: dialled })
  })

  checkEach('500 blocks from a client that dials to a peer', async (t, transport) => {
    const { dialled, accepted } = await dialledByClient(t, transport)

    await assertReplicates(t, { writer: dialled, reader: accepted })
  })

  checkEach('500 blocks from a server behind the relay to a peer', async (t, transport) => {
    const { dialled, accepted } = await connected(t, scene.anyPeer, await scene.client(t, transport))

    await assertReplicates(t, { writer: accepted, reader: dialled })
  })

  checkEach('500 blocks from a peer to a server behind the relay', async (t, transport) => {
    const { dialled, accepted } = await connected(t, scene.anyPeer, await scene.client(t, transport))

    await assertReplicates(t, { writer: dialled, reader: accepted })
  })

  checkEach('500 blocks between two clients', async (t, transport) => {
    const { dialled, accepted } = await connected(t, await scene.client(t, transport), await scene.client(t, transport))

    await assertReplicates(t, { writer: accepted, reader: dialled })
  })

  checkEach('a channel of our own beside the replication', async (t, transport) => {
    const { dialled, accepted } = await dialledByClient(t, transport)
    const { writer, reader } = await writerAndReader(t)
    writer.replicate(accepted)
    reader.replicate(dialled)

    const chat = [openChat(dialled), openChat(accepted)]

    await assertBeside(writer, reader, chat)
  })

  checkEach('replication beside a channel of our own', async (t, transport) => {
    const { dialled, accepted } = await dialledByClient(t, transport)
    const chat = [openChat(mend(dialled)), openChat(accepted)]
    await assertTalks(chat)

    const { writer, reader } = await writerAndReader(t)
    writer.replicate(accepted)
    reader.replicate(dialled)

    await assertBeside(writer, reader, chat)
  })

  async function dialledByClient (t, transport) {
    return connected(t, await scene.client(t, transport), scene.anyPeer)
  }
}, { casts: [npm, npmNoncustodial] })

/** A connection from one node to a server on another, both ends. */
async function connected (t, from, to) {
  const ends = new Queue()
  const server = to.createServer(connection => {
    connection.on('error', () => {})
    ends.push(connection)
  })
  t.after(() => server.close())
  await server.listen()
  const dialled = await opened(from.connect(server.publicKey))
  const accepted = await ends.shift()
  t.after(() => accepted.destroy())
  t.after(() => dialled.destroy())
  return { dialled, accepted }
}

async function assertReplicates (t, ends) {
  const { writer, reader } = await writerAndReader(t)
  writer.replicate(ends.writer)
  reader.replicate(ends.reader)

  await assertHasAll(reader)
}

async function assertBeside (writer, reader, chat) {
  await Promise.all([assertHasAll(reader), assertTalks(chat)])
  await writer.append('one more')
  assert.equal(String(await reader.get(blockCount)), 'one more')
  await assertTalks(chat)
}

/** A core with all its blocks, and an empty one with the same key. */
async function writerAndReader (t) {
  const writer = await openCore(t)
  await writer.append(Array.from({ length: blockCount }, (_, i) => blockOf(i)))
  return { writer, reader: await openCore(t, writer.key) }
}

async function openCore (t, key) {
  const folder = await mkdtemp(join(tmpdir(), 'relay-core-'))
  const core = new Hypercore(folder, key)
  t.after(async () => {
    await core.close()
    await rm(folder, { recursive: true })
  })
  await core.ready()
  return core
}

async function assertHasAll (core) {
  await core.update({ wait: true })
  await core.download({ start: 0, end: blockCount }).done()
  for (let i = 0; i < blockCount; i++) {
    assert.deepEqual(await core.get(i, { wait: false }), blockOf(i), `block ${i}`)
  }
}

/** Of changing size, most small, some larger than a packet. */
function blockOf (index) {
  return bytes(1 + (index * 97) % 3000, index)
}

/** A channel for lines of text on a stream's muxer. */
function openChat (stream) {
  const heard = new Queue()
  const channel = Protomux.from(stream).createChannel({ protocol: 'relay-cluster/chat' })
  const line = channel.addMessage({ encoding: c.string, onmessage: text => heard.push(text) })
  channel.open()
  return { say: text => line.send(text), hears: () => heard.shift() }
}

async function assertTalks ([one, other]) {
  for (let i = 0; i < 20; i++) {
    one.say(`there ${i}`)
    assert.equal(await other.hears(), `there ${i}`)
    other.say(`back ${i}`)
    assert.equal(await one.hears(), `back ${i}`)
  }
}
