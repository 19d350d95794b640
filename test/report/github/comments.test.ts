import { describe } from '@jest/globals'
import { fakeConversation } from '../../world/github/comments.ts'
import { commentsContract } from './comments.contract.ts'

describe('the conversation in memory', () => {
  commentsContract(async () => {
    const world = fakeConversation()
    return { world, author: 'github-actions[bot]', comments: world.as('github-actions[bot]') }
  })
})
