import { describe, expect, test } from '@jest/globals'
import { nodeArchiver } from '../../src/adapters/node/zip.ts'
import { packArtefact } from '../../src/artefact/archive.ts'
import { TowpathError } from '../../src/errors.ts'
import { link, memoryFiles } from '../world/files.ts'
import { aPacking, bytesOf } from './support.ts'

/** A zip with these names. Each is written over a stand-in of the same length, since no honest tool writes the bad ones. */
async function zipOf(...names: string[]): Promise<Buffer> {
  const standIns = names.map((name, index) => `${index}`.padEnd(Buffer.byteLength(name), '~'))
  const members = standIns.map((name) => ({ name, bytes: 0, executable: false, async *open() {} }))
  const bytes = Buffer.concat(await Array.fromAsync(nodeArchiver().zip(members)))
  for (const [index, name] of names.entries()) {
    for (const header of headers) bytes.write(name, nth(bytes, header.marker, index) + header.nameAt)
  }
  return bytes
}

/** The local and the central header of an entry. Source: APPNOTE.TXT 4.3.7 and 4.3.12. */
const headers = [
  { marker: Buffer.from('PK\x03\x04'), nameAt: 30 },
  { marker: Buffer.from('PK\x01\x02'), nameAt: 46 },
]

function nth(bytes: Buffer, marker: Buffer, index: number): number {
  let at = bytes.indexOf(marker)
  for (let seen = 0; seen < index; seen++) at = bytes.indexOf(marker, at + 1)
  return at
}

async function packReady(zip: Uint8Array, exclude: string[] = []) {
  const files = memoryFiles({ '/svc/app.zip': zip, '/svc/latest.zip': link('app.zip') })
  return { files, archive: await packArtefact(aPacking(files), '/svc', { path: 'latest.zip', exclude }) }
}

async function refusal(zip: Uint8Array, exclude?: string[]): Promise<TowpathError> {
  const error = await packReady(zip, exclude).catch((error: unknown) => error)
  if (!(error instanceof TowpathError)) throw new Error('expected a refusal')
  return error
}

describe('a zip that is ready', () => {
  test('is used byte for byte, and stays where it is', async () => {
    const zip = await zipOf('bin/', 'bin/run', 'a.js')
    const { files, archive } = await packReady(zip)
    expect(archive).toMatchObject({ bytes: zip.length, members: 2 })
    expect((await bytesOf(archive)).equals(zip)).toBe(true)
    await archive.remove()
    expect(files.paths()).toEqual(['/svc/app.zip', '/svc/latest.zip'])
  })

  test.each([
    [['../evil'], ["the name '../evil' in the zip leads out of its folder with '..'"]],
    [['a/../../evil'], ["the name 'a/../../evil' in the zip leads out of its folder with '..'"]],
    [['/etc/passwd'], ["the name '/etc/passwd' in the zip is absolute"]],
    [['C:/evil'], ["the name 'C:/evil' in the zip is absolute"]],
    [['a\\b'], ["the name 'a\\b' in the zip holds a backslash"]],
    [['a\0b'], ["the name 'a\\u{0}b' in the zip holds a control character"]],
    [['a\nb'], ["the name 'a\\u{a}b' in the zip holds a control character"]],
    [['Read', 'read'], ["'read' and 'Read' in the zip are one name where case or Unicode form does not count"]],
    [['é', 'e\u0301'], ["'e\u0301' and 'é' in the zip are one name where case or Unicode form does not count"]],
    [['a', 'a'], ["'a' is in the zip twice, or as a file and a folder"]],
    [['a', 'a/b'], ["'a' is in the zip twice, or as a file and a folder"]],
    [
      ['../x', 'ok', '/y', 'OK'],
      ['../x', '/y', 'OK'],
    ],
  ])('with %j is refused, for all that is wrong', async (names, messages) => {
    const error = await refusal(await zipOf(...names))
    expect(error.code).toBe('bad-input')
    expect(error.problems.map((problem) => problem.message)).toEqual(messages.map((message) => expect.stringContaining(message)))
    expect(new Set(error.problems.map((problem) => problem.file))).toEqual(new Set(['/svc/app.zip']))
  })

  test('the maker of bad zips can make good ones (canary)', async () => {
    expect((await packReady(await zipOf('a', 'b/c', 'b/', 'd'))).archive.members).toBe(3)
  })

  test('that is none is refused', async () => {
    expect(await refusal(Buffer.from('hello'))).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining("'/svc/app.zip' is not a zip that can be read"),
    })
  })

  test('without a file in it is refused', async () => {
    expect(await refusal(await zipOf())).toMatchObject({ message: "'/svc/app.zip' is a zip without any file in it" })
    expect(await refusal(await zipOf('only/'))).toMatchObject({ message: "'/svc/app.zip' is a zip without any file in it" })
  })

  test('with something before it is refused', async () => {
    const zip = await zipOf('a')
    const script = Buffer.from('#!/bin/sh\n')
    const shifted = Buffer.concat([script, zip])
    shifted.writeUInt32LE(zip.readUInt32LE(zip.length - 6) + script.length, shifted.length - 6)
    expect(await refusal(shifted)).toMatchObject({ message: expect.stringContaining('does not begin as a zip does') })
  })

  test('cannot have anything excluded', async () => {
    expect(await refusal(await zipOf('a'), ['**/*.map'])).toMatchObject({
      code: 'bad-input',
      message: "artefact.exclude has no effect on '/svc/app.zip', a zip that is ready",
    })
  })
})

describe('a zip whose members have modes', () => {
  /** The zip of one file, `a`, with this Unix mode in its directory. */
  async function withMode(mode: number): Promise<Buffer> {
    const bytes = await zipOf('a')
    bytes.writeUInt16LE(mode, bytes.indexOf('PK\x01\x02') + 40)
    return bytes
  }

  test.each([
    ['a link', 0o120777, 'is a link'],
    ['a device', 0o020666, 'is neither file nor folder'],
    ['a pipe', 0o010644, 'is neither file nor folder'],
    ['a set-user-id bit', 0o104755, 'has a set-user-id'],
    ['a set-group-id bit', 0o102755, 'has a set-user-id or set-group-id bit'],
  ])('is refused for %s', async (_, mode, message) => {
    expect((await refusal(await withMode(mode))).message).toContain(`'a' in the zip ${message}`)
  })

  test('is taken with plain ones (canary)', async () => {
    expect((await packReady(await withMode(0o100755))).archive.members).toBe(1)
  })
})
