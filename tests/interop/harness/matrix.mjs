// The README's table of what works. matrix.json tells its columns, each a client with a kind of custody, and its rows,
// each a case with the tests that show it. A cell says yes when these tests are played by its column's client over
// both transports, or when it names tests of its own under "cells"; it says no when a reason is given under "no" (of the row,
// or of the column), and is a dash where the case is not that client's, with a reason under "none".
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
  const lines = [['', ...matrix.columns.map(({ title }) => title)], ['---', ...matrix.columns.map(() => ':-:')]]
  for (const row of matrix.rows) lines.push([row.case, ...matrix.columns.map(column => word(cellOf(row, column)))])
  const table = lines.map(cells => `| ${cells.join(' | ')} |\n`).join('')
  return `${table}\n${reasons.map((reason, i) => `${i + 1}. ${reason}\n`).join('')}`

  function word ({ no, none }) {
    const reason = no ?? none
    if (!reason) return 'yes'
    if (!reasons.includes(reason)) reasons.push(reason)
    return `${no ? 'no' : '–'} [${reasons.indexOf(reason) + 1}]`
  }
}

/** What a cell stands on: either a reason, as `no` or `none`, or `tests`, each a file and a name. */
export function cellOf (row, column) {
  const { title, client, custody } = column
  const own = row.cells?.[title]
  if (own) return { tests: own }
  const none = row.none?.[title] ?? row.none?.['*']
  if (none) return { none }
  const no = row.no?.[title] ?? row.no?.['*'] ?? column.no
  if (no) return { no }
  return {
    tests: row.tests.flatMap(name => ['ws', 'tcp'].map(transport => ({
      file: row.file,
      test: `${client} over ${transport}, ${custody}: ${name}`
    })))
  }
}

/** The names of the tests that a file defines and does not skip. */
export async function listTests (file) {
  const env = { ...process.env, LIST_TESTS: '1' }
  delete env.NODE_TEST_CONTEXT // it is no test's child
  const code = `await import(${JSON.stringify(new URL(file, folder))}); process.exit()` // before any hook runs
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { env })
  const tests = stdout.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line))
  return new Set(tests.filter(({ skip }) => !skip).map(({ name }) => name))
}

function writeTable () {
  const readme = readFileSync(readmePath, 'utf8')
  const before = readme.slice(0, readme.indexOf(begin) + begin.length)
  writeFileSync(readmePath, before + renderTable() + readme.slice(readme.indexOf(end)))
}

if (argv[1] === fileURLToPath(import.meta.url)) writeTable()
