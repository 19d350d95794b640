import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { TarMember } from '../../artefact/archiver.ts'
import { TowpathError } from '../../errors.ts'

const BLOCK = 512
/** The most that a long name or an extended header takes: longer than any path. */
const MOST_HEADER_BYTES = 1_048_576

/**
 * The members of a tar archive that gzip compressed, in their order. The content of each must be read, or is skipped, before the next one.
 * Knows ustar, pax and GNU's long names. Source: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual, "Standard Format".
 */
export async function* tarMembers(pieces: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<TarMember> {
  const source = Readable.from(pieces, { objectMode: false })
  const gunzip = createGunzip()
  source.on('error', (error) => gunzip.destroy(error))
  const input = new Input(source.pipe(gunzip)[Symbol.asyncIterator](), (error) => damaged(name, error))
  try {
    yield* membersOf(input)
  } catch (error) {
    throw damaged(name, error)
  } finally {
    source.destroy()
    gunzip.destroy()
  }
}

function damaged(name: string, error: unknown): TowpathError {
  if (error instanceof TowpathError) return error
  const said = error instanceof Error ? error.message : String(error)
  return new TowpathError('bad-input', `'${name}' is not a tar.gz that can be read: ${said}`, {
    hint: 'make it by tar --create --gzip, and hand it over whole',
    cause: error,
  })
}

async function* membersOf(input: Input): AsyncGenerator<TarMember> {
  let next: { readonly path?: string; readonly linkpath?: string; readonly size?: string } = {}
  for (;;) {
    const header = await input.take(BLOCK)
    if (header.every((byte) => byte === 0)) return
    requireSum(header)
    const type = String.fromCharCode(header[156] ?? 0)
    const bytes = next.size === undefined ? numberAt(header, 124, 12) : Number(next.size)
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new Error('a size is none')
    if ('xgLK'.includes(type)) {
      if (bytes > MOST_HEADER_BYTES) throw new Error('a header is too long')
      const text = Buffer.from(await input.take(bytes)).toString('utf8')
      await input.skip(padding(bytes))
      if (type === 'x') next = { ...next, ...extended(text) }
      if (type === 'L') next = { ...next, path: untilNul(text) }
      if (type === 'K') next = { ...next, linkpath: untilNul(text) }
      continue
    }
    const content = input.part(bytes)
    yield {
      name: next.path ?? nameOf(header),
      type: types[type] ?? 'other',
      mode: numberAt(header, 100, 8),
      link: next.linkpath ?? untilNul(textAt(header, 157, 100)),
      bytes,
      content,
    }
    for await (const _ of content);
    await input.skip(padding(bytes))
    next = {}
  }
}

const types: Readonly<Record<string, TarMember['type']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hard-link',
  '2': 'link',
  '5': 'folder',
}

function padding(bytes: number): number {
  return (BLOCK - (bytes % BLOCK)) % BLOCK
}

function textAt(header: Uint8Array, at: number, length: number): string {
  return Buffer.from(header.subarray(at, at + length)).toString('utf8')
}

function untilNul(text: string): string {
  return text.split('\0', 1)[0] ?? ''
}

function nameOf(header: Uint8Array): string {
  const prefix = textAt(header, 257, 5) === 'ustar' && header[262] === 0 ? untilNul(textAt(header, 345, 155)) : ''
  return `${prefix}${prefix === '' ? '' : '/'}${untilNul(textAt(header, 0, 100))}`
}

/** An octal number; GNU writes large ones in base 256, with the first bit set. */
function numberAt(header: Uint8Array, at: number, length: number): number {
  const field = header.subarray(at, at + length)
  if (((field[0] ?? 0) & 0x80) !== 0) return field.reduce((sum, byte, index) => sum * 256 + (index === 0 ? byte & 0x7f : byte), 0)
  const digits = untilNul(Buffer.from(field).toString('latin1')).trim()
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN
}

/** The sum of a header's bytes, its own field taken as spaces. */
function requireSum(header: Uint8Array): void {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
  if (sum !== numberAt(header, 148, 8)) throw new Error('a header is damaged')
}

/** The records of a pax header: `<length> <key>=<value>\n`, where the length counts the whole record in bytes. */
function extended(text: string): Readonly<Record<string, string>> {
  let rest = Buffer.from(text)
  const found: [string, string][] = []
  while (rest.length > 0) {
    const length = Number(/^(\d{1,7}) /.exec(rest.toString('utf8', 0, 8))?.[1] ?? 0)
    if (length === 0 || length > rest.length) throw new Error('an extended header is damaged')
    const [, key = '', value = ''] = /^\d+ ([^=]+)=([\s\S]*)\n$/.exec(rest.toString('utf8', 0, length)) ?? []
    if (key === 'path' || key === 'linkpath' || key === 'size') found.push([key, value])
    rest = rest.subarray(length)
  }
  return Object.fromEntries(found)
}

/** Bytes that come in pieces, taken in portions. */
class Input {
  readonly #pieces: AsyncIterator<Uint8Array>
  readonly #fault: (error: unknown) => TowpathError
  #held: Uint8Array = new Uint8Array()

  /** @param fault What is thrown where the pieces end too early, or in an error. */
  constructor(pieces: AsyncIterator<Uint8Array>, fault: (error: unknown) => TowpathError) {
    this.#pieces = pieces
    this.#fault = fault
  }

  async #some(most: number): Promise<Uint8Array> {
    while (this.#held.length === 0) {
      const { done, value } = await this.#pieces.next().catch((error: unknown) => {
        throw this.#fault(error)
      })
      if (done) throw this.#fault('it ends too early')
      this.#held = value
    }
    const some = this.#held.subarray(0, most)
    this.#held = this.#held.subarray(some.length)
    return some
  }

  async take(bytes: number): Promise<Uint8Array> {
    return Buffer.concat(await Array.fromAsync(this.part(bytes)))
  }

  async skip(bytes: number): Promise<void> {
    for await (const _ of this.part(bytes));
  }

  /** The next bytes, which are gone once they were read; reading on where it was left goes on there. */
  part(bytes: number): AsyncIterable<Uint8Array> {
    let left = bytes
    const some = (most: number): Promise<Uint8Array> => this.#some(most)
    return {
      async *[Symbol.asyncIterator]() {
        while (left > 0) {
          const piece = await some(left)
          left -= piece.length
          yield piece
        }
      },
    }
  }
}
