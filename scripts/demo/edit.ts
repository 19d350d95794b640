import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DemoError } from './ending.ts'
import type { Stage } from './stage.ts'

/** Changes one line of a file in the demo's folder, and shows the line before and after. */
export async function edit({ folder, narrator }: Stage, file: string, from: string, to: string): Promise<void> {
  const path = join(folder, file)
  const lines = (await readFile(path, 'utf8')).split('\n')
  const found = lines.flatMap((line, index) => (line.includes(from) ? [index] : []))
  const [index] = found
  const before = index === undefined ? undefined : lines[index]
  if (index === undefined || before === undefined || found.length > 1) throw new DemoError(`${file} should have one line with '${from}'`)
  const after = before.replace(from, () => to)
  lines[index] = after
  await writeFile(path, lines.join('\n'))
  narrator.remark(`change ${file}, line ${index + 1}`)
  narrator.change(before.trim(), after.trim())
}
