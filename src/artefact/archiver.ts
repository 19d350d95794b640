// Port: zip archives, and tar archives of builds.
import type { Files } from '../ports/files.ts'

/** One file of an archive that is to be made. */
export interface ArchiveMember {
  /** Its path in the archive: relative, with `/`, unique. */
  readonly name: string
  /** How many bytes `open` gives. */
  readonly bytes: number
  readonly executable: boolean
  /** True for content that is compressed already: it is stored as it is. */
  readonly stored?: boolean
  open(): AsyncIterable<Uint8Array>
}

/** One file of a small archive, read. */
export interface ArchivedFile {
  readonly name: string
  readonly bytes: Uint8Array
  readonly executable: boolean
}

/** Makes and reads zips. */
export interface Archiver {
  /**
   * A zip of the members in their order, in pieces. One member is open at a time, and none is read faster than the pieces are taken.
   * The same members give the same bytes, whatever the time, the time zone and the sizes of their pieces.
   */
  zip(members: readonly ArchiveMember[]): AsyncIterable<Uint8Array>
  /** The bytes of the zip of ours at `path` with one more file, stored as it is: nothing of the zip is unpacked or held. */
  append(files: Files, path: string, name: string, content: Uint8Array): AsyncIterable<Uint8Array>
  /** The members of a tar.gz, in their order. One that is damaged is refused where the damage is. */
  tar(files: Files, path: string): AsyncIterable<TarMember>
  /** What is in a zip's directory, at most `most` entries. A file that is no whole zip, or holds more, is refused. */
  entries(files: Files, path: string, most: number): Promise<readonly ZipEntry[]>
  /** The files in a small zip that is held in memory, in the order of its directory. One that is damaged is refused. */
  unzip(bytes: Uint8Array): Promise<readonly ArchivedFile[]>
}

/** One member of a tar archive, as written there. */
export interface TarMember {
  readonly name: string
  readonly type: 'file' | 'folder' | 'link' | 'hard-link' | 'other'
  /** Permissions as Unix has them. */
  readonly mode: number
  /** What a link leads to: from its own folder; a hard link from the archive's root. */
  readonly link: string
  readonly bytes: number
  /** Its bytes, to be read before the next member comes. */
  readonly content: AsyncIterable<Uint8Array>
}

/** One entry of a zip's directory. */
export interface ZipEntry {
  /** As written there; a folder's ends in `/`. */
  readonly name: string
  /** The file's type and permissions as Unix has them (`st_mode`); undefined where the zip was made on a system without. */
  readonly mode: number | undefined
}
