import { EventEmitter } from 'node:events'
import net from 'node:net'

const headerSize = 5
const [jsonKind, messageKind] = [0, 1]

/**
 * A call to the agent. Emits "json" for each frame of JSON, "message" for each message of a stream, and "close" when
 * the agent has hung up.
 */
export class Call extends EventEmitter {
  #socket
  #chunks = []
  #length = 0
  #needed = headerSize

  constructor (port, request) {
    super()
    this.#socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', chunk => this.#take(chunk))
    this.#socket.on('error', () => {}) // closes too
    this.#socket.on('close', () => this.emit('close'))
    this.send(request)
  }

  /** Waits for the next frame of JSON; one with an error is thrown. */
  answer () {
    return new Promise((resolve, reject) => {
      const settle = json => {
        this.off('json', settle).off('close', gone)
        if (json.error) reject(failure(json.error))
        else resolve(json)
      }
      const gone = () => {
        this.off('json', settle)
        reject(new Error('the agent has hung up'))
      }
      this.once('json', settle).once('close', gone)
    })
  }

  send (json) {
    this.#write(jsonKind, Buffer.from(JSON.stringify(json)))
  }

  /** Sends messages; `done` is called when there is room for more. */
  sendMessages (messages, done) {
    this.#socket.cork()
    let hasRoom = true
    for (const message of messages) hasRoom = this.#write(messageKind, message)
    this.#socket.uncork()
    if (hasRoom) done(null)
    else this.#socket.once('drain', () => done(null))
  }

  pause () {
    this.#socket.pause()
  }

  resume () {
    this.#socket.resume()
  }

  /** Hangs up when everything is sent. */
  end () {
    this.#socket.end()
  }

  /** Hangs up. */
  destroy () {
    this.#socket.destroy()
  }

  #write (kind, body) {
    const header = Buffer.alloc(headerSize)
    header.writeUInt32LE(body.length)
    header[headerSize - 1] = kind
    this.#socket.write(header)
    return this.#socket.write(body)
  }

  #take (chunk) {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    while (this.#length >= this.#needed) {
      const buffer = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
      this.#chunks = [buffer]
      this.#needed = headerSize + buffer.readUInt32LE()
      if (buffer.length < this.#needed) return
      this.#chunks = [buffer.subarray(this.#needed)]
      this.#length = this.#chunks[0].length
      const body = buffer.subarray(headerSize, this.#needed)
      this.#needed = headerSize
      if (buffer[headerSize - 1] === messageKind) this.emit('message', body)
      else this.emit('json', JSON.parse(body.toString()))
    }
  }
}

/** An error as the npm packages throw it. */
export function failure ({ message, code }) {
  const error = new Error(message)
  if (code) error.code = code
  return error
}
