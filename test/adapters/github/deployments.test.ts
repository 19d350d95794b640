import { describe } from '@jest/globals'
import { virtualClock } from '../../world/clock.ts'
import { fakeGitHub } from '../../world/github/github.ts'
import { boardContract } from './board.contract.ts'

describe('the board over the GitHub in memory', () => {
  boardContract(async () => {
    const github = fakeGitHub(virtualClock())
    return { github, settings: { url: github.url, fetch: github.fetch } }
  })
})
