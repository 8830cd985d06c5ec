// The relay's example page in a real browser: Debian's Chromium, or the one that CHROMIUM names.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'

import { chromium } from 'playwright-core'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const patience = 15_000

export class Browser {
  #browser

  static async start () {
    if (!existsSync(executablePath)) {
      throw new Error(`no browser at ${executablePath}: apt-get install chromium, or name another in CHROMIUM`)
    }
    // What it would fetch and report for itself is none of the tests' business.
    return new Browser(await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync'
      ]
    }))
  }

  constructor (browser) {
    this.#browser = browser
  }

  /** The example page of a relay; `wishes` go behind the # of its address. It is closed when the test ends. */
  async open (t, relay, wishes) {
    const page = new ExamplePage(await this.#browser.newPage())
    t.after(() => page.close())
    await page.goto(`${relay.ws.replace('ws:', 'http:')}/example#${wishes}`)
    return page
  }

  stop () {
    return this.#browser.close()
  }
}

class ExamplePage {
  #page
  #faults = []

  constructor (page) {
    this.#page = page
    page.setDefaultTimeout(patience)
    page.on('pageerror', error => this.#faults.push(error.stack))
    page.on('console', message => {
      if (message.type() === 'error') this.#faults.push(message.text())
    })
  }

  async goto (address) {
    await this.#page.goto(address)
  }

  /** Types into a field and presses a form's button. */
  async submit (form, fields = {}) {
    for (const [id, text] of Object.entries(fields)) await this.#page.fill(`#${id}`, text)
    await this.#page.click(`#${form} button`)
  }

  /** Waits until there is a line with such words. */
  async shows (text) {
    await this.#page.locator('#log li', { hasText: text }).first().waitFor()
  }

  /** The lines of what peers have said. */
  messages () {
    return this.#page.locator('#log .theirs').allTextContents()
  }

  /** Waits until it listens, and answers its public key and the link for others. */
  async listens () {
    const link = this.#page.locator('#invitation a')
    await link.waitFor()
    return {
      publicKey: Buffer.from(await this.#page.locator('#own-key').textContent(), 'hex'),
      invitation: await link.evaluate(({ hash }) => hash.slice(1))
    }
  }

  /** Fails if the page did, or if the browser kept something from it. */
  async close () {
    await this.#page.close()
    assert.deepEqual(this.#faults, [])
  }
}
