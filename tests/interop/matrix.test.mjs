// The README's table of what works says what the tests show: no more, and no less.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { cellOf, listTests, matrix, renderTable, writtenTable } from './harness/matrix.mjs'

const listed = new Map()

for (const row of matrix.rows) {
  test(`what works: ${row.case}`, async () => {
    for (const column of matrix.columns) {
      for (const { file, test } of cellOf(row, column).tests ?? []) {
        assert.ok(await has(file, test), `${column.title}: no test "${test}" in ${file}`)
      }
    }
  })
}

test('the table in the README is the one that the matrix gives', () => {
  assert.equal(writtenTable(), renderTable(), 'write it with: node harness/matrix.mjs')
})

async function has (file, test) {
  if (file.endsWith('.cs')) return readFileSync(new URL(file, import.meta.url), 'utf8').includes(` ${test}(`)
  if (!listed.has(file)) listed.set(file, await listTests(file))
  return listed.get(file).has(test)
}
