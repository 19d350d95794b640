import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { call, type Version, versionsInBucket } from './aws.ts'
import { codeSteps } from './code.ts'
import { edit } from './edit.ts'
import { DemoError } from './ending.ts'
import { bucket, type Stage } from './stage.ts'
import { towpath } from './towpath.ts'

/** One numbered step: what it is called, what is to be seen, and what is done and asserted. */
export interface Step {
  readonly title: string
  readonly about: string
  run(stage: Stage): Promise<void>
}

const ada = { name: 'Ada' }
const greeting = (text: string): object => ({ greeting: text, from: 'staging' })

/** The demo between the start of the local AWS and its end. */
export const story: readonly Step[] = [
  {
    title: 'Make the platform bucket',
    about:
      'It holds all that Towpath remembers: platforms, code, releases, and a record of each deployment. ' +
      'The commands after this one find it by the variable TOWPATH_BUCKET.',
    async run(stage) {
      await towpath(stage, `bootstrap --bucket ${bucket}`, { saying: [/is ready/] })
    },
  },
  {
    title: 'Publish the starter platform',
    about: "What the platform team owns: a network, and the blueprints 'function' and 'instances' that services follow.",
    async run(stage) {
      await towpath(stage, 'sync-platform --path platform', { saying: [/published platform 1\.0\.0/] })
    },
  },
  {
    title: "Deploy the platform's own stacks to staging",
    about: 'One engine deploys the platform and its services alike.',
    async run(stage) {
      await towpath(stage, 'deploy --path platform --environment staging', { saying: [/network\.PrivateSubnets +subnet-/] })
    },
  },
  {
    title: 'Check two services',
    about: 'greeter is written in JavaScript, counter in Python. A service is a few files: these are all of them.',
    async run(stage) {
      for (const service of ['greeter', 'counter']) {
        await list(stage, service)
        await towpath(stage, `validate --path ${service} --platform platform`, { saying: [/no problem found/] })
      }
    },
  },
  {
    title: 'Package both',
    about: 'The same source gives the same archive, named by its content: it is uploaded once.',
    async run(stage) {
      for (const service of ['greeter', 'counter']) await towpath(stage, `package-artefact --path ${service}`, { saying: [/^sha256:/] })
    },
  },
  {
    title: 'Show what a deployment would change',
    about:
      "Greetings and LedgerAlarm are what the services add to the platform's template; inbox and ledger are stacks of their own. " +
      'The order follows from who uses whose outputs.',
    async run(stage) {
      await towpath(stage, 'plan --path greeter --environment staging', { saying: [/\+ +Greetings/, /2 stacks to create/] })
      await towpath(stage, 'plan --path counter --environment staging', { saying: [/\+ +LedgerAlarm/, /2 stacks to create/] })
    },
  },
  {
    title: 'Deploy both',
    about:
      'Each becomes a release: a list, by content, of all that determines what goes live. ' +
      'From now on its name belongs to its repository, here acme/greeter and acme/counter.',
    async run(stage) {
      await deploy(stage, 'greeter')
      await deploy(stage, 'counter')
    },
  },
  {
    title: 'Call the deployed code',
    about:
      "'Hello' stands in greeter's service.yml and reaches the code by its override of the platform's template; " +
      'counter counts in a table of its own.',
    async run(stage) {
      await call(stage, 'greeter', ada, greeting('Hello, Ada!'))
      await call(stage, 'counter', ada, { name: 'Ada', count: 1, from: 'staging' })
      await call(stage, 'counter', ada, { name: 'Ada', count: 2, from: 'staging' })
    },
  },
  {
    title: 'Change a service and deploy it again',
    about:
      'The plan names what changes: the code of the function. inbox uses its outputs, so it is looked at again; they turn out ' +
      'the same, and it is left alone.',
    async run(stage) {
      await edit(stage, 'greeter/src/index.mjs', '${name}!', '${name}! Welcome aboard.')
      await towpath(stage, 'plan --path greeter --environment staging', {
        saying: [/~ +Function \(AWS::Lambda::Function\)/, /Code: changes because of CodeKey/],
      })
      await deploy(stage, 'greeter', withoutOutputs)
      await call(stage, 'greeter', ada, greeting('Hello, Ada! Welcome aboard.'))
    },
  },
  { title: 'Deploy with nothing changed', about: 'It is proved that there is nothing to do, and nothing is written.', run: deployNothing },
  {
    title: 'Break a service',
    about: 'Two changes at once: one to the code, and one that SQS will refuse, since it hides a message for twelve hours at most.',
    async run(stage) {
      await edit(stage, 'greeter/src/index.mjs', 'Welcome aboard.', 'Mind the gap.')
      await edit(stage, 'greeter/cloudFormation/additions/inbox.yml', 'VisibilityTimeout: 60', 'VisibilityTimeout: 86400')
      await towpath(stage, 'deploy --path greeter --environment staging', {
        code: 1,
        saying: [/deployment 3 failed/, /cause: inbox Queue AWS::SQS::Queue: .*VisibilityTimeout/],
        abridge: withoutOutputs,
      })
      stage.narrator.remark('It ended with exit code 1. The function came before the queue, so its new code is live all the same:')
      await call(stage, 'greeter', ada, greeting('Hello, Ada! Mind the gap.'))
    },
  },
  {
    title: 'Roll back',
    about: 'The last release that worked is applied again, as it was: nothing is built anew.',
    async run(stage) {
      await towpath(stage, 'rollback --service greeter --environment staging', {
        saying: [/deployment 4 succeeded/],
        abridge: withoutOutputs,
      })
      await call(stage, 'greeter', ada, greeting('Hello, Ada! Welcome aboard.'))
    },
  },
  ...codeSteps(),
  {
    title: 'Read the log, and verify it',
    about: 'Each record holds the digest of the one before, so a record that was changed later shows.',
    async run(stage) {
      await towpath(stage, 'log --path counter --environment staging', { saying: [/1 +deploy +succeeded/] })
      await towpath(stage, 'log --path greeter --environment staging --verify', {
        saying: [/1 +deploy +succeeded/, /2 +deploy +succeeded/, /3 +deploy +failed/, /4 +rollback +succeeded/, /4 records verified/],
      })
    },
  },
]

