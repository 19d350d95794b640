import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { hostFilesModule, module } from '../../scripts/host-files.ts'
import { digestOf } from '../../src/digest.ts'
import { assembleBundle, type BundleParts } from '../../src/playbook/bundle.ts'
import { aPacking, bytesOf, unzipped } from '../artefact/support.ts'
import { memoryFiles } from '../world/files.ts'
import { aPlatform, aPlatformTree, archiver, aServiceTree, inspected, type Texts } from './support.ts'

const artefactBytes = Buffer.concat(
  await Array.fromAsync(
    archiver.zip([
      {
        name: 'app.py',
        bytes: 3,
        executable: true,
        async *open() {
          yield Buffer.from('app')
        },
      },
    ]),
  ),
)

async function parts(service: Texts = {}, platform: Texts = aPlatform): Promise<BundleParts> {
  return {
    service: 'greeter',
    platform: { name: 'acme', version: '1.0.0' },
    ansible: { platform: await aPlatformTree(platform), service: await aServiceTree(service) },
    inspected: await inspected(service, { platform }),
    artefact: {
      bytes: artefactBytes.length,
      digest: digestOf(artefactBytes),
      async *open() {
        yield artefactBytes
      },
    },
  }
}

async function assembled(some: BundleParts) {
  const archive = await assembleBundle(aPacking(memoryFiles()), some)
  return { archive, bytes: await bytesOf(archive) }
}

const own = {
  'ansible/playbook.yml': '- hosts: all\n  roles: [web]\n',
  'ansible/roles/web/tasks/main.yml': '[]\n',
  'ansible/roles/common/tasks/main.yml': '- ansible.builtin.debug: { msg: ours }\n',
  'ansible/group_vars/all.yml': 'a: 1\n',
  'ansible/tests/web.yml': '[]\n',
}

describe('a bundle', () => {
  test("holds AppSpec, hook, both sides and the artefact; a role of the service's replaces the platform's", async () => {
    const { bytes } = await assembled(await parts(own))
    expect((await unzipped(bytes)).map(({ name, mode }) => `${name}${mode === '100755' ? ' x' : ''}`)).toEqual([
      'appspec.yml',
      'towpath/bundle.json',
      'towpath/callback/towpath_events.py',
      'towpath/hook x',
      'towpath/hook.py',
      'platform/ansible/platform.yml',
      'platform/ansible/roles/service/meta/argument_specs.yml',
      'platform/ansible/roles/service/tasks/main.yml',
      'service/ansible/group_vars/all.yml',
      'service/ansible/playbook.yml',
      'service/ansible/roles/common/tasks/main.yml',
      'service/ansible/roles/web/tasks/main.yml',
      'artefact.zip',
    ])
  })

  test('says what the hook needs to know', async () => {
    const { bytes } = await assembled(await parts(own))
    const facts = (await unzipped(bytes)).find(({ name }) => name === 'towpath/bundle.json')?.text ?? ''
    expect(JSON.parse(facts)).toEqual({
      schema: 'towpath/bundle@1',
      service: 'greeter',
      platform: { name: 'acme', version: '1.0.0' },
      artefact: digestOf(artefactBytes),
      playbooks: ['platform/ansible/platform.yml', 'service/ansible/playbook.yml'],
      roles: { common: 'service', service: 'platform', web: 'service' },
    })
  })

  test('has the artefact as it was packaged', async () => {
    const { bytes } = await assembled(await parts())
    expect(bytes.includes(artefactBytes)).toBe(true)
  })

  test('has the same bytes for the same parts, in whatever order they were read', async () => {
    const turned = (texts: Texts): Texts => Object.fromEntries(Object.entries(texts).reverse())
    const one = await assembled(await parts(own))
    const other = await assembled(await parts(turned(own), turned(aPlatform)))
    expect(other.archive.digest).toBe(one.archive.digest)
    expect(digestOf(one.bytes)).toBe(one.archive.digest)
  })

  test('canary: another role is another bundle', async () => {
    const one = await assembled(await parts(own))
    const other = await assembled(await parts({ ...own, 'ansible/roles/web/tasks/main.yml': '[] #\n' }))
    expect(other.archive.digest).not.toBe(one.archive.digest)
  })

  test('that fails leaves nothing behind', async () => {
    const some = await parts()
    const files = memoryFiles()
    const broken = {
      ...some,
      artefact: {
        bytes: 5,
        digest: digestOf(''),
        async *open(): AsyncGenerator<Uint8Array> {
          yield Buffer.from('x')
          throw new Error('the line broke')
        },
      },
    }
    await expect(assembleBundle(aPacking(files), broken)).rejects.toThrow('the line broke')
    expect(files.paths()).toEqual([])
  })
})

describe('what runs on a host', () => {
  const root = new URL('../../', import.meta.url)
  test('is carried by a module that is made of it', async () => {
    expect((await readFile(new URL(module, root), 'utf8')) === (await hostFilesModule(root))).toBe(true)
  })
})
