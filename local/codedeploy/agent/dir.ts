import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Machine, signalGroup } from './machine.ts'

/** A host whose `/` is a folder. No root is needed: its hooks run as whoever runs this. */
export function dirMachine(name: string, folder: string): Machine {
  const groups = new Set<number>()
  return {
    name,
    root: folder,
    path: (ofHost) => join(folder, ofHost),
    shown: (ofHost) => join(folder, ofHost),
    command: (argv) => argv,
    mayChangeOwners: false,
    began: (group) => void groups.add(group),
    async close() {
      for (const group of groups) signalGroup(group, 'SIGKILL')
      // What made a session of its own is known by the variable that it was given.
      for (const pid of await having(`TOWPATH_HOST_ROOT=${folder}`)) signalOne(pid)
    },
  }
}

/** The processes that have a variable, where the system tells. */
async function having(variable: string): Promise<readonly number[]> {
  const found: number[] = []
  for (const entry of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(entry)) continue
    const environment = await readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '')
    if (environment.split('\0').includes(variable)) found.push(Number(entry))
  }
  return found
}

function signalOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
