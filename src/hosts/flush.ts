/** A stream of the process that is written to. */
type Written = Pick<NodeJS.WriteStream, 'write'>

/**
 * Waits until everything that was written to these streams has been handed on, or can be handed on no more because nobody reads. To a pipe
 * Node writes in the background: a process that ends first loses what is more than the pipe holds (64 KiB), in the middle of a word.
 */
export async function flush(streams: readonly Written[]): Promise<void> {
  await Promise.all(streams.map((stream) => new Promise<void>((done) => void stream.write('', () => done()))))
}
