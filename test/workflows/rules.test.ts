import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import {
  anonymous,
  careless,
  commits,
  exposed,
  interpolated,
  miscalled,
  misqueued,
  unchecked,
  unexpectedPermissions,
  unpinned,
} from './rules.ts'
import { type File, root, type Workflow, workflowAt, workflowsIn } from './workflow.ts'

const reusable = workflowsIn('.github/workflows')
const callers = workflowsIn('workflows')
const all = [...reusable, ...callers]

const DEPLOY = '.github/workflows/deploy.yml'
const SERVICE = 'workflows/service.yml'

function called(path: string): Workflow | undefined {
  return all.find((file) => file.path === path)?.workflow
}

const rules: readonly (readonly [
  string,
  (file: File) => readonly string[],
  readonly (readonly [string, Readonly<Record<string, string>>])[],
])[] = [
  [
    'uses is pinned to a commit, and names nobody else',
    unpinned,
    [
      [DEPLOY, { 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1': 'actions/checkout@v7' }],
      [
        DEPLOY,
        {
          'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1': 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1',
        },
      ],
      [DEPLOY, { 'actions/checkout@': 'aws-actions/configure-aws-credentials@' }],
      [DEPLOY, { 'actions/checkout@': 'actions/setup-node@' }],
      [DEPLOY, { '$/actions/plan': './actions/plan' }],
      [SERVICE, { '@0000000000000000000000000000000000000000 # v0.1.0': '@main' }],
    ],
  ],
  [
    'each job may do what the table says and no more',
    unexpectedPermissions,
    [
      [DEPLOY, { 'permissions: {}': 'permissions: read-all' }],
      [DEPLOY, { '      deployments: write #': '      deployments: read #' }],
      [DEPLOY, { '  apply:': '  another:' }],
      ['.github/workflows/build.yml', { 'contents: read': 'id-token: write' }],
    ],
  ],
  [
    'no expression is part of a script',
    interpolated,
    [['.github/workflows/build.yml', { '          cd -- "$SERVICE"': '          cd -- "${{ inputs.path }}"' }]],
  ],
  [
    'what changes an environment queues up in a group of its own',
    misqueued,
    [
      [DEPLOY, { 'queue: max': 'queue: single' }],
      [DEPLOY, { 'cancel-in-progress: false': 'cancel-in-progress: true' }],
      [DEPLOY, { 'towpath-apply/${{ inputs.environment }}': 'towpath-apply/all' }],
      [DEPLOY, { 'deployment: false': 'deployment: true' }],
      [DEPLOY, { '  plan:\n': '  plan:\n    concurrency: { group: plan }\n' }],
      ['.github/workflows/rollback.yml', { 'towpath-rollback/': 'towpath-apply/' }],
      [SERVICE, { 'permissions: {}': 'permissions: {}\nconcurrency: { group: deploy }' }],
    ],
  ],
  [
    'a job ends by itself, and nothing needs a secret',
    careless,
    [
      [DEPLOY, { 'timeout-minutes: 360': 'if: true' }],
      [DEPLOY, { 'persist-credentials: false': 'persist-credentials: true' }],
      [DEPLOY, { 'digest: ${{ inputs.digest }}': 'digest: ${{ secrets.AWS_ACCESS_KEY_ID }}' }],
      [SERVICE, { '    with:': '    secrets: inherit\n    with:' }],
    ],
  ],
  [
    'who talks to AWS says as whom, and nobody else may',
    anonymous,
    [
      [DEPLOY, { '          account: ${{ inputs.account }}\n': '' }],
      [DEPLOY, { "          role: ${{ inputs.plan-role || format('towpath-{0}-plan', inputs.environment) }}\n": '' }],
      [DEPLOY, { '      id-token: write # credentials of the role that deploys\n': '' }],
      ['.github/workflows/build.yml', { 'contents: read': 'id-token: write' }],
    ],
  ],
  [
    'what a build handed over goes to a verb that checks it',
    unchecked,
    [
      [DEPLOY, { '          digest: ${{ inputs.digest }}\n': '' }],
      [DEPLOY, { 'digest: ${{ inputs.digest }}\n          bucket': 'digest: none\n          bucket' }],
      [DEPLOY, { "          archive: ${{ inputs.artifact && format('{0}/towpath/artefact.tar.gz', runner.temp) || '' }}\n": '' }],
      [DEPLOY, { 'path: ${{ runner.temp }}/towpath': 'path: .' }],
      ['.github/workflows/plan.yml', { 'uses: $/actions/plan': 'uses: $/actions/validate' }],
    ],
  ],
  [
    'nothing of a checkout runs in a job that may ask for a token',
    exposed,
    [
      [DEPLOY, { '        uses: $/actions/create-release': '        run: npm ci' }],
      [DEPLOY, { '        uses: $/actions/create-release': '        uses: ./actions/create-release' }],
      [
        DEPLOY,
        {
          '        uses: $/actions/create-release':
            '        env: { NODE_OPTIONS: --require=./x.js }\n        uses: $/actions/create-release',
        },
      ],
      [
        DEPLOY,
        {
          '    runs-on: ubuntu-latest\n    timeout-minutes: 360 # the input wait':
            '    container: node:24\n    runs-on: ubuntu-latest\n    timeout-minutes: 360 # the input wait',
        },
      ],
      ['.github/workflows/build.yml', { 'contents: read': 'id-token: write' }],
      ['.github/workflows/plan.yml', { '        uses: $/actions/plan': '        run: npm run plan' }],
      ['workflows/own-build.yml', { 'permissions: { contents: read }': 'permissions: { contents: read, id-token: write }' }],
    ],
  ],
  [
    'calls give what is required and nothing unknown, and take outputs there are',
    (file) => miscalled(file, called),
    [
      [SERVICE, { 'environment: staging, ': '' }],
      [SERVICE, { 'environment: staging': 'enviroment: staging' }],
      [SERVICE, { '    with:': '    secrets: { KEY: x }\n    with:' }],
      [SERVICE, { 'needs.build.outputs.digest': 'needs.build.outputs.hash' }],
      [SERVICE, { 'contents: read, deployments: write, id-token: write': 'contents: read, deployments: read, id-token: write' }],
      [SERVICE, { '/deploy.yml@': '/ship.yml@' }],
      [DEPLOY, { '          environment: ${{ inputs.environment }}\n': '' }],
      [DEPLOY, { '          release: ${{ needs.plan.outputs.release }}': '          releases: ${{ needs.plan.outputs.release }}' }],
      [DEPLOY, { '$/actions/plan': '$/actions/plans' }],
      [DEPLOY, { 'steps.plan.outputs.digest': 'steps.plan.outputs.hash' }],
      ['.github/workflows/platform.yml', { '      environment: ${{ matrix.environment }}\n': '' }],
      ['workflows/monorepo.yml', { 'path: "$': 'paths: "$' }],
    ],
  ],
]

describe.each(rules)('%s', (_, rule, canaries) => {
  test.each(all.map((file) => [file.path, file] as const))('in %s', (_path, file) => {
    expect(rule(file)).toEqual([])
  })

  test.each(canaries)('and is not where %s has %j', (path, replaced) => {
    expect(rule(workflowAt(path, replaced))).not.toEqual([])
  })
})

describe('the workflows together', () => {
  test('name one commit for each action and for this repository', () => {
    expect([...commits(all)].filter(([, named]) => named.size !== 1)).toEqual([])
    const older = workflowAt(DEPLOY, {
      '3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1': 'de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2',
    })
    expect([...commits([...all, older])].filter(([, named]) => named.size !== 1)).toHaveLength(1)
  })

  test('unpack no archive themselves: the product does, outside of the checkout', () => {
    const unpacking = ({ text }: File): boolean => /tar\b.*(?:--extract|\s-?x)/.test(text)
    expect(all.filter(unpacking).map(({ path }) => path)).toEqual([])
    expect(unpacking(workflowAt(DEPLOY, { 'uses: $/actions/create-release': 'run: tar --extract --file x' }))).toBe(true)
  })

  test('never let a rollback wait for an approval of a deployment', () => {
    const kind = (path: string, job: string) => workflowAt(path).workflow.jobs[job]?.concurrency?.group.split('/')[0]
    expect([kind(DEPLOY, 'apply'), kind('.github/workflows/rollback.yml', 'rollback')]).toEqual(['towpath-apply', 'towpath-rollback'])
  })

  test('are explained: every caller, and every variable that one reads', () => {
    const page = readFileSync(join(root, 'workflows/README.md'), 'utf8')
    const read = callers.flatMap(({ text }) => [...text.matchAll(/\bvars\.(\w+)/g)].map(([, name = '']) => name))
    const wanted = [...callers.map(({ path }) => `](${path.replace('workflows/', '')})`), ...new Set(read)]
    expect(wanted.filter((name) => !page.includes(name))).toEqual([])
    expect([...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name).toSorted()).toEqual([...new Set(read)].toSorted())
  })

  test.each(callers)('$path is under 30 lines', ({ text }) => {
    expect(text.trimEnd().split('\n').length).toBeLessThan(30)
  })

  test('are called by a caller each, or by one another', () => {
    const called = all.flatMap(({ text }) => [...text.matchAll(/towpath\/\.github\/workflows\/([a-z-]+\.yml)@/g)].map(([, name]) => name))
    expect([...new Set(called)].sort()).toEqual(['build.yml', 'deploy.yml', 'plan.yml', 'platform.yml', 'rollback.yml'])
  })
})

test('a rule of actionlint is switched off only with the upstream issue that forces it beside it', () => {
  const lines = readFileSync(join(root, '.github/actionlint.yaml'), 'utf8').split('\n')
  const ignores = lines.flatMap((line, index) => (/^\s+- /.test(line) ? [index] : []))
  expect(ignores).toHaveLength(3)
  for (const index of ignores) {
    const above = lines.slice(0, index).findLast((line) => !/^\s+- /.test(line))
    expect(above).toMatch(/# https:\/\/github\.com\/rhysd\/actionlint\/issues\/\d+: \S/)
  }
})
