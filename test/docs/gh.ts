/**
 * GitHub's CLI as far as the pages use it: it asks the stand-in of local/github, and keeps what is set, dispatched and proposed in the
 * file GH_STATE. What it does not know is an error.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { tokenFor } from '../../local/github/permission.ts'
import { nothing, type State } from './gh-state.ts'

function variable(name: string): string {
  return process.env[name] ?? ''
}

function keep(more: (state: State) => Partial<State>): void {
  const state: State = existsSync(variable('GH_STATE')) ? JSON.parse(readFileSync(variable('GH_STATE'), 'utf8')) : nothing
  writeFileSync(variable('GH_STATE'), JSON.stringify({ ...state, ...more(state) }))
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ jq: { type: 'string' }, private: { type: 'boolean' }, org: { type: 'string' }, visibility: { type: 'string' } },
    ...{ body: { type: 'string' }, field: { type: 'string', multiple: true }, title: { type: 'string' } },
  },
})
const [noun = '', verb = '', name = ''] = positionals
const { jq = '', org, visibility, body = '', field = [], title = '' } = values

switch (`${noun} ${verb}`) {
  case 'repo create':
    execFileSync('git', ['init', '-q', '--bare', '-b', 'main', `${variable('GH_REPOSITORIES')}/${name}.git`])
    break
  case 'variable set':
    if (org !== 'acme' || visibility !== 'all') throw new Error('variables are set for the organisation')
    keep(({ variables }) => ({ variables: { ...variables, [name]: body } }))
    break
  case 'workflow run':
    keep(({ dispatched }) => ({ dispatched: { ...dispatched, [name]: Object.fromEntries(field.map((one) => one.split(/=(.*)/s))) } }))
    break
  case 'pr create': {
    const head = execFileSync('git', ['branch', '--show-current'], { encoding: 'utf8' }).trim()
    keep(({ pulls }) => ({ pulls: [...pulls, { head, title }] }))
    break
  }
  default: {
    if (noun !== 'api' || !/^"(.*)"$/.test(jq)) throw new Error(`not a gh that knows ${process.argv.slice(2).join(' ')}`)
    const reply = await fetch(`${variable('GH_URL')}/${verb}`, { headers: { authorization: `bearer ${tokenFor({})}` } })
    if (!reply.ok) throw new Error(`gh: ${reply.statusText} (HTTP ${reply.status})`)
    const document: unknown = await reply.json()
    const at = (path: string): unknown =>
      path.split('.').reduce<unknown>((found, key) => Object.entries(found ?? {}).find(([one]) => one === key)?.[1], document)
    process.stdout.write(`${jq.slice(1, -1).replace(/\\\(\.([\w.]+)\)/g, (_, path: string) => String(at(path)))}\n`)
  }
}
