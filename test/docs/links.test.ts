import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from '@jest/globals'

const root = resolve(import.meta.dirname, '../..')
const pages = ['*.md', '{docs,workflows,platform,actions/*,examples/*}/*.md'].flatMap((glob) => globSync(glob, { cwd: root }))

/** Links of a page that lead nowhere: no such file here, or no such heading in it. */
function broken(page: string, text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    // An absolute link to this repository is one from a file that is copied elsewhere.
    const own = 'https://github.com/towpath-dev/towpath/blob/main/'
    if (/^https?:/.test(link) && !link.startsWith(own)) return []
    const [path = '', anchor] = link.startsWith(own) ? link.slice(own.length).split('#') : within(page, link)
    const file = join(root, path)
    if (!existsSync(file)) return [`${page}: ${link}`]
    return anchor === undefined || headings(readFileSync(file, 'utf8')).includes(anchor) ? [] : [`${page}: ${link}`]
  })
}

function within(page: string, link: string): readonly string[] {
  const [path = '', ...anchor] = link.split('#')
  return [path === '' ? page : relative(root, resolve(root, dirname(page), path)), ...anchor]
}

/** The anchors that GitHub gives headings. */
function headings(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test('every link leads to something', () => {
  expect(pages.length).toBeGreaterThan(8)
  expect(pages.flatMap((page) => broken(page, readFileSync(join(root, page), 'utf8')))).toEqual([])
})

test('a link that leads nowhere is found', () => {
  const links = [
    'gone.md',
    '../README.md#no-such-heading',
    '#nor-this',
    'credentials.md',
    'credentials.md#which-role',
    '#how-long',
    'https://example.com/gone',
  ]
  expect(broken('docs/credentials.md', links.map((link) => `[x](${link})`).join(' '))).toEqual(
    links.slice(0, 3).map((link) => `docs/credentials.md: ${link}`),
  )
})
