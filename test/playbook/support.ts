import { nodeArchiver } from '../../src/adapters/node/zip.ts'
import { packFolder } from '../../src/artefact/archive.ts'
import { type Digest, digestOf } from '../../src/digest.ts'
import { type InspectedPlaybook, inspectPlaybook, type PlaybookParts } from '../../src/playbook/inspect.ts'
import { type AnsibleTree, platformTree, serviceTree } from '../../src/playbook/tree.ts'
import type { Variables, VariableValue } from '../../src/playbook/variables.ts'
import { memoryFiles } from '../world/files.ts'

export const archiver = nodeArchiver()

/** Files by their path in a repository, and their text. */
export type Texts = Readonly<Record<string, string>>

/** A platform's tree as it comes out of what is published: one archive a role. */
export async function aPlatformTree(texts: Texts): Promise<AnsibleTree> {
  const files = memoryFiles(Object.fromEntries(Object.entries(texts).map(([path, text]) => [`/platform/${path}`, text])))
  const contents = new Map<Digest, Uint8Array>()
  const playbooks: Record<string, Digest> = {}
  for (const [path, text] of Object.entries(texts)) {
    if (path.startsWith('ansible/roles/')) continue
    const bytes = Buffer.from(text)
    playbooks[path] = digestOf(bytes)
    contents.set(digestOf(bytes), bytes)
  }
  const roles: Record<string, Digest> = {}
  for (const { name } of (await files.list('/platform/ansible/roles')) ?? []) {
    const { digest, bytes } = await packFolder(files, archiver, `/platform/ansible/roles/${name}`)
    roles[name] = digest
    contents.set(digest, bytes)
  }
  return platformTree(archiver, {
    playbooks,
    roles,
    shown: (path) => `${path} (1.0.0)`,
    content: async (digest) => contents.get(digest) ?? Buffer.alloc(0),
  })
}

export async function aServiceTree(texts: Texts): Promise<AnsibleTree> {
  const { tree } = await serviceTree(
    memoryFiles(Object.fromEntries(Object.entries(texts).map(([path, text]) => [`/s/${path}`, text]))),
    '/s',
  )
  return tree
}

/** A place by its line, in a file that has no text. */
export function placeAt(file: string, line: number) {
  return { source: { file, position: () => ({ line, column: 1 }) }, offset: 0 }
}

/** Variables given in service.yml, the first in line 10. */
export function someVariables(values: Readonly<Record<string, VariableValue>>): Variables {
  return new Map(
    Object.entries(values).map(([name, value], index) => [name, { given: { value }, place: placeAt('/s/service.yml', 10 + index) }]),
  )
}

export const aPlaybook = '- hosts: all\n  roles: [common, service]\n'

/** A platform with the roles `common` and `service`; the latter needs a port. */
export const aPlatform: Texts = {
  'ansible/platform.yml': aPlaybook,
  'ansible/roles/common/tasks/main.yml': '- ansible.builtin.debug: { msg: common }\n',
  'ansible/roles/service/tasks/main.yml': '- ansible.builtin.debug: { msg: "{{ service_port }} {{ service_level }}" }\n',
  'ansible/roles/service/meta/argument_specs.yml': [
    'argument_specs:',
    '  main:',
    '    options:',
    '      service_port: { type: int, required: true }',
    '      service_level: { type: str, choices: [debug, info] }',
    '',
  ].join('\n'),
}

/** What an inspection says of a platform and a service, whose descriptor asks for it in line 3. */
export async function inspected(
  service: Texts = {},
  {
    platform = aPlatform,
    variables = someVariables({ service_port: 8080 }),
    playbook = 'ansible/platform.yml',
  }: Partial<{
    platform: Texts
    variables: Variables
    playbook: string | null
  }> = {},
): Promise<InspectedPlaybook> {
  const parts: PlaybookParts = {
    playbook,
    platform: await aPlatformTree(platform),
    service: await aServiceTree(service),
    variables,
    asked: placeAt('/s/service.yml', 3),
    descriptor: 'platform.yml (1.0.0)',
  }
  return inspectPlaybook(parts)
}

/** Problems as people read them. */
export function told({ problems }: Pick<InspectedPlaybook, 'problems'>): readonly string[] {
  return problems.map(({ file, line, message, hint }) => `${file}:${line}: ${message}${hint === undefined ? '' : ` — ${hint}`}`)
}
