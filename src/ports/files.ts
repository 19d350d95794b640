// Port: the file system.

/** The kind of a path. Links are not followed. `other` is a device, a socket or a pipe. */
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
  /** True for a file with a set-user-id or set-group-id bit; absent for anything else. */
  readonly setId?: boolean
}

/** A temporary folder; `remove` deletes it and everything in it. */
export interface TemporaryFolder {
  readonly path: string
  remove(): Promise<void>
}

/** The files of this machine. Paths are absolute. Errors other than "not there" are TowpathErrors that name the path. */
export interface Files {
  /** The whole file, or undefined if there is none. A device, a socket, a pipe and a file of more than `most` bytes are refused unread. */
  read(path: string, most?: number): Promise<Uint8Array | undefined>
  /** The content in pieces, for files that may be large. */
  stream(path: string): AsyncIterable<Uint8Array>
  /** At most `bytes` bytes of a file from byte `from` on, fewer at its end. Throws if there is no such file, as `stream` does. */
  part(path: string, from: number, bytes: number): Promise<Uint8Array>
  /** The folder's entries in no particular order, or undefined if there is no such folder. */
  list(path: string): Promise<readonly FileEntry[] | undefined>
  /** The facts of the path itself (a link is not followed), or undefined if there is nothing. */
  facts(path: string): Promise<FileFacts | undefined>
  /** The absolute path that a link leads to in the end; undefined if there is nothing, or the links form a circle. */
  resolve(path: string): Promise<string | undefined>
  /** Writes a file and the folders above it. An existing file is replaced as a whole or not at all. */
  write(path: string, body: Uint8Array | string): Promise<void>
  /** Writes a file from pieces as they come. If they end in an error, nothing has changed, as with `write`. */
  writeStream(path: string, body: AsyncIterable<Uint8Array>): Promise<void>
  /** Writes a file that must not be there yet, and the folders above it; throws if there is anything at the path. */
  writeNew(path: string, body: AsyncIterable<Uint8Array>, executable: boolean): Promise<void>
  temporary(): Promise<TemporaryFolder>
}
