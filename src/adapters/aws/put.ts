import { Readable } from 'node:stream'
import { PutObjectCommand, type PutObjectCommandInput, type PutObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3'
import type { Content } from './content.ts'

/** Stands for the body until an attempt is made: neither a stream, which the SDK would not send twice, nor nothing. */
const PLACEHOLDER = new Uint8Array(0)

/**
 * PUTs an object, opening its content anew for each attempt, so that the SDK's retries hold for streams too and memory does not grow
 * with the body. Rejects with the SDK's error, or with the content's own if that could not be read to its end.
 */
export async function putObject(
  client: S3Client,
  content: Content,
  input: Pick<PutObjectCommandInput, 'Bucket' | 'Key' | 'IfMatch' | 'IfNoneMatch'>,
): Promise<PutObjectCommandOutput> {
  const command = new PutObjectCommand({ ...input, Body: PLACEHOLDER, ContentLength: content.bytes, ChecksumSHA256: content.sha256 })
  const stopped = new AbortController()
  let failure: unknown

  /** Gives the request its body; in a copy, since the SDK would not repeat a request in which it sees a stream. */
  function openContent<Args extends { request: unknown }, Reply>(next: (args: Args) => Promise<Reply>): (args: Args) => Promise<Reply> {
    return async (args) => {
      const body = content.open()
      const request = { ...(args.request as object), body }
      if (!(body instanceof Readable)) return next({ ...args, request })
      // The SDK pipes the stream into the request and does not hear of its errors: the request would wait for the rest for ever.
      body.on('error', (error) => {
        failure = error
        stopped.abort()
      })
      try {
        return await next({ ...args, request })
      } finally {
        body.destroy()
      }
    }
  }

  // Inside of the retries, and before the signature, which depends on the body.
  command.middlewareStack.addRelativeTo(openContent, { relation: 'before', toMiddleware: 'httpSigningMiddleware', name: 'openContent' })
  try {
    return await client.send(command, { abortSignal: stopped.signal })
  } catch (error) {
    throw failure ?? error
  }
}
