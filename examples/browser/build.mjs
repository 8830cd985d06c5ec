// Bundles the page's scripts, with the npm packages that they use, into dist/, and the packages' licences beside them.
// What is in dist/ is committed, so that the relay can be built and can serve the page where there is no Node.js;
// tests/interop/browser.test.mjs looks whether it is what this makes.
//
//   node build.mjs [FOLDER]    another folder than dist/
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'

const here = path.dirname(fileURLToPath(import.meta.url))
const target = path.resolve(process.argv[2] ?? path.join(here, 'dist'))

await mkdir(target, { recursive: true })
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ['page.js'],
  outdir: target,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  alias: { 'sodium-universal': './sodium.cjs' },
  legalComments: 'none', // they are in licences.txt
  metafile: true
})
await writeFile(path.join(target, 'licences.txt'), await licences(Object.keys(metafile.inputs)))

/** Each licence once, below the packages that are under it. */
async function licences (inputs) {
  const folders = new Set(inputs.map(packageFolder).filter(folder => folder !== null))
  const holders = new Map()
  for (const { title, text } of await Promise.all([...folders].map(licence))) {
    holders.set(text, (holders.get(text) ?? new Set()).add(title))
  }
  return [...holders]
    .map(([text, titles]) => `${[...titles].sort().join('\n')}\n\n${text}\n`)
    .sort()
    .join(`\n${'-'.repeat(80)}\n\n`)
}

/** node_modules/a/node_modules/@b/c/lib/d.js: node_modules/a/node_modules/@b/c */
function packageFolder (file) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? null
}

async function licence (folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(here, folder, 'package.json'), 'utf8'))
  const files = (await readdir(path.join(here, folder))).filter(file => /^(licen[sc]e|notice|copying)/i.test(file))
  const texts = await Promise.all(files.sort().map(file => readFile(path.join(here, folder, file), 'utf8')))
  return { title: `${name} ${version} (${license})`, text: texts.map(text => text.trim()).join('\n\n') }
}
