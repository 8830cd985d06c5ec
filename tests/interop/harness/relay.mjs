// Starts the relay under test as a process of its own and learns from its log where it listens.
//
// RELAY_DLL           the built relay, if not the Release build of this tree
// RELAY_UNDER_TEST    "reference": the reference relay instead, to prove the tests themselves
// RELAY_FAULTS=1      with the reference: also the tests that it is known to fail
// RELAY_LOG=1         passes the relay's output through
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const isReference = process.env.RELAY_UNDER_TEST === 'reference'

/** For the `skip` of a test: skipped where the reference relay is under test, which cannot pass it. */
export function faultOfReference (what) {
  return isReference && !process.env.RELAY_FAULTS && what
}

const referencePath = fileURLToPath(new URL('./reference-relay.mjs', import.meta.url))
export const builtPath = fileURLToPath(
  new URL('../../../src/RelayCluster.Host/bin/Release/net10.0/relay.dll', import.meta.url))

const startDeadline = 30_000
const stopDeadline = 5_000

export class RelayProcess {
  #child
  #output = ''
  #exited
  #onoutput = () => {}
  #waiting = new Set()

  /**
   * @param {{ bootstrap?: { host: string, port: number }[], args?: string[], reference?: boolean, program?: string }}
   *   [options] `bootstrap`: the DHT to join; without it the relay brings its own private one. `program`: another built
   *   program that has a relay in it.
   */
  static async start ({ bootstrap, args = [], reference = isReference, program } = {}) {
    const relay = new RelayProcess(program ? ['dotnet', program] : commandLine(bootstrap, args, reference))
    try {
      await relay.#listening(!bootstrap)
      if (bootstrap) relay.bootstrap = bootstrap
      return relay
    } catch (error) {
      relay.kill()
      throw error
    }
  }

  constructor ([command, ...args]) {
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment() })
    this.#exited = once(this.#child, 'exit').then(([code, signal]) => signal ?? code)
    for (const pipe of [this.#child.stdout, this.#child.stderr]) {
      pipe.setEncoding('utf8').on('data', text => {
        this.#output += text
        this.#onoutput()
        for (const look of this.#waiting) look()
        if (process.env.RELAY_LOG) process.stderr.write(text)
      })
    }
  }

  get pid () {
    return this.#child.pid
  }

  get output () {
    return this.#output
  }

  /** Waits until the output, from some length on, has something that matches, and answers the match. */
  says (pattern, from = 0) {
    return new Promise(resolve => {
      const look = () => {
        const match = pattern.exec(this.#output.slice(from))
        if (!match) return
        this.#waiting.delete(look)
        resolve(match)
      }
      this.#waiting.add(look)
      look()
    })
  }

  get isRunning () {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** A field of /proc/PID/status in KiB, e.g. VmRSS, or VmHWM for the peak. */
  memory (field = 'VmRSS') {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8')
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)[1])
  }

  /** Lets VmHWM start again from what is in use now. */
  resetPeak () {
    writeFileSync(`/proc/${this.pid}/clear_refs`, '5')
  }

  /** CPU-seconds used so far, user and system. */
  cpuSeconds () {
    return cpuSecondsOf(this.pid)
  }

  kill () {
    this.#child.kill('SIGKILL')
  }

  /** Asks it to end, and answers its exit code; too slow is a failure. */
  async stop () {
    this.#child.kill('SIGTERM')
    const overdue = setTimeout(() => this.kill(), stopDeadline)
    const code = await this.#exited
    clearTimeout(overdue)
    if (code !== 0) throw new Error(`the relay ended with ${code}:\n${this.#tail()}`)
  }

  #listening (bringsTestnet) {
    return new Promise((resolve, reject) => {
      const fail = what => reject(new Error(`${what}:\n${this.#tail()}`))
      const overdue = setTimeout(fail, startDeadline, 'the relay does not tell where it listens')
      this.#exited.then(() => fail('the relay ended at its start'))
      this.#onoutput = () => {
        this.#readAddresses()
        if (!this.ws || !this.tcp || (bringsTestnet && !this.bootstrap)) return
        this.#onoutput = () => {}
        clearTimeout(overdue)
        resolve()
      }
    })
  }

  #readAddresses () {
    const ws = /\bws:\/\/127\.0\.0\.1:(\d+)/.exec(this.#output)
    const tcp = /\btcp:\/\/127\.0\.0\.1:(\d+)/.exec(this.#output)
    // the line of options names addresses too
    const bootstrap = /^.*\btestnet\b.*\bbootstrap\b.*127\.0\.0\.1:\d+.*$/im.exec(this.#output.replace(/^.*\boptions: .*$/gm, ''))
    if (ws) this.ws = `ws://127.0.0.1:${ws[1]}`
    if (tcp) this.tcp = { host: '127.0.0.1', port: Number(tcp[1]) }
    if (bootstrap) {
      this.bootstrap = [...bootstrap[0].matchAll(/127\.0\.0\.1:(\d+)/g)]
        .map(([, port]) => ({ host: '127.0.0.1', port: Number(port) }))
    }
  }

  #tail () {
    return this.#output.split('\n').slice(-40).join('\n')
  }
}

/** CPU-seconds that a process has used so far, user and system. */
export function cpuSecondsOf (pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** The built relay that is under test. */
export function relayDll () {
  const relay = process.env.RELAY_DLL ?? builtPath
  if (!existsSync(relay)) throw new Error(`no relay at ${relay}: dotnet build -c Release, or set RELAY_DLL`)
  return relay
}

/** Ours without the variables of the tests themselves: with that prefix they would be options of the relay. */
export function environment () {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('RELAY_')))
}

function commandLine (bootstrap, args, reference) {
  const dht = bootstrap
    ? ['--dht-host', '127.0.0.1', ...bootstrap.flatMap(({ host, port }) => ['--bootstrap', `${host}:${port}`])]
    : ['--testnet']
  const serve = ['serve', ...dht, '--host', '127.0.0.1', '--ws-port', '0', '--tcp-port', '0', ...args]

  if (reference) return [process.execPath, referencePath, ...serve]

  return ['dotnet', relayDll(), ...serve]
}
