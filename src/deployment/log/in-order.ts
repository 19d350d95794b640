/**
 * What `work` gives for each item, in the order of the items, with so many under way at once. No more results are held than are under way.
 * The first failure is thrown in its turn.
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const begun: Promise<R>[] = []
  let next = 0
  const begin = (): void => {
    if (next >= items.length) return
    const one = work(items[next++] as T)
    // Its failure is thrown where its result is awaited.
    one.catch(() => {})
    begun.push(one)
  }
  for (let index = 0; index < atOnce; index++) begin()
  for (let first = begun.shift(); first !== undefined; first = begun.shift()) {
    const result = await first
    begin()
    yield result
  }
}
