import { expect, test } from '@jest/globals'
import { fileFailure } from '../../../src/adapters/node/failure.ts'
import { TowpathError } from '../../../src/errors.ts'

const system = (code: string) => Object.assign(new Error(`${code}: it went wrong`), { code })

test.each([
  ['ENOENT', 'not-found', "no file '/x'"],
  ['EACCES', 'bad-input', "no permission for '/x'"],
  ['EPERM', 'bad-input', "no permission for '/x'"],
  ['EISDIR', 'bad-input', "'/x' is a folder where a file is needed"],
  ['ENOTDIR', 'bad-input', "'/x' is not a folder, or lies below something that is none"],
  ['EROFS', 'bad-input', "'/x' is on a disk that is read-only"],
  ['ENOSPC', 'failed', "no space left on the disk for '/x'"],
  ['EDQUOT', 'failed', "no space left on the disk for '/x'"],
  ['EMFILE', 'failed', "too many files are open to open '/x'"],
])('%s is %s: %s', (code, towpath, message) => {
  expect(fileFailure(system(code), '/x')).toMatchObject({ code: towpath, message, blame: 'user', cause: { code } })
})

test('a code nobody listed is a failure of the machine, and still names the path', () => {
  expect(fileFailure(system('EIO'), '/x')).toMatchObject({ code: 'failed', blame: 'service', message: expect.stringContaining("'/x'") })
})

test('what is no system error stays what it is', () => {
  for (const error of [new TowpathError('conflict', 'ours'), new Error('a bug'), 'text', undefined])
    expect(fileFailure(error, '/x')).toBe(error)
})
