import { execFileSync } from 'node:child_process'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Tree, TreeNode } from './files.ts'

/** Puts a tree on this machine's disk, below `root`; absolute links are taken below `root` too. */
export async function plant(root: string, tree: Tree): Promise<void> {
  for (const [path, node] of Object.entries(tree)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await plantOne(root, join(root, path), node)
  }
}

async function plantOne(root: string, path: string, node: TreeNode): Promise<void> {
  if (typeof node === 'string' || node instanceof Uint8Array) return writeFile(path, node)
  switch (node.kind) {
    case 'file':
      await writeFile(path, node.content)
      return chmod(path, node.executable ? 0o755 : 0o644)
    case 'link':
      return symlink(node.to.startsWith('/') ? join(root, node.to) : node.to, path)
    case 'folder':
      await mkdir(path, { recursive: true })
      return
    case 'other':
      execFileSync('mkfifo', [path])
      return
    case 'failing':
      throw new Error(`no disk can be told to fail at ${path}`)
  }
}
