// Port: the history of commits, as git or GitHub knows it.

/** How a commit stands to another: `ahead` of it if it came after it, `behind` if it came before. */
export type Relation = 'same' | 'ahead' | 'behind' | 'diverged' | 'unknown'

/** The history of the repository that is deployed from. */
export interface Commits {
  /** The relation of `head` to `base`, both whole commit ids; 'unknown' whenever it cannot be told. Never throws. */
  compare(base: string, head: string): Promise<Relation>
}

/** A whole commit id, of SHA-1 or SHA-256. What is none is never given to a program or a service. */
export function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
}

/** Several histories asked one after the other, until one knows. */
export function firstKnown(histories: readonly Commits[]): Commits {
  return {
    async compare(base, head) {
      for (const history of histories) {
        const relation = await history.compare(base, head)
        if (relation !== 'unknown') return relation
      }
      return 'unknown'
    },
  }
}
