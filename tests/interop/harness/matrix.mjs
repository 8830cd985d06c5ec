// The README's table of what works. matrix.json tells its columns, which are casts, and its rows, which are cases, each
// with the tests that show it. That a cell says yes means that these tests are played by the cast of its column over
// both transports; one that says no has a reason, and no such test.
//
//   node harness/matrix.mjs     writes the table into the README
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const folder = new URL('../', import.meta.url)
const readmePath = fileURLToPath(new URL('../../README.md', folder))
const [begin, end] = ['<!-- what works, from tests/interop/matrix.json -->\n', '<!-- end -->\n']

export const matrix = JSON.parse(readFileSync(new URL('matrix.json', folder), 'utf8'))

/** The README's table, as it is there. */
export function writtenTable () {
  const readme = readFileSync(readmePath, 'utf8')
  return readme.slice(readme.indexOf(begin) + begin.length, readme.indexOf(end))
}

/** The table, as the matrix has it. */
export function renderTable () {
  const reasons = []
  const mark = reason => {
    if (!reason) return 'yes'
    if (!reasons.includes(reason)) reasons.push(reason)
    return `no [${reasons.indexOf(reason) + 1}]`
  }
  const titles = matrix.columns.map(({ title }) => title)
  const lines = [['', ...titles], ['---', ...titles.map(() => ':-:')]]
  for (const row of matrix.rows) lines.push([row.case, ...matrix.columns.map(column => mark(reasonAgainst(row, column)))])
  const table = lines.map(cells => `| ${cells.join(' | ')} |\n`).join('')
  return `${table}\n${reasons.map((reason, i) => `${i + 1}. ${reason}\n`).join('')}`
}

/** Why a cell says no, if it does. */
export function reasonAgainst ({ no = {} }, { title, no: never }) {
  return no[title] ?? no['*'] ?? never
}

/** The names of the tests that a cell stands on, by file. */
export function testsOf ({ file, tests, played = true }, { client, custody }) {
  return played
    ? tests.flatMap(test => ['ws', 'tcp'].map(transport => ({ file, test: `${client} over ${transport}, ${custody}: ${test}` })))
    : tests.map(test => ({ file, test }))
}

/** The names of the tests that a file defines and does not skip. */
export async function listTests (file) {
  const path = fileURLToPath(new URL(file, folder))
  const env = { ...process.env, LIST_TESTS: '1' }
  delete env.NODE_TEST_CONTEXT // it is no test's child
  const { stdout } = await promisify(execFile)(process.execPath, [path], { env })
  const tests = stdout.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line))
  return new Set(tests.filter(({ skip }) => !skip).map(({ name }) => name))
}

function writeTable () {
  const readme = readFileSync(readmePath, 'utf8')
  const before = readme.slice(0, readme.indexOf(begin) + begin.length)
  writeFileSync(readmePath, before + renderTable() + readme.slice(readme.indexOf(end)))
}

if (argv[1] === fileURLToPath(import.meta.url)) writeTable()