/** The files of a service. */
async function list({ folder, narrator }: Stage, service: string): Promise<void> {
  const found = await readdir(join(folder, service), { recursive: true, withFileTypes: true })
  const files = found.flatMap((entry) => (entry.isFile() ? [relative(folder, join(entry.parentPath, entry.name))] : []))
  for (const file of files.sort()) narrator.result(file)
}

async function deploy(stage: Stage, service: string, abridge?: typeof withoutOutputs): Promise<void> {
  const stdout = await towpath(stage, `deploy --path ${service} --environment staging`, {
    saying: [/deployment \d+ succeeded/],
    ...(abridge ? { abridge } : {}),
  })
  const name = /function\.FunctionName +(\S+)/.exec(stdout)?.[1]
  if (name === undefined) throw new DemoError(`the deployment of ${service} told no function.FunctionName`)
  stage.functions.set(service, name)
}

/** What a deployment prints, without the outputs of its stacks that were seen before. */
function withoutOutputs(lines: readonly string[]): readonly string[] {
  const begin = lines.indexOf('outputs:')
  const after = lines.findIndex((line, index) => index > begin && !line.startsWith(' '))
  return begin < 0 ? lines : [...lines.slice(0, begin), 'outputs: as before', ...(after < 0 ? [] : lines.slice(after))]
}

async function deployNothing(stage: Stage): Promise<void> {
  const before = await versionsInBucket(stage)
  const stdout = await towpath(stage, 'deploy --path greeter --environment staging --json', { abridge: verdictOf })
  const after = await versionsInBucket(stage)
  if (!/"changed": false/.test(stdout)) throw new DemoError('the deployment should have found nothing to do')
  if (!isDeepStrictEqual(after, before)) throw new DemoError(`something was written to the bucket: ${written(before, after)}`)
  if (after.some(isLock)) throw new DemoError('a lock was left in the bucket')
  stage.narrator.remark(`The bucket holds the ${after.length} versions of objects that it held before, and no lock.`)
}

/** The lines of a JSON document that tell how it went. */
function verdictOf(json: readonly string[]): readonly string[] {
  const told = json.filter((line) => /^ {2}"(schema|outcome|changed|deployment|release)":/.test(line))
  return ['{', ...told, '  …', '}']
}

function isLock({ key, etag, isLatest }: Version): boolean {
  return key.startsWith('locks/') && isLatest && etag !== undefined
}

function written(before: readonly Version[], after: readonly Version[]): string {
  const known = new Set(before.map(({ key, id }) => `${key} ${id}`))
  return after.flatMap(({ key, id }) => (known.has(`${key} ${id}`) ? [] : [key])).join(', ')
}
