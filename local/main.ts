import { startAws } from './aws.ts'

/**
 * The local AWS in the foreground. Standard output: five lines `export NAME=value` and the line `ready`; everything else goes to
 * standard error. Ctrl-C, SIGTERM and SIGHUP, which may come more than once, end it and all it started. That is how it is meant
 * to end, so the exit code is 0: any other makes npm print a page about an error.
 */
async function main(): Promise<number> {
  const python = process.env.TOWPATH_PYTHON
  if (python === undefined || python === '') {
    console.error('TOWPATH_PYTHON is not set: start the local AWS with `npm run local`')
    return 2
  }
  const stopping = new AbortController()
  const asked = new Promise((resolve) => stopping.signal.addEventListener('abort', resolve))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
  // Whoever read the lines may close the pipe; the local AWS goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  try {
    const aws = await startAws({ python, log: 2, signal: stopping.signal })
    for (const [name, value] of Object.entries(aws.environment)) console.log(`export ${name}=${value}`)
    console.log('ready')
    await Promise.race([aws.ended, asked])
    if (!stopping.signal.aborted) {
      console.error('the local AWS ended by itself: its output above says why')
      return 1
    }
    console.error('stopping the local AWS')
    await aws.stop()
    return 0
  } catch (error) {
    if (stopping.signal.aborted) return 0
    console.error(error instanceof Error ? error.message : error)
    return 1
  }
}

process.exitCode = await main()
