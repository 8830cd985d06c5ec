// Whom the page is connected to. What is said goes to all of them, a message as one message.
const encoder = new TextEncoder()
const decoder = new TextDecoder()

export class Peers extends EventTarget {
  #connections = new Set()

  /** Takes a connection, dialled or accepted, and keeps it until it closes. Tells of it by events. */
  add (connection) {
    let reason = null
    connection.on('error', error => { reason = error })
    connection.on('open', () => this.#open(connection))
    connection.on('data', message => {
      // A peer's keep-alives are empty messages.
      if (message.length > 0) this.#tell('message', connection, decoder.decode(message))
    })
    connection.on('end', () => connection.end())
    connection.on('close', () => {
      this.#connections.delete(connection)
      this.#tell('leave', connection, reason?.message)
    })
  }

  get size () {
    return this.#connections.size
  }

  say (text) {
    const message = encoder.encode(text)
    for (const connection of this.#connections) connection.write(message)
  }

  #open (connection) {
    this.#connections.add(connection)
    this.#tell('join', connection)
  }

  #tell (type, { remotePublicKey }, text) {
    this.dispatchEvent(new CustomEvent(type, { detail: { key: toHex(remotePublicKey), text } }))
  }
}

export function toHex (bytes) {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

/** The bytes of a public key; null if the text is none. */
export function parseKey (text) {
  const digits = text.trim()
  return /^[0-9a-f]{64}$/i.test(digits) ? Uint8Array.from(digits.match(/../g), byte => parseInt(byte, 16)) : null
}
