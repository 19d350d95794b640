/** Writes `action.yml`, `actions/`, the tables of `docs/actions.md` and that of the README from the verbs' declarations. A test compares. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { loadVerb } from '../src/commands/verbs.ts'
import { commonInputs } from '../src/hosts/action-inputs.ts'
import { actionVerbs } from '../src/hosts/action-verbs.ts'
import { actionPage, actionTables, actionYaml, betweenMarkers, type Documented, inputsTable } from '../src/render/actions-doc.ts'

/** The verb that the root action is. */
const ROOT = 'deploy'
const BRANDING = { icon: 'anchor', color: 'blue' } as const
/** The page that holds the tables of every action between markers; the rest of it is written by hand. */
const PAGE = 'docs/actions.md'
/** The page that shows what the root action takes, between markers. */
const FRONT = 'README.md'

/** A file that is generated, or has a part that is. */
export interface Generated {
  readonly file: string
  readonly text: string
  /** What of it is generated, if not all. */
  readonly part?: string
}

/** What there should be in the repository at `root`, without writing it. */
export async function generateActions(root: URL): Promise<readonly Generated[]> {
  const verbs = await Promise.all([...actionVerbs.values()].map(documented))
  const first = verbs.find(({ name }) => name === ROOT)
  if (!first) throw new Error(`there is no verb '${ROOT}'`)
  const [page, front] = await Promise.all([PAGE, FRONT].map((file) => readFile(new URL(file, root), 'utf8')))
  const [tables, inputs] = [actionTables(verbs), inputsTable(first)]
  return [
    { file: 'action.yml', text: actionYaml(first, `dist/${ROOT}.js`, BRANDING) },
    ...verbs.flatMap((verb) => [
      { file: `actions/${verb.name}/action.yml`, text: actionYaml(verb, `../../dist/${verb.name}.js`) },
      { file: `actions/${verb.name}/README.md`, text: actionPage(verb) },
    ]),
    { file: PAGE, text: betweenMarkers(page ?? '', 'actions', tables), part: tables },
    { file: FRONT, text: betweenMarkers(front ?? '', 'inputs', inputs), part: inputs },
  ]
}

/** A verb as its action is documented: with the inputs that every action takes. */
async function documented(verb: Parameters<typeof loadVerb>[0]): Promise<Documented> {
  const command = await loadVerb(verb)
  return { ...command, inputs: { ...command.inputs, ...commonInputs } }
}

/** The folders in `actions/` that belong to no verb. */
export async function strayActions(root: URL): Promise<readonly string[]> {
  const known = new Set(actionVerbs.keys())
  return (await readdir(new URL('actions/', root))).filter((name) => !known.has(name))
}

if (import.meta.main) {
  const root = new URL('../', import.meta.url)
  for (const { file, text } of await generateActions(root)) {
    await mkdir(new URL('.', new URL(file, root)), { recursive: true })
    await writeFile(new URL(file, root), text)
  }
  for (const name of await strayActions(root)) await rm(new URL(`actions/${name}/`, root), { recursive: true })
}
