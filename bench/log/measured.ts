/** Runs a command line in this process, and prints its CPU time in seconds and its peak memory in megabytes, starting included. */
import { main } from '../../src/hosts/cli.ts'

const exit = process.exit.bind(process)
process.exit = ((code?: number) => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  process.stdout.write(`${JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, memory: Math.round(maxRSS / 1_024) })}\n`, () =>
    exit(code),
  )
}) as typeof process.exit
await main(process.argv.slice(2), [])
