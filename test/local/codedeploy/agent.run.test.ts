import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { agent } from '../../../local/codedeploy/agent/agent.ts'
import { dirMachine } from '../../../local/codedeploy/agent/dir.ts'
import type { Machine } from '../../../local/codedeploy/agent/machine.ts'
import { eventsOf } from '../../../local/codedeploy/events.ts'
import type { Performed, Task } from '../../../local/codedeploy/host.ts'
import { running } from '../../support/processes.ts'
import { until } from '../../support/until.ts'
import { aBundle, anAppSpec, aShelf, type Content, type Shelf } from './bundle.ts'

jest.setTimeout(30_000)

let folder: string
let machine: Machine
let shelf: Shelf
let perform: (task: Task) => Promise<Performed>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-test-'))
  machine = dirMachine('web-1', folder)
  shelf = aShelf()
  perform = agent({ machine, fetch: shelf.fetch, environment: { INHERITED: 'yes' } })
})

afterEach(async () => {
  await machine.close()
  await rm(folder, { recursive: true })
})

function aTask(event: string, deploymentId: string, location: object = {}): Task {
  const s3Location = { bucket: 'acme', key: `${deploymentId}.zip`, bundleType: 'zip' as const, ...location }
  return {
    ...{ event, deploymentId, application: 'delivery', group: 'production', groupId: 'the-group', fileExists: 'DISALLOW' },
    revision: { revisionType: 'S3', s3Location },
  }
}

/** Does the events of a deployment in order, to the first that fails: gives it, or 'succeeded'. */
async function deploy(id: string, files: Readonly<Record<string, Content>>, location: object = {}): Promise<Performed | { at: string }> {
  shelf.put(`${id}.zip`, await aBundle(files))
  for (const event of eventsOf(false)) {
    const performed = await perform(aTask(event, id, location))
    if (performed !== 'succeeded') return performed === 'silent' ? performed : { at: event, ...performed }
  }
  return 'succeeded'
}

/** A bundle whose only hook is this script, in ValidateService. */
const validating = (script: string, timeout = 20): Record<string, Content> => ({
  'appspec.yml': `version: 0.0\nos: linux\nhooks:\n  ValidateService:\n    - { location: scripts/validate.sh, timeout: ${timeout} }\n`,
  'scripts/validate.sh': script,
})

const failed = (code: string, message: string | RegExp, more: object = {}) => ({
  at: 'ValidateService',
  failed: expect.objectContaining({
    errorCode: code,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
    ...more,
  }),
})

const host = (path: string): string => join(folder, path)
const written = (path: string): Promise<string> => readFile(host(path), 'utf8')

