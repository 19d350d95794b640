import { afterEach, describe } from '@jest/globals'
import { virtualClock } from '../../world/clock.ts'
import { fakeGitHub } from '../../world/github/github.ts'
import { boardContract } from './board.contract.ts'
import { serve } from './server.ts'

describe('the board over a real server', () => {
  const servers: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close()
  })
  boardContract(async () => {
    const github = fakeGitHub(virtualClock())
    const server = await serve(github)
    servers.push(server)
    return { github, settings: { url: server.url } }
  })
})
