/** A stream of numbers below `limit` that a seed decides. Source: Park and Miller, minimal standard generator. */
export function numbers(seed: number): (limit: number) => number {
  let state = (seed % 2_147_483_646) + 1
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647
    return state % limit
  }
}
