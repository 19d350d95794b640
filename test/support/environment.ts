import { TestEnvironment } from 'jest-environment-node'
import { descendants } from './processes.ts'

/** The part of jest-circus's events that is read. */
interface Event {
  readonly name: string
  readonly test?: { readonly errors: readonly unknown[] }
}

/**
 * Where a file of tests runs that starts processes. What a failed test leaves running is ended before the next test begins, so that one
 * which ran out of its limit disturbs no neighbour. What a hook such as beforeAll started is not the test's, and stays.
 */
export default class EndsLeftovers extends TestEnvironment {
  private before: ReadonlySet<number> = new Set()

  async handleTestEvent({ name, test }: Event): Promise<void> {
    if (name === 'test_start') this.before = new Set(await descendants(process.pid))
    // Comes after the test's own hooks, which end what they know of.
    if (name === 'test_done' && test && test.errors.length > 0) await this.endLeftovers()
  }

  private async endLeftovers(): Promise<void> {
    for (const pid of await descendants(process.pid)) if (!this.before.has(pid)) end(pid)
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself meanwhile.
  }
}
