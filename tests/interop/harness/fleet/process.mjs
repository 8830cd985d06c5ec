// A program that runs until it is told to end, and what it prints meanwhile.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { environment } from '../relay.mjs'
import { brokerScript } from './paths.mjs'

const printDeadline = 60_000
const stopDeadline = 15_000

// A fleet that goes away without its end being awaited takes its processes along: relays and HAProxy are killed, and
// tests/broker, whose server is not in its group, sees the end of its input.
const running = new Set()
process.on('exit', () => {
  for (const child of running) if (child.spawnfile !== brokerScript) signalGroup(child, 'SIGKILL')
})

export class Program {
  #child
  #output = ''
  #waiting = new Set()

  /** Starts a program in a process group of its own, so that what it starts ends with it. */
  constructor (name, command, args, env = {}) {
    this.name = name
    this.#child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...environment(), PATH: `${process.env.PATH}:/usr/sbin`, ...env }, // where haproxy is
      detached: true
    })
    running.add(this.#child)
    this.exited = once(this.#child, 'exit').then(([code, signal]) => {
      running.delete(this.#child)
      return signal ?? code
    })
    for (const pipe of [this.#child.stdout, this.#child.stderr]) {
      pipe.setEncoding('utf8').on('data', text => {
        this.#output += text
        for (const look of this.#waiting) look()
        if (process.env.FLEET_LOG) process.stderr.write(text.replace(/^(?=.)/gm, `${name} | `))
      })
    }
  }

  get pid () {
    return this.#child.pid
  }

  get output () {
    return this.#output
  }

  get isRunning () {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Waits for output that matches, and answers the match; throws if the program ends before. */
  async prints (pattern) {
    let look
    let overdue
    try {
      return await new Promise((resolve, reject) => {
        const fail = what => reject(new Error(`${this.name} ${what}:\n${this.#output.slice(-4000)}`))
        look = () => {
          const match = pattern.exec(this.#output)
          if (match) resolve(match)
        }
        overdue = setTimeout(fail, printDeadline, `has not printed ${pattern}`)
        this.exited.then(code => fail(`ended with ${code} and has not printed ${pattern}`))
        this.#waiting.add(look)
        look()
      })
    } finally {
      clearTimeout(overdue)
      this.#waiting.delete(look)
    }
  }

  /** Ends it without a word, and waits until it is gone. */
  kill () {
    signalGroup(this.#child, 'SIGKILL')
    return this.exited
  }

  /** Tells it to end, and waits until it has; one that does not within the time is killed. Answers its exit code. */
  async stop () {
    if (!this.isRunning) return this.exited
    this.#child.kill('SIGTERM')
    const overdue = setTimeout(() => this.kill(), stopDeadline)
    try {
      return await this.exited
    } finally {
      clearTimeout(overdue)
    }
  }
}

function signalGroup (child, signal) {
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}