describe('a hook', () => {
  test('is given the variables of its deployment, what the agent has, no argument, no input, and / as working directory', async () => {
    const script =
      '#!/bin/sh\ncat\n(env; echo "args=$#"; echo "pwd=$(pwd)"; echo "mask=$(umask)"; echo "self=$0") > "$TOWPATH_HOST_ROOT/said"\n'
    expect(await deploy('d-1', validating(script), { version: 'v7', eTag: undefined })).toBe('succeeded')
    const said = Object.fromEntries((await written('said')).split('\n').map((line) => line.split(/=(.*)/s)))
    expect(said).toMatchObject({
      ...{ LIFECYCLE_EVENT: 'ValidateService', DEPLOYMENT_ID: 'd-1', APPLICATION_NAME: 'delivery' },
      ...{ DEPLOYMENT_GROUP_NAME: 'production', DEPLOYMENT_GROUP_ID: 'the-group', INHERITED: 'yes', TOWPATH_HOST_ROOT: folder },
      ...{ BUNDLE_BUCKET: 'acme', BUNDLE_KEY: 'd-1.zip', BUNDLE_VERSION: 'v7', args: '0', pwd: '/', mask: '0022' },
      self: host('opt/codedeploy-agent/deployment-root/the-group/d-1/deployment-archive/scripts/validate.sh'),
    })
    expect(said).not.toHaveProperty('BUNDLE_ETAG')
    expect(said).not.toHaveProperty('BUNDLE_COMMIT')
  })

  test('that is not executable is made so, and one without a first line runs', async () => {
    const files = validating('')
    expect(await deploy('d-1', { ...files, 'scripts/validate.sh': { text: 'echo ran > "$TOWPATH_HOST_ROOT/said"\n', plain: true } })).toBe(
      'succeeded',
    )
    expect(await written('said')).toBe('ran\n')
  })

  test('that is not there is ScriptMissing', async () => {
    expect(await deploy('d-1', { 'appspec.yml': anAppSpec({ ValidateService: 'scripts/none.sh' }) })).toEqual(
      failed('ScriptMissing', /^Script does not exist at specified location: .*scripts\/none\.sh$/, { scriptName: 'scripts/none.sh' }),
    )
  })

  test('that fails ends the event, with its exit code and the end of its log', async () => {
    expect(await deploy('d-1', validating('#!/bin/sh\necho looking\necho gone >&2\nexit 42\n'))).toEqual(
      failed('ScriptFailed', 'Script at specified location: scripts/validate.sh failed with exit code 42', {
        scriptName: 'scripts/validate.sh',
        logTail: expect.stringContaining('[stdout]looking\n'),
      }),
    )
    expect(await written('opt/codedeploy-agent/deployment-root/the-group/d-1/logs/scripts.log')).toContain('[stderr]gone\n')
  })

  test('that a signal ends has no exit code in its message', async () => {
    expect(await deploy('d-1', validating('#!/bin/sh\nkill -KILL $$\n'))).toEqual(failed('ScriptFailed', /failed with exit code $/))
  })

  test('that takes too long is asked to end and given up; if it does not listen it goes on', async () => {
    const script = '#!/bin/sh\ntrap "" TERM\nsleep 1.5\necho done > "$TOWPATH_HOST_ROOT/said"\n'
    expect(await deploy('d-1', validating(script, 1))).toEqual(
      failed('ScriptTimedOut', /scripts\/validate\.sh failed to complete in 1 seconds$/),
    )
    expect(await until('it has gone on to its end', () => written('said').catch(() => undefined))).toBe('done\n')
  })

  test('whose child holds its output is waited for, and fails; the child is left alive', async () => {
    const script = '#!/bin/sh\nsleep 60 &\necho $! > "$TOWPATH_HOST_ROOT/pid"\n'
    expect(await deploy('d-1', validating(script, 1))).toEqual(failed('UnknownError', /failed to close STDOUT$/))
    const child = Number(await written('pid'))
    expect(await running([child])).toEqual([child])
    await machine.close()
    await until('the host left nothing running', async () => (await running([child])).length === 0)
  })

  test('whose child has closed all three is not waited for, and the host ends it, even in a session of its own', async () => {
    const script = '#!/bin/sh\nsetsid sleep 60 < /dev/null > /dev/null 2>&1 &\necho $! > "$TOWPATH_HOST_ROOT/pid"\n'
    expect(await deploy('d-1', validating(script))).toBe('succeeded')
    const child = Number(await written('pid'))
    await machine.close()
    await until('the host left nothing running', async () => (await running([child])).length === 0)
  })

  test('run as another user says so when it fails', async () => {
    const files = validating('#!/bin/sh\nexit 1\n')
    const spec =
      'version: 0.0\nos: linux\nhooks:\n  ValidateService:\n    - { location: scripts/validate.sh, runas: no-such-user, timeout: 5 }\n'
    expect(await deploy('d-1', { ...files, 'appspec.yml': spec })).toEqual(
      failed('ScriptFailed', /^Script at specified location: scripts\/validate\.sh run as user no-such-user failed with exit code \d+$/),
    )
  })
})

describe('the log that reaches the service', () => {
  test('is the last whole lines under 2,048 characters, prefixes counted', async () => {
    const performed = await deploy('d-1', validating('#!/bin/sh\nseq -f "line %g of many" 500\nexit 3\n'))
    const { logTail = '' } = typeof performed === 'object' && 'failed' in performed ? performed.failed : {}
    expect(logTail.length).toBeLessThan(2_048)
    expect(logTail.length).toBeGreaterThan(2_000)
    expect(logTail).toMatch(/^\[stdout\]line \d+ of many\n/)
    expect(logTail).toMatch(/\[stdout\]line 500 of many\n$/)
  })

  test('is empty if the last line alone is longer', async () => {
    const script = '#!/bin/sh\necho before\nprintf "%02500d\\n" 7\nexit 3\n'
    expect(await deploy('d-1', validating(script))).toEqual(failed('ScriptFailed', /exit code 3$/, { logTail: '' }))
  })

  test('takes all diagnostics with it if it is no UTF-8', async () => {
    const script = "#!/bin/sh\nprintf 'caf\\351\\n'\nexit 3\n"
    expect(await deploy('d-1', validating(script))).toEqual(failed('UnknownError', /utf-8/, { scriptName: '', logTail: '' }))
  })
})

