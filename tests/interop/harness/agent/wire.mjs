import { once } from 'node:events'
import net from 'node:net'

/**
 * A way to the relay that goes through the test's process, so that the test can be rude to it: cut it, or not read
 * what the relay sends. `socket` is its end at the relay.
 */
export class Wire {
  #listener = net.createServer({ allowHalfOpen: true, noDelay: true }, near => this.#join(near))
  #target

  socket = null

  static async open (target) {
    const wire = new Wire(target)
    wire.#listener.listen(0, '127.0.0.1')
    await once(wire.#listener, 'listening')
    return wire
  }

  constructor (target) {
    this.#target = target
  }

  get port () {
    return this.#listener.address().port
  }

  #join (near) {
    this.#listener.close() // it is for one
    const far = net.connect({ ...this.#target, allowHalfOpen: true, noDelay: true })
    this.socket = far
    for (const [from, to] of [[near, far], [far, near]]) {
      from.on('data', chunk => {
        if (to.write(chunk)) return
        from.pause()
        to.once('drain', () => from.resume())
      })
      from.on('end', () => to.end())
      from.on('error', () => {}) // closes too
      from.on('close', () => {
        if (!from.readableEnded) to.destroy()
      })
    }
  }
}
