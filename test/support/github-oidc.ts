import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'

/** Where the server's process is. */
export interface Told {
  readonly issuer: string
  readonly door: string
  readonly bearer: string
}

/** What GitHub's OIDC service is to a job, with tokens that are really signed by a server that really has keys. */
export interface GitHubOidc {
  /** What the tokens are issued by. It is no https address, as GitHub's is: nobody but a test verifies them. */
  readonly issuer: string
  /** The variables that the runner gives a job with `permissions: id-token: write`. */
  readonly variables: Readonly<Record<'ACTIONS_ID_TOKEN_REQUEST_URL' | 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', string>>
  /** Has the next tokens claim this of the job, beside issuer, audience and times. */
  claim(claims: Readonly<Record<string, string>>): Promise<void>
  /** Has the next requests answered with these statuses, in turn, instead of a token. */
  fail(...statuses: readonly number[]): Promise<void>
  /** Every token that was given. */
  tokens(): Promise<readonly string[]>
  /** What a token claims, if it is signed by this issuer for this audience and has not expired; rejects otherwise. */
  verify(token: string, audience: string): Promise<JWTPayload>
  stop(): Promise<void>
}

/** Starts it on loopback, in a process of its own, which ends with this one. */
export async function startGitHubOidc(): Promise<GitHubOidc> {
  const server = fork(fileURLToPath(new URL('github-oidc-server.ts', import.meta.url)), [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const ended = once(server, 'exit')
  const [{ issuer, door, bearer }] = (await Promise.race([
    once(server, 'message'),
    ended.then(() => {
      throw new Error('the OIDC server ended before it answered')
    }),
  ])) as [Told]
  const keys = createRemoteJWKSet(new URL('/jwks', issuer))
  const control = async (orders?: object): Promise<readonly string[]> => {
    const reply = await fetch(`${door}/control`, orders === undefined ? {} : { method: 'PUT', body: JSON.stringify(orders) })
    return (await reply.json()) as string[]
  }
  return {
    issuer,
    variables: { ACTIONS_ID_TOKEN_REQUEST_URL: `${door}/idtoken/run/job?api-version=2.0`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer },
    claim: async (claims) => void (await control({ claims })),
    fail: async (...failures) => void (await control({ failures })),
    tokens: () => control(),
    verify: async (token, audience) => (await jwtVerify(token, keys, { issuer, audience })).payload,
    async stop() {
      server.disconnect()
      await ended
    },
  }
}
