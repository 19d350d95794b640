import { isAbsolute, resolve } from 'node:path'
import { TowpathError } from '../errors.ts'
import { runPlaybook } from '../playbook/run/run.ts'
import type { HostResult, Verdict } from '../playbook/run/verdict.ts'
import { count } from '../render/table.ts'
import { command } from './command.ts'
import { summaries } from './summaries.ts'
import type { World } from './world.ts'

export default command({
  name: 'run-ansible',
  summary: summaries['run-ansible'],
  inputs: {
    playbook: { kind: 'file', required: true, description: 'The playbook to run.' },
    inventory: {
      kind: 'string',
      required: true,
      description: "An inventory file, or names of hosts with a comma: 'web1,web2' or 'localhost,'.",
    },
    check: { kind: 'boolean', description: 'Change nothing, and show what would change.' },
    'vault-password-file': { kind: 'file', description: 'The file that holds the password of encrypted variables.' },
    'accept-unknown-hosts': {
      kind: 'boolean',
      description: 'Connect to hosts whose SSH key is not known. Without it they are unreachable.',
    },
    python: {
      kind: 'string',
      default: 'python3',
      env: 'TOWPATH_ANSIBLE_PYTHON',
      description: 'The Python that has ansible-core and ansible-runner.',
    },
  },
  outputs: {
    changed: { kind: 'number', description: 'How many hosts were changed, or would be.' },
    failed: { kind: 'number', description: 'How many hosts failed.' },
    unreachable: { kind: 'number', description: 'How many hosts could not be reached.' },
    hosts: { kind: 'list', description: 'Each host: host, outcome, and its counts of tasks: ok, changed, failures, ignored, rescued.' },
  },
  examples: ['run-ansible --playbook ansible/site.yml --inventory hosts.ini --check'],
  async run(
    { playbook, inventory, check, 'vault-password-file': vaultPasswordFile, 'accept-unknown-hosts': acceptUnknownHosts, python },
    world,
  ) {
    await mustBeThere(world, playbook, 'playbook')
    if (vaultPasswordFile !== undefined) await mustBeThere(world, vaultPasswordFile, 'vault password file')
    const where = inventory.includes(',') ? inventory : isAbsolute(inventory) ? inventory : resolve(inventory)
    if (!inventory.includes(',')) await mustBeThere(world, where, 'inventory')
    const run = { playbook, inventory: where, check, vaultPasswordFile, acceptUnknownHosts, python }
    const verdict = await runPlaybook(world, run)
    const outputs = outputsOf(verdict)
    if (verdict.outcome !== 'succeeded') throw refusal(verdict, playbook, outputs)
    return outputs
  },
  text: ({ hosts, changed, failed, unreachable }) =>
    `${count((hosts as readonly HostResult[]).length, 'host')}: ${changed} changed, ${failed} failed, ${unreachable} unreachable`,
})

async function mustBeThere({ files }: World, path: string, what: string): Promise<void> {
  if ((await files.facts(path)) === undefined)
    throw new TowpathError('bad-input', `there is no ${what} ${path}`, { hint: `name the ${what} by its path from the working directory` })
}

function outputsOf({ hosts }: Verdict) {
  return {
    changed: hosts.filter(({ changed }) => changed > 0).length,
    failed: hosts.filter(({ outcome }) => outcome === 'failed').length,
    unreachable: hosts.filter(({ outcome }) => outcome === 'unreachable').length,
    hosts,
  }
}

function refusal({ outcome, problems }: Verdict, playbook: string, outputs: ReturnType<typeof outputsOf>): TowpathError {
  const [first] = problems
  const { failed, unreachable } = outputs
  const message =
    outcome === 'bad-input'
      ? `the playbook ${playbook} cannot be run: ${first?.message ?? ''}`
      : `the playbook ${playbook} failed: ${failed} failed, ${unreachable} unreachable`
  const at = first && { file: first.file, line: first.line, column: first.column }
  return new TowpathError(outcome === 'bad-input' ? 'bad-input' : 'failed', message, { problems, outputs, ...(at ? { at } : {}) })
}
