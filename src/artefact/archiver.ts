// Port: zip archives.
import type { Files } from '../ports/files.ts'

/** One file of an archive that is to be made. */
export interface ArchiveMember {
  /** Its path in the archive: relative, with `/`, unique. */
  readonly name: string
  /** How many bytes `open` gives. */
  readonly bytes: number
  readonly executable: boolean
  open(): AsyncIterable<Uint8Array>
}

/** Makes and reads zips. */
export interface Archiver {
  /**
   * A zip of the members in their order, in pieces. One member is open at a time, and none is read faster than the pieces are taken.
   * The same members give the same bytes, whatever the time, the time zone and the sizes of their pieces.
   */
  zip(members: readonly ArchiveMember[]): AsyncIterable<Uint8Array>
  /** The names in a zip's directory, as written there; folders end in `/`. A file that is no whole zip is refused. */
  names(files: Files, path: string): Promise<readonly string[]>
}
