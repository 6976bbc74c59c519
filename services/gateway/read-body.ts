import type { IncomingMessage } from 'node:http'
import { bodyTooLarge } from './problems.ts'

/**
 * The whole body, at most `limit` bytes: small enough to hold, and held it can be sent again when a
 * service turns out to be restarting. Throws 413 as soon as there is too much, without reading on.
 */
export async function readBody(req: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  if (Number(req.headers['content-length'] ?? 0) > limit) throw tooLarge(req, limit)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw tooLarge(req, limit)
    chunks.push(chunk)
  }
  return size > 0 ? Buffer.concat(chunks) : undefined
}

function tooLarge(req: IncomingMessage, limit: number): Error {
  // Unread bytes would reset the connection before the answer is read; the server's request time-out bounds this.
  req.resume()
  return bodyTooLarge(limit)
}
