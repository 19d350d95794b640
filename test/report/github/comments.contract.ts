import { expect, test } from '@jest/globals'
import type { Comments } from '../../../src/ports/pull-request-comments.ts'
import type { FakeConversation } from '../../world/github/comments.ts'

/** A conversation to try: as we see it, and as the rest of the world does. */
export interface Tried {
  readonly comments: Comments
  readonly world: FakeConversation
  /** Who we are. */
  readonly author: string
}

/** What every conversation must do, the fake's and GitHub's. */
export function commentsContract(open: () => Promise<Tried>): void {
  test('a comment that is written is found again by its beginning, with where people read it', async () => {
    const { comments } = await open()
    const made = await comments.create('<!-- x --> one')
    await comments.create('two')
    expect(await comments.own('<!-- x -->')).toEqual([expect.objectContaining({ id: made.id, body: '<!-- x --> one', url: made.url })])
    expect(made.url).toMatch(/^https:\/\//)
  })

  test('a comment of another author is none of ours, with whatever it begins', async () => {
    const { comments, world, author } = await open()
    world.write('mallory', '<!-- x --> forged')
    world.write(author, 'quoted: <!-- x -->')
    expect(await comments.own('<!-- x -->')).toEqual([])
  })

  test('every page is read, oldest first', async () => {
    const { comments, world, author } = await open()
    const ids = Array.from({ length: 250 }, (_, at) =>
      at % 100 === 0 ? world.write(author, `<!-- x --> ${at}`) : world.write('alice', 'hm'),
    )
    expect((await comments.own('<!-- x -->')).map(({ id }) => id)).toEqual([ids[0]?.id, ids[100]?.id, ids[200]?.id])
  })

  test('a comment is replaced as a whole, and one that is gone is said to be', async () => {
    const { comments, world } = await open()
    const { id } = await comments.create('<!-- x --> one')
    expect(await comments.replace(id, '<!-- x --> two')).toMatchObject({ id, body: '<!-- x --> two' })
    world.delete(id)
    expect(await comments.replace(id, 'three')).toBe('gone')
  })

  test('a comment is removed, and removing it again is no error', async () => {
    const { comments, world } = await open()
    const { id } = await comments.create('one')
    await comments.remove(id)
    await comments.remove(id)
    expect(world.comments).toEqual([])
  })

  test('what is too long is refused', async () => {
    const { comments } = await open()
    await expect(comments.create('x'.repeat(65_537))).rejects.toMatchObject({ message: expect.stringContaining('65536') })
  })
}
