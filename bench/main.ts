/** Runs a benchmark by its name: `npm run bench -- start`. Each is a file of this folder and prints ratios of its own. */
import { spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

const names = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -3))
  .sort()
const [name = '', ...rest] = process.argv.slice(2)
if (names.includes(name)) {
  const child = spawn(process.execPath, [...process.execArgv, join(import.meta.dirname, `${name}.ts`), ...rest], { stdio: 'inherit' })
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.on('SIGINT', forward)
  process.on('SIGTERM', forward)
  child.on('exit', (code) => {
    process.off('SIGINT', forward)
    process.off('SIGTERM', forward)
    process.exitCode = code ?? 1
  })
} else {
  console.error(`${name === '' ? 'no benchmark is named' : `there is no benchmark '${name}'`}; there are ${names.join(', ')}`)
  process.exitCode = 2
}
