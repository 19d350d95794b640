import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Machine } from './machine.ts'

/**
 * Makes the root: an overlay of this machine's own, with its own /proc and /run, this machine's devices, and no service that a package
 * starts by itself. `$1` holds what changes, `$2` is the host's name. Says its process id as this machine knows it, and sleeps.
 */
const HOLDER = `set -e
mkdir -p "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
mount -t tmpfs tmpfs "$1/root/run"
printf '#!/bin/sh\\nexit 101\\n' > "$1/root/usr/sbin/policy-rc.d"
chmod 755 "$1/root/usr/sbin/policy-rc.d"
hostname "$2"
ip link set lo up 2>/dev/null || true
echo ready
exec chroot "$1/root" sleep infinity`

const FLAGS = ['--mount', '--pid', '--net', '--uts', '--ipc', '--fork', '--kill-child']

/**
 * A host with a root, a network and processes of its own. Needs root and Linux. Its file system shows this machine's packages. Not a
 * security boundary. It ends with this process.
 */
export async function namespaceMachine(name: string): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), 'towpath-host-'))
  // Overlays cannot lie on one another: a tmpfs of its own holds what changes, and goes with the namespace.
  const script = `mount -t tmpfs tmpfs "$1"\n${HOLDER}`
  const unshare = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...FLAGS, 'sh', '-c', script, 'sh', folder, name], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complained = ''
  unshare.stderr.on('data', (text: Buffer) => {
    complained += text
  })
  const ended = once(unshare, 'close')
  const ready = once(createInterface({ input: unshare.stdout }), 'line')
  const first = await Promise.race([ready.then(() => 'ready' as const), ended.then(() => 'ended' as const)])
  const holder = first === 'ready' && unshare.pid !== undefined ? await childOf(unshare.pid) : undefined
  if (holder === undefined) {
    await rm(folder, { recursive: true, force: true })
    throw new Error(`the root of host ${name} could not be made: ${complained.trim()}`)
  }
  return {
    name,
    root: '',
    path: (ofHost) => join(`/proc/${holder}/root`, ofHost),
    shown: (ofHost) => ofHost,
    command: (argv) => ['nsenter', '-t', String(holder), '-m', '-p', '-n', '-u', '-i', '-r', '-w', '--', ...argv],
    mayChangeOwners: true,
    // All of them are in the namespace.
    began: () => {},
    async close() {
      // The first process of a namespace takes no other signal.
      process.kill(holder, 'SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The process that `unshare` forked. */
async function childOf(pid: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  const [child] = children.trim().split(' ')
  return child ? Number(child) : undefined
}

/** True if such hosts can be made here. */
export async function canHaveNamespaces(): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  try {
    const machine = await namespaceMachine('probe')
    await machine.close()
    return true
  } catch {
    return false
  }
}
