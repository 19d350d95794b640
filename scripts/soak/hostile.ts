import { attack } from '../../test/repository/hostile.ts'
import { numbers } from '../../test/support/numbers.ts'
import type { Soak } from './soak.ts'

const REPOSITORIES = 2_000

export const hostile: Soak = {
  summary: `runs the verbs that read a repository on ${REPOSITORIES} hostile ones: no hang, no crash, no read outside`,
  async run(seed, say) {
    const next = numbers(seed)
    for (let count = 1; count <= REPOSITORIES; count++) {
      const wrong = await attack(next(2 ** 31 - 1))
      if (wrong.length > 0) throw new Error(wrong.join('\n'))
      if (count % 200 === 0) say(`${count} repositories`)
    }
    return `${REPOSITORIES} repositories, nothing hung, crashed or read outside`
  },
}
