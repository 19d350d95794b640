import { describe, expect, test } from '@jest/globals'
import { nodeArchiver } from '../../src/adapters/node/zip.ts'
import { inspectPlatformFolder, readPlatformFolder } from '../../src/platform/folder.ts'
import { executable, folder, link, memoryFiles, pipe, type Tree } from '../world/files.ts'

const inspect = (tree: Tree) => inspectPlatformFolder(memoryFiles(tree), nodeArchiver(), '/p')
const problems = async (tree: Tree) => (await inspect(tree)).problems.map(({ file, message }) => `${file}: ${message}`)

const sound: Tree = {
  '/p/cloudFormation/b.yml': 'Resources: {}',
  '/p/cloudFormation/a.json': '{}',
  '/p/ansible/platform.yml': '- hosts: all',
  '/p/ansible/roles/web/tasks/main.yml': '- name: x',
  '/p/ansible/roles/web/files/run.sh': executable('#!/bin/sh'),
  '/p/ansible/roles/common/tasks/main.yml': '- name: y',
}

describe('the files of a platform', () => {
  test('are its templates, its roles and its playbooks, in the order of their names', async () => {
    const { files } = await inspect(sound)
    expect(Object.keys(files.templates)).toEqual(['a.json', 'b.yml'])
    expect(Object.keys(files.roles)).toEqual(['common', 'web'])
    expect(Object.keys(files.playbooks)).toEqual(['ansible/platform.yml'])
  })

  test('can each be had by their digest', async () => {
    const { files, content } = await inspect(sound)
    expect(new TextDecoder().decode(await content(files.templates['b.yml'] ?? 'sha256:'))).toBe('Resources: {}')
    expect((await content(files.roles.web ?? 'sha256:')).length).toBeGreaterThan(100)
    await expect(content('sha256:0')).rejects.toMatchObject({ code: 'bug' })
  })

  test('have the same digests in whatever order they are found', async () => {
    const turned = Object.fromEntries(Object.entries(sound).reverse())
    expect((await inspect(turned)).files).toEqual((await inspect(sound)).files)
  })

  test('leave out what is none: dotfiles, other endings, devices, folders of their own', async () => {
    const { files, problems } = await inspect({
      ...sound,
      '/p/cloudFormation/.x.yml': '',
      '/p/cloudFormation/README.md': '',
      '/p/cloudFormation/pipe.yml': pipe,
      '/p/cloudFormation/sub/c.yml': '',
      '/p/ansible/roles/.git/x': '',
      '/p/ansible/roles/README.md': '',
      '/p/ansible/tests/t.yml': '',
    })
    expect([files, problems]).toEqual([(await inspect(sound)).files, []])
  })

  test('may be links to templates', async () => {
    const { templates } = await inspect({ '/p/cloudFormation/a.yml': link('../shared.yml'), '/p/shared.yml': 'Resources: {}' })
    expect(new TextDecoder().decode(templates.get('a.yml'))).toBe('Resources: {}')
  })

  test('may be none', async () => {
    const { files } = await inspect({ '/p': folder })
    expect(files).toEqual({ templates: {}, roles: {}, playbooks: {} })
  })
})

describe('what is wrong with them', () => {
  test('is told all at once', async () => {
    expect(
      await problems({
        ...sound,
        '/p/cloudFormation/a.yml': '',
        '/p/cloudFormation/a.yaml': '',
        '/p/ansible/roles/empty': folder,
        '/p/ansible/roles/out/etc': link('/etc/passwd'),
      }),
    ).toEqual([
      "/p/cloudFormation/a.yaml: 'a.json' and 'a.yaml' are both the template 'a'",
      "/p/cloudFormation/a.yml: 'a.json' and 'a.yml' are both the template 'a'",
      "/p/ansible/roles/empty: the folder '/p/ansible/roles/empty' holds no file",
      "/p/ansible/roles/out/etc: 'etc' is a link that dangles or runs in a circle",
    ])
  })

  test('is refused by who wants to publish them', async () => {
    await expect(readPlatformFolder(memoryFiles({ '/p/ansible/roles/empty': folder }), nodeArchiver(), '/p')).rejects.toMatchObject({
      code: 'bad-input',
      hint: 'put its tasks into it, or remove it',
    })
  })
})
