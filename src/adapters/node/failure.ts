import { type ErrorCode, TowpathError } from '../../errors.ts'

interface Meaning {
  readonly code: ErrorCode
  says(path: string): string
  readonly hint?: string
}

const notAFolder: Meaning = { code: 'bad-input', says: (path) => `'${path}' is not a folder, or lies below something that is none` }
const noPermission: Meaning = {
  code: 'bad-input',
  says: (path) => `no permission for '${path}'`,
  hint: 'give this user the right to it, or run as another user',
}
const noSpace: Meaning = {
  code: 'failed',
  says: (path) => `no space left on the disk for '${path}'`,
  hint: 'make room, or set TMPDIR to a larger disk',
}
const tooManyOpen: Meaning = {
  code: 'failed',
  says: (path) => `too many files are open to open '${path}'`,
  hint: 'raise the limit (ulimit -n)',
}

/** What the file system's error codes mean to a person. Source: errno(3). */
const meanings: Readonly<Record<string, Meaning>> = {
  ENOENT: { code: 'not-found', says: (path) => `no file '${path}'` },
  EACCES: noPermission,
  EPERM: noPermission,
  EROFS: { code: 'bad-input', says: (path) => `'${path}' is on a disk that is read-only` },
  EISDIR: { code: 'bad-input', says: (path) => `'${path}' is a folder where a file is needed` },
  ENOTDIR: notAFolder,
  EEXIST: notAFolder,
  ELOOP: { code: 'bad-input', says: (path) => `'${path}' is a link that runs in a circle` },
  ENAMETOOLONG: { code: 'bad-input', says: (path) => `'${path}' is too long a path` },
  ERR_INVALID_ARG_VALUE: { code: 'bad-input', says: (path) => `${JSON.stringify(path)} is not a path` },
  ENOSPC: noSpace,
  EDQUOT: noSpace,
  EMFILE: tooManyOpen,
  ENFILE: tooManyOpen,
}

/** The code of a system error, such as `ENOENT`. */
export function errno(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** The TowpathError for what the file system said about a path. What is a TowpathError, or no system error at all, stays as it is. */
export function fileFailure(error: unknown, path: string): unknown {
  const code = errno(error)
  if (error instanceof TowpathError || code === undefined) return error
  const meaning = meanings[code]
  if (!meaning) return new TowpathError('failed', `'${path}' could not be read or written (${code})`, { blame: 'service', cause: error })
  return new TowpathError(meaning.code, meaning.says(path), { cause: error, ...(meaning.hint ? { hint: meaning.hint } : {}) })
}
