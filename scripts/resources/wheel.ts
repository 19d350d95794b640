import { text } from 'node:stream/consumers'
import { fromBuffer, open, type ZipFile } from 'yauzl'

/** The text files of a wheel that the resource data is made from, by their path in it, sorted. */
export type Wheel = ReadonlyMap<string, string>

const wanted = /^cfnlint\/(data\/schemas\/(providers|resources)\/.*\.json|schema\/_getatts\.py)$/

export async function readWheel(source: string | Buffer): Promise<Wheel> {
  const zip = await opened(source)
  const found: [string, string][] = []
  await new Promise<void>((done, fail) => {
    zip.on('error', fail)
    zip.on('end', done)
    zip.on('entry', (entry) => {
      if (!wanted.test(entry.fileName)) return zip.readEntry()
      zip.openReadStream(entry, (error, stream) => {
        if (error) return fail(error)
        text(stream).then((content) => {
          found.push([entry.fileName, content])
          zip.readEntry()
        }, fail)
      })
    })
    zip.readEntry()
  })
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function opened(source: string | Buffer): Promise<ZipFile> {
  return new Promise((done, fail) => {
    const take = (error: Error | null, zip: ZipFile) => (error ? fail(error) : done(zip))
    if (typeof source === 'string') open(source, { lazyEntries: true }, take)
    else fromBuffer(source, { lazyEntries: true }, take)
  })
}
