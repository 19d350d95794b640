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
  /** What is in a zip's directory, at most `most` entries. A file that is no whole zip, or holds more, is refused. */
  entries(files: Files, path: string, most: number): Promise<readonly ZipEntry[]>
}

/** One entry of a zip's directory. */
export interface ZipEntry {
  /** As written there; a folder's ends in `/`. */
  readonly name: string
  /** The file's type and permissions as Unix has them (`st_mode`); undefined where the zip was made on a system without. */
  readonly mode: number | undefined
}
