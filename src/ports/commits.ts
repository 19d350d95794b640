// Port: the history of commits, as git or GitHub knows it.

/** The relation of one commit to another: `ahead` if it came after the other, `behind` if it came before. */
export type Relation = 'same' | 'ahead' | 'behind' | 'diverged' | 'unknown'

/** The history of the repository that a deployment comes from. */
export interface Commits {
  /** The relation of `head` to `base`, both complete commit ids; 'unknown' if it cannot be found out. Never throws. */
  compare(base: string, head: string): Promise<Relation>
}

/** True for a complete commit id, of SHA-1 or SHA-256. No other text is ever passed to a program or a service. */
export function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
}

/** Asks several histories, one after the other, until one knows the relation. */
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
