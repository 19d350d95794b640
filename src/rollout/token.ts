/** CodeDeploy takes no client token, so ours is the first word of a deployment's description. */

/** The longest description that CodeDeploy surely takes, in characters. */
const LONGEST = 256

/** @param token letters, digits, `-` and `.` @param words what people read in the console */
export function describing(token: string, words: string): string {
  return `[${token}] ${words}`.slice(0, LONGEST).toWellFormed()
}

/** The token in a description; undefined if it has none, so that somebody else began the deployment. */
export function tokenIn(description: string): string | undefined {
  return /^\[([\w.-]+)\]/.exec(description)?.[1]
}
