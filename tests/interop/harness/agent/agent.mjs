// The agent (tests/RelayCluster.Agent): a process that holds our nodes, for tests to use as they use npm's.
//
// AGENT_DLL    the built agent, if not the Release build of this tree
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { Call } from './call.mjs'

const builtPath = fileURLToPath(
  new URL('../../../RelayCluster.Agent/bin/Release/net10.0/agent.dll', import.meta.url))

export class Agent {
  static #shared = null

  #child
  #port

  /** The agent that all tests of a file share; it ends with their process. */
  static shared () {
    Agent.#shared ??= Agent.start()
    return Agent.#shared
  }

  static async start () {
    const child = spawn('dotnet', [process.env.AGENT_DLL ?? builtPath], { stdio: ['pipe', 'pipe', 'inherit'] })
    const told = once(createInterface(child.stdout), 'line').then(([line]) => JSON.parse(line))
    const ended = once(child, 'exit').then(([code]) => { throw new Error(`the agent ended at its start: ${code}`) })
    const { port } = await Promise.race([told, ended])
    ended.catch(() => {})
    for (const handle of [child, child.stdin, child.stdout]) handle.unref()
    return new Agent(child, port)
  }

  constructor (child, port) {
    this.#child = child
    this.#port = port
  }

  /** A call, made. */
  call (name, request) {
    return new Call(this.#port, { call: name, ...request })
  }

  /** SIGKILL: vanishes, with all its nodes. SIGSTOP: neither reads nor acknowledges anything, until SIGCONT. */
  kill (signal) {
    this.#child.kill(signal)
  }
}
