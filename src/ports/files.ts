// Port: the file system.

/** What a path is. Links are never followed by `kind`; whatever is neither file, folder nor link is `other` (devices, sockets, pipes). */
export type FileKind = 'file' | 'folder' | 'link' | 'other'

export interface FileEntry {
  readonly name: string
  readonly kind: FileKind
}

export interface FileFacts {
  readonly kind: FileKind
  /** The size of a file; 0 for anything else. */
  readonly bytes: number
  /** True for a file that anybody may execute. */
  readonly executable: boolean
}

/** A temporary folder; `remove` deletes it and all in it. */
export interface TemporaryFolder {
  readonly path: string
  remove(): Promise<void>
}

/** The files of this machine. Paths are absolute. Errors other than "not there" are TowpathErrors that name the path. */
export interface Files {
  /** The whole file, or undefined if there is none. */
  read(path: string): Promise<Uint8Array | undefined>
  /** The content in pieces, for files that may be large. */
  stream(path: string): AsyncIterable<Uint8Array>
  /** At most `bytes` bytes of a file from byte `from` on: fewer where it ends. Like `stream`, it refuses a file that is not there. */
  part(path: string, from: number, bytes: number): Promise<Uint8Array>
  /** The folder's entries in no particular order, or undefined if there is no such folder. */
  list(path: string): Promise<readonly FileEntry[] | undefined>
  /** Facts of the path itself (a link is not followed), or undefined if there is nothing. */
  facts(path: string): Promise<FileFacts | undefined>
  /** Where a link leads in the end, as an absolute path; undefined if it dangles or runs in a circle. */
  resolve(path: string): Promise<string | undefined>
  /** Writes a file, making its folders; a file that is there is replaced whole or not at all. */
  write(path: string, body: Uint8Array | string): Promise<void>
  /** Writes a file from pieces as they come, with the guarantees of `write`: if they end in an error, nothing has changed. */
  writeStream(path: string, body: AsyncIterable<Uint8Array>): Promise<void>
  temporary(): Promise<TemporaryFolder>
}
