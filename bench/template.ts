/** How long a template of the largest size CloudFormation takes (1 MB) needs to be read, as a multiple of JSON.parse of the same document. */
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { readDocument } from '../src/document/read.ts'
import { mergeTemplate } from '../src/template/merge/merge.ts'
import { readTemplate } from '../src/template/read.ts'
import { writeTemplate } from '../src/template/write.ts'
import { aLargeTemplate } from '../test/template/large.ts'

const rounds = 15
const file = 'large.yml'
const text = aLargeTemplate(2400)
const { root } = readTemplate(text, file, 'platform')
if (!root) throw new Error('the template of the benchmark cannot be read')
const json = JSON.stringify(JSON.parse(writeTemplate(root)))

const tags = new Set(['!Ref', '!Sub', '!GetAtt', '!Equals', '!If', '!Join'])
const subjects = {
  'JSON.parse': () => JSON.parse(json),
  readDocument: () => readDocument(text, file, { tags }),
  readTemplate: () => readTemplate(text, file, 'platform'),
  mergeTemplate: () => mergeTemplate({ platform: { text, file } }),
}

const times = new Map<string, number[]>()
for (let round = 0; round < rounds; round++) {
  for (const [name, run] of Object.entries(subjects)) {
    const begun = performance.now()
    run()
    times.set(name, [...(times.get(name) ?? []), performance.now() - begun])
  }
}

const least = (all: readonly number[]) => Math.min(...all)
const median = (all: readonly number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN
const base = times.get('JSON.parse') ?? []
console.log(`node ${process.version}, ${text.length} characters of YAML, ${json.length} of JSON, ${rounds} rounds`)
console.log('                 median ms     min ms   × JSON.parse (median, min)')
for (const [name, all] of times) {
  const ratios = `${(median(all) / median(base)).toFixed(1)}, ${(least(all) / least(base)).toFixed(1)}`
  console.log(`${name.padEnd(16)} ${median(all).toFixed(1).padStart(9)}  ${least(all).toFixed(1).padStart(9)}   ${ratios}`)
}
