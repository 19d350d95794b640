import { digestOf } from '../../digest.ts'
import { type Block, divideBlocks, printBlocks } from '../../render/blocks.ts'
import { closing, planBlocks, type TitledPlan } from '../../render/plan-markdown.ts'
import { code, codeUpTo } from '../../render/summary-markdown.ts'

/**
 * The longest comment that GitHub takes. Its documentation says `characters` and not of which kind; some clients count bytes
 * (runatlantis/atlantis, abcxyz/guardian: `len` in Go), others UTF-16 code units. There are at least as many bytes as either, so we count
 * bytes.
 */
export const COMMENT_BYTES = 65_536

/** The bytes that are kept free for the marker, the title and the end of a part. */
const FRAME = 2_000

/** A plan with the commit that it is of and the run that made it. */
export interface PlanNote extends TitledPlan {
  readonly commit: string | undefined
  /** The address of the run. */
  readonly run: string | undefined
}

/** The beginning of every comment on this service and environment. It holds a digest because a name may hold any character. */
export function markerOf({ service, environment }: Pick<PlanNote, 'service' | 'environment'>): string {
  return `<!-- towpath:plan ${digestOf(`${service}\n${environment}`).slice(7, 31)} `
}

/** What a marker says about its comment. */
export interface Marked {
  /** Counts from 1. */
  readonly part: number
  /** GitHub's number of the run that wrote it, which grows with each run of a repository; 0 if it is unknown. */
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

/** The text of each comment that shows a plan: none is too long for GitHub, and each can be read by itself. */
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

/** True for the address of a run as GitHub writes it: no character in it can end a Markdown link. */
function isAddress(run: string | undefined): run is string {
  return run !== undefined && /^https?:\/\/[\w.:-]+\/[\w.-]+\/[\w.-]+\/actions\/runs\/\d+$/.test(run)
}