describe('an AppSpec', () => {
  test.each([
    [
      'names an event that there is not',
      anAppSpec({ ValidateServce: 'x.sh' }),
      /file contains unknown lifecycle events: \["ValidateServce"\]/,
    ],
    ['is of another version', 'version: 1.0\nos: linux\n', /unsupported version: 1/],
    ['is not there', undefined, /did not find an AppSpec file/],
  ])('that %s fails', async (_, spec, message) => {
    const performed = await deploy('d-1', spec === undefined ? { other: 'x' } : { 'appspec.yml': spec })
    expect(performed).toEqual({
      at: 'BeforeInstall',
      failed: expect.objectContaining({ errorCode: 'UnknownError', message: expect.stringMatching(message) }),
    })
  })
})

describe('files', () => {
  const shipping = (text: string, more = ''): Record<string, Content> => ({
    'appspec.yml': `version: 0.0\nos: linux\n${more}files:\n  - { source: app, destination: /srv/app }\npermissions:\n  - { object: /srv/app, pattern: "*.sh", mode: "0750" }\n`,
    'app/index.html': text,
    'app/run.sh': 'true\n',
  })

  test('are put where the AppSpec says, with its modes; those of the deployment before are deleted first, even if edited', async () => {
    expect(await deploy('d-1', { ...shipping('one'), 'app/old.txt': 'old' })).toBe('succeeded')
    expect((await stat(host('srv/app/run.sh'))).mode & 0o777).toBe(0o750)
    await writeFile(host('srv/app/index.html'), 'edited by hand')
    expect(await deploy('d-2', shipping('two'))).toBe('succeeded')
    expect(await written('srv/app/index.html')).toBe('two')
    expect(await readdir(host('srv/app'))).toEqual(['index.html', 'run.sh'])
  })

  test.each([
    ['DISALLOW', '', undefined],
    ['RETAIN', 'file_exists_behavior: RETAIN\n', 'of another'],
    ['OVERWRITE', 'file_exists_behavior: OVERWRITE\n', 'one'],
  ])('of others in the way: %s', async (_, more, left) => {
    await mkdir(dirname(host('srv/app/index.html')), { recursive: true })
    await writeFile(host('srv/app/index.html'), 'of another')
    const performed = await deploy('d-1', shipping('one', more))
    if (left === undefined)
      expect(performed).toEqual({
        at: 'Install',
        failed: {
          ...{ errorCode: 'UnknownError', scriptName: '', logTail: '' },
          message: `The deployment failed because a specified file already exists at this location: ${host('srv/app/index.html')}`,
        },
      })
    else expect(await written('srv/app/index.html')).toBe(left)
  })
})

describe('revisions', () => {
  const stopping = (name: string, valid: boolean): Record<string, Content> => ({
    'appspec.yml': anAppSpec({ ApplicationStop: 'stop.sh', ValidateService: 'validate.sh' }),
    'stop.sh': `#!/bin/sh\necho ${name} >> "$TOWPATH_HOST_ROOT/stopped"\n`,
    'validate.sh': `#!/bin/sh\nexit ${valid ? 0 : 1}\n`,
  })

  test('are stopped by the hook of the one that was installed last, be it valid or not; the first has nothing to stop', async () => {
    expect(await deploy('d-1', stopping('one', true))).toBe('succeeded')
    expect(await deploy('d-2', stopping('two', false))).toMatchObject({ at: 'ValidateService' })
    expect(await deploy('d-3', stopping('three', true))).toBe('succeeded')
    expect(await written('stopped')).toBe('one\ntwo\n')
  })

  test('are kept five of a group, the installed one among them', async () => {
    for (let n = 1; n <= 7; n++) expect(await deploy(`d-${n}`, stopping('one', true))).toBe('succeeded')
    const kept = await readdir(host('opt/codedeploy-agent/deployment-root/the-group'))
    expect(kept).toHaveLength(5)
    expect(kept).toContain('d-7')
  })

  test('are not unpacked if they are not those that were pinned, or are not there', async () => {
    expect(await deploy('d-1', stopping('one', true), { eTag: 'another' })).toMatchObject({
      at: 'DownloadBundle',
      failed: {
        errorCode: 'UnknownError',
        message: expect.stringMatching(/^Expected deployment artifact bundle etag another but was actually [0-9a-f]{32}$/),
      },
    })
    expect(await deploy('d-2', stopping('one', true), { key: 'none.zip' })).toMatchObject({ at: 'DownloadBundle' })
  })

  test('are taken if their ETag is the one that was pinned, with quotes or without', async () => {
    const etag = shelf.put('d-1.zip', await aBundle(stopping('one', true)))
    expect(await perform(aTask('DownloadBundle', 'd-1', { eTag: `"${etag}"` }))).toBe('succeeded')
  })
})
