/**
 * What reading the log costs: requests and rounds of requests in the world in memory, exactly, and a process's CPU time and peak memory
 * against a bucket on this machine. `node bench/log.ts [requests | verify | full]`. Exits 1 if a bound is missed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { aService, type MemoryWorld, readyWorld } from '../test/world/towpath.ts'
import { aBucket, plant, serve } from './log/bucket.ts'
import { rounds } from './log/rounds.ts'

const root = resolve(import.meta.dirname, '..')
let missed = 0

function told(what: string, figure: number, bound: number, unit: string): void {
  const verdict = figure <= bound ? 'ok' : 'MISSED'
  if (figure > bound) missed += 1
  console.log(`  ${what.padEnd(58)} ${String(figure).padStart(6)} ${unit}  (bound ${bound}) ${verdict}`)
}

/** The requests to the bucket that a deed makes. */
async function counted(world: MemoryWorld, deed: () => ReturnType<MemoryWorld['run']>): Promise<number> {
  world.bucket.requests.length = 0
  const { error } = await deed()
  if (error) throw error
  return world.bucket.requests.length
}

const sized = (size: number) => aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } })

/** A rollback beside a deployment, of a log that has so many records when they begin. */
async function rollback(count: number): Promise<void> {
  const world = await readyWorld()
  world.write(sized(1))
  const { outputs } = await world.run('create-release')
  const old = String(outputs.release) as `sha256:${string}`
  await plant(world.bucket, count - 2, (n) => (n === 5 ? { release: old } : {}))
  await world.clock.advance(3_600_000)
  for (const size of [2, 3]) {
    world.write(sized(size))
    await world.run('deploy')
    await world.clock.advance(3_600_000)
  }
  world.write(sized(4))
  const deployment = await counted(world, () => world.run('deploy'))
  const back = await counted(world, () => world.run('rollback'))
  told(`rollback after ${count} deployments (a deployment: ${deployment})`, back, deployment + 10, 'requests')
  const segments = world.bucket.keys('deployments/staging/delivery/segments/').length
  const far = await counted(world, () => world.run('rollback', { to: old }))
  const on = Math.floor(count / 500) + Math.floor((count % 500) / 20)
  told(`rollback --to the fifth after ${count} (${segments} segments are there)`, far, deployment + 10 + on, 'requests')
}

async function newest(count: number): Promise<void> {
  const world = await readyWorld()
  await plant(world.bucket, count)
  const counting = rounds()
  const { error } = await world.run('log', {}, { intercept: counting })
  if (error) throw error
  told(`log of the newest 20 of ${count}`, counting.calls, 25, 'requests')
  told(`log of the newest 20 of ${count}`, counting.deepest, 4, 'rounds')
}

/** A process that verifies a log over HTTP: what it asked, its CPU time in seconds, and its peak memory in megabytes. */
async function verified(
  count: number,
  ...flags: readonly string[]
): Promise<{ asked: number; cpu: number; memory: number; seconds: number }> {
  const bucket = await aBucket(count)
  const server = await serve(bucket)
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  }
  const args = ['log', '--service', 'delivery', '--environment', 'staging', '--bucket', 'acme-platform', '--verify', ...flags]
  const begun = performance.now()
  const child = spawn(process.execPath, [join(root, 'bench/log/measured.ts'), ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.on('data', (piece) => {
    printed += piece
  })
  const [code] = await once(child, 'close')
  const seconds = (performance.now() - begun) / 1_000
  server.close()
  if (code !== 0) throw new Error(`log --verify ended with ${code}: ${printed}`)
  const [verdict, figures = '{}'] = printed.trim().split('\n').slice(-2)
  console.log(`  ${verdict}`)
  const { cpu, memory } = JSON.parse(figures) as { cpu: number; memory: number }
  return { asked: server.asked(), cpu, memory, seconds }
}

async function benchVerify(): Promise<void> {
  for (const count of [10_499, 10_500]) {
    const { asked, cpu, memory, seconds } = await verified(count)
    told(`log --verify of ${count}, in ${seconds.toFixed(1)} s`, asked, 90, 'requests')
    told(`log --verify of ${count}`, Number(cpu.toFixed(2)), 2, 's CPU')
    told(`log --verify of ${count}`, memory, 150, 'MB peak')
  }
}

async function benchFull(): Promise<void> {
  const small = await verified(1_000, '--full')
  const large = await verified(10_000, '--full')
  console.log(
    `  log --verify --full of 1,000: ${small.asked} requests, ${small.cpu.toFixed(1)} s CPU, ${small.seconds.toFixed(1)} s, ${small.memory} MB`,
  )
  console.log(`  log --verify --full of 10,000: ${large.asked} requests, ${large.cpu.toFixed(1)} s CPU, ${large.seconds.toFixed(1)} s`)
  told('log --verify --full of 10,000', large.memory, 150, 'MB peak')
}

console.log(`Node ${process.version}, ${process.arch}`)
const only = process.argv[2]
if (only === undefined || only === 'requests') {
  for (const count of [22, 1_002, 10_002]) await rollback(count)
  for (const count of [21, 10_499, 10_500]) await newest(count)
}
if (only === undefined || only === 'verify') await benchVerify()
if (only === undefined || only === 'full') await benchFull()
process.exitCode = missed > 0 ? 1 : 0
