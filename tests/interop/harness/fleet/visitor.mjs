// A client that has something to do all the time, and comes back as soon as it has lost its relay: it talks to an echo
// over a stream and looks topics up, and keeps a book of what it noticed.
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

import { cut, opened, until, within } from '../connections.mjs'

const patience = 10_000 // milliseconds for what a client does once
const pause = 20 // between an echo and the next message
const messageBytes = 4096

export class Visitor {
  #cast
  #transport
  #door
  #peer
  #visit
  #leaving = false
  #running

  /** What ended its visits: { error, code, reason }, of the stream and of the WebSocket. */
  losses = []

  /** How many milliseconds it took from each loss to the next echo. */
  absences = []

  /** The longest that it waited for an echo while it was there, in milliseconds. */
  longestWait = 0

  echoes = 0

  /** What went wrong beside that it lost its relay. */
  faults = []

  /**
   * @param {import('../casts.mjs').Cast} cast who it is
   * @param {'ws' | 'tcp'} transport
   * @param {{ ws: string, tcp: object }} door where it connects to
   * @param {Buffer} peer the public key of the echo
   */
  constructor (cast, transport, door, peer) {
    this.#cast = cast
    this.#transport = transport
    this.#door = door
    this.#peer = peer
  }

  /** Comes for the first time, and stays until `leave`; resolves at the first echo. */
  async come () {
    this.#visit = await this.#open()
    this.#running = this.#stay()
  }

  get name () {
    return this.#cast.over(this.#transport)
  }

  /** It comes back to another door from now on. */
  moveTo (door) {
    this.#door = door
  }

  /** Leaves, and waits until all that it began has ended. */
  async leave () {
    this.#leaving = true
    await this.#running
  }

  /** Waits until it has an echo of what it says from now on. */
  async hears (milliseconds = patience) {
    const before = this.echoes
    await within(milliseconds, until(() => this.echoes > before + 1))
  }

  async #stay () {
    while (!this.#leaving) {
      const lost = await this.#visit.talk()
      if (!lost) return
      this.losses.push(lost)
      const since = performance.now()
      this.#visit = await this.#comeBack()
      if (this.#visit) this.absences.push(performance.now() - since)
      else return
    }
    this.#visit.end()
  }

  async #comeBack () {
    while (!this.#leaving) {
      try {
        return await this.#open()
      } catch {
        await delay(50) // the load balancer may not know yet
      }
    }
  }

  async #open () {
    const visit = new Visit(this, () => this.#leaving)
    try {
      await within(patience, visit.open(this.#cast, this.#door, this.#transport, this.#peer))
      return visit
    } catch (error) {
      visit.end()
      throw error
    }
  }
}

/** One session of it. */
class Visit {
  #visitor
  #isLeaving
  #client
  #socket
  #stream
  #echo = null
  #close = {}
  #lost = new Promise(() => {})
  #isOver = false

  constructor (visitor, isLeaving) {
    this.#visitor = visitor
    this.#isLeaving = isLeaving
  }

  async open (cast, door, transport, peer) {
    const { client, socket } = await cast.open(door, transport)
    this.#client = client
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('close', (code, reason) => { this.#close = { code, reason: reason?.toString() } })
    this.#stream = await opened(client.connect(peer))
    this.#lost = new Promise(resolve => {
      let error = null
      this.#stream.on('error', reason => { error = reason.message })
      this.#stream.on('close', () => resolve(error))
    })
    this.#stream.on('data', data => this.#hear(data))
    await this.#say()
  }

  /** Goes on until the visitor leaves, and answers null; or what took the stream away. */
  async talk () {
    const looking = this.#lookUp()
    try {
      while (!this.#isLeaving()) {
        const since = performance.now()
        const error = await Promise.race([this.#say().then(() => true), this.#lost])
        if (error !== true) return await this.#describe(error)
        this.#visitor.longestWait = Math.max(this.#visitor.longestWait, performance.now() - since)
        await delay(pause)
      }
      await looking
      return null
    } finally {
      this.end()
    }
  }

  end () {
    this.#isOver = true
    this.#client?.destroy({ force: true })?.catch?.(() => {})
    if (this.#socket) cut(this.#socket)
  }

  #say () {
    const message = randomBytes(messageBytes)
    const echoed = new Promise(resolve => { this.#echo = { left: messageBytes, message, resolve } })
    this.#stream.write(message)
    return echoed
  }

  #hear (data) {
    const echo = this.#echo
    const start = messageBytes - echo.left
    if (!data.equals(echo.message.subarray(start, start + data.length))) {
      this.#visitor.faults.push('an echo of something else')
    }
    echo.left -= data.length
    if (echo.left > 0) return
    this.#visitor.echoes++
    echo.resolve()
  }

  /** The socket's end may come a moment after the stream's. */
  async #describe (error) {
    if (this.#close.code === undefined) {
      await Promise.race([new Promise(resolve => this.#socket.once('close', () => setImmediate(resolve))), delay(500)])
    }
    return { error, ...this.#close }
  }

  async #lookUp () {
    while (!this.#isLeaving() && !this.#isOver) {
      const topic = randomBytes(32)
      try {
        await within(patience, Promise.race([drain(this.#client.lookup(topic)), this.#lost]))
      } catch (error) {
        // A relay that is lost takes its lookups along, which may be heard of before the stream's end is.
        const isLost = await Promise.race([this.#lost.then(() => true), delay(1000)])
        if (!isLost && !this.#isOver) {
          const now = new Date().toISOString()
          this.#visitor.faults.push(`${now}: ${this.#visitor.name} looks up ${topic.toString('hex')}: ${error.message}`)
        }
        return
      }
      await delay(200)
    }
  }
}

async function drain (query) {
  // eslint-disable-next-line no-unused-vars
  for await (const result of query) ;
}
