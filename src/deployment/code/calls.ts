import { printDuration } from '../../ports/clock.ts'
import type { Change, ShipHooks } from '../../rollout/request.ts'
import { isOver } from '../../rollout/status.ts'
import type { Run } from '../apply/run.ts'
import type { EntryFact } from '../log/record.ts'

/** Writes each call that changes something into the log of the deployment, before it is made and once it is known what came of it. */
export function writingCalls({ journal, lease, code, target: { log } }: Run): ShipHooks {
  return {
    async intent(change) {
      // CodeDeploy takes no token that keeps two runs from acting at once, so the lock is read anew before each call.
      await lease.confirmStillOurs()
      await journal.append({ kind: 'intent', token: change.token, ...callOf(change) })
      if (change.does === 'create-deployment') Object.assign(code, { began: true, underWay: true })
    },
    async outcome(change, result, reason) {
      const { does, id } = change
      if (does === 'create-deployment' && id === null) Object.assign(code, { began: false, underWay: false })
      if (does === 'create-deployment' && result !== id) code.underWay = false
      journal.note({ kind: 'outcome', ...callOf(change), result, reason } satisfies EntryFact)
    },
    recheck: () => lease.confirmStillOurs(),
    progress({ host, event, status, seconds }) {
      if (!isOver(status)) return
      const after = seconds === null ? '' : ` after ${printDuration(seconds * 1_000)}`
      log.info(`${host}: ${event === null ? '' : `${event} `}${wordOf(status)}${after}`)
    },
  }
}

function callOf({ does, application, group, id }: Change) {
  return { stack: null, application, group, does, id } as const
}

/** `InProgress` as people read it. */
function wordOf(status: string): string {
  return status.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
}
