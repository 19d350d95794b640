import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

const SIZE = 1_000_000
const flush = fileURLToPath(new URL('../../src/hosts/terminal.ts', import.meta.url))

/** How many bytes arrive of a megabyte on each stream, through pipes that are read only after a while. */
async function arrived(before: string): Promise<readonly [stdout: number, stderr: number]> {
  const script = `import { flush } from ${JSON.stringify(flush)}
    for (const stream of [process.stdout, process.stderr]) stream.write('x'.repeat(${SIZE}))
    ${before}
    process.exit(0)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise((resolve) => child.on('close', resolve))
  await sleep(500)
  const counted = [child.stdout, child.stderr].map(async (stream) => {
    let bytes = 0
    for await (const chunk of stream) bytes += (chunk as Buffer).length
    return bytes
  })
  const [stdout = 0, stderr = 0] = await Promise.all(counted)
  await ended
  return [stdout, stderr]
}

describe('point 10: the end of what is written', () => {
  test('arrives on both streams, however slow the pipes are', async () => {
    expect(await arrived('await flush([process.stdout, process.stderr])')).toEqual([SIZE, SIZE])
  })

  test('is lost where only one of them is waited for (the test can fail)', async () => {
    const [stdout, stderr] = await arrived('await flush([process.stdout])')
    expect(stdout).toBe(SIZE)
    expect(stderr).toBeLessThan(SIZE)
  })
})
