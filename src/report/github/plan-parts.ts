import { digestOf } from '../../digest.ts'
import { type Block, divideBlocks, printBlocks } from '../../render/blocks.ts'
import { closing, planBlocks, type TitledPlan } from '../../render/plan-markdown.ts'
import { code, codeUpTo } from '../../render/summary-markdown.ts'

/**
 * What GitHub takes in one comment. It says `characters` and does not say of which kind; some clients count bytes (runatlantis/atlantis,
 * abcxyz/guardian: `len` in Go), others UTF-16 code units. There are never fewer bytes than either, so bytes are counted here.
 */
export const COMMENT_BYTES = 65_536

/** For the marker, the title and the end of a part. */
const FRAME = 2_000

/** Whose plan a comment shows, of what, and where it was made. */
export interface PlanNote extends TitledPlan {
  readonly commit: string | undefined
  /** The address of the run. */
  readonly run: string | undefined
}

/** How every comment on this service and environment begins. Names may be anything here: a digest is inert. */
export function markerOf({ service, environment }: Pick<PlanNote, 'service' | 'environment'>): string {
  return `<!-- towpath:plan ${digestOf(`${service}\n${environment}`).slice(7, 31)} `
}

/** What a marker says of its comment. */
export interface Marked {
  /** From 1. */
  readonly part: number
  /** GitHub's number of the run that wrote it, which grows with each run of a repository; 0 if it was not known. */
  readonly run: number
}

export function readMarker(body: string): Marked | undefined {
  const [, part, run] = /^<!-- towpath:plan [0-9a-f]{24} (\d{1,4})\/\d{1,4} run (\d{1,15}) -->/.exec(body) ?? []
  return part === undefined ? undefined : { part: Number(part), run: Number(run) }
}

/** GitHub's number of a run, from its address. */
export function runNumber(run: string | undefined): number {
  return Number(/\/actions\/runs\/(\d{1,15})(?:\/|$)/.exec(run ?? '')?.[1] ?? 0)
}

/** A plan as comments, each of which GitHub takes and each of which can be read by itself. */
export function planParts(note: PlanNote): readonly string[] {
  const [title, ...blocks] = planBlocks(note)
  const parts = divideBlocks(blocks, COMMENT_BYTES - FRAME)
  const pages = parts.length === 0 ? [[]] : parts
  return pages.map((page, index) => {
    const numbered = pages.length > 1 ? ` (${index + 1} of ${pages.length})` : ''
    const heading = index === 0 && title ? printBlocks([title]) : `### ${codeUpTo(300, note.service)} to ${codeUpTo(300, note.environment)}`
    const marker = `${markerOf(note)}${index + 1}/${pages.length} run ${runNumber(note.run)} -->`
    const isLast = index === pages.length - 1
    const all: readonly Block[] = [
      { kind: 'paragraph', text: `${marker}\n${heading}${numbered}` },
      ...(index === 0 ? byline(note) : []),
      ...page,
      ...(isLast ? closing(note) : [{ kind: 'paragraph' as const, text: '*It goes on in the next comment.*' }]),
    ]
    return `${printBlocks(all)}\n`
  })
}

function byline({ commit, run }: PlanNote): readonly Block[] {
  const parts = [
    ...(commit !== undefined && /^[0-9a-f]{7,64}$/.test(commit) ? [`Of commit ${code(commit.slice(0, 12))}`] : []),
    ...(isAddress(run) ? [`[log of the run](${run})`] : []),
  ]
  return parts.length > 0 ? [{ kind: 'paragraph', text: parts.join(' · ') }] : []
}

/** True of an address that nothing in it can end: only what GitHub makes itself. */
function isAddress(run: string | undefined): run is string {
  return run !== undefined && /^https?:\/\/[\w.:-]+\/[\w.-]+\/[\w.-]+\/actions\/runs\/\d+$/.test(run)
}
