import { aVictim, damageOnce } from '../../test/deployment/log/damages.ts'
import type { Soak } from './soak.ts'

/** How many damages are done, one after the other. */
const DAMAGES = 10_000

export const log: Soak = {
  summary: 'damages a log in one place at a time, and looks whether log --verify --full names it',
  async run(seed, say) {
    const victim = await aVictim()
    let quick = 0
    const kinds = new Map<string, number>()
    for (let n = 0; n < DAMAGES; n++) {
      const { kind, inFull, byETag } = await damageOnce(victim, (seed + n) % 2 ** 31)
      if (!inFull) throw new Error(`${kind} (seed ${(seed + n) % 2 ** 31}) was not found, or at the wrong record`)
      if (byETag) quick += 1
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    }
    for (const [kind, count] of kinds) say(`${kind}: ${count}, all found in full`)
    return `${DAMAGES} damages, all found in full; ${quick} of them by ETag too`
  },
}
