import { numbers } from '../../test/support/numbers.ts'
import { checkRandomTemplates } from '../../test/template/random.ts'
import type { Soak } from './soak.ts'

const TEMPLATES = 20_000
/** How many are made between two lines. */
const STEP = 5_000

export const templates: Soak = {
  summary: 'reads random templates, writes them, and reads them again',
  async run(seed, say) {
    const next = numbers(seed)
    for (let made = 0; made < TEMPLATES; made += STEP) {
      checkRandomTemplates(STEP, next)
      say(`${made + STEP} templates`)
    }
    return `${TEMPLATES} random templates, all read as they were meant`
  },
}
