import { createHash } from 'node:crypto'
import type { Request, Response } from 'express'

/** An answer as it goes out, and its strong ETag: a hash of these very bytes, 29 characters with its quotes. */
export type Encoded = { etag: string; bytes: Buffer }

export function encode(body: unknown): Encoded {
  const bytes = Buffer.from(JSON.stringify(body))
  const hash = createHash('sha256').update(bytes).digest('base64url')
  return { etag: `"${hash.slice(0, 27)}"`, bytes }
}

export const sendWithEtag = (req: Request, res: Response, body: unknown): void =>
  sendEncoded(req, res, encode(body))

/**
 * Answers 200 with the ETag, or 304 when the caller has these bytes. `no-cache` lets clients keep the
 * answer but makes them ask each time.
 */
export function sendEncoded(req: Request, res: Response, { etag, bytes }: Encoded): void {
  const headers = { etag, 'cache-control': 'no-cache' }
  if (matches(req.headers['if-none-match'], etag)) {
    res.writeHead(304, headers).end()
    return
  }
  const content = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
  }
  // Not `send`, which would look at all of it once more.
  res.writeHead(200, { ...headers, ...content }).end(bytes)
}

// If-None-Match compares weakly (RFC 9110, 13.1.2): proxies that compress may have put W/ in front.
function matches(header: string | undefined, etag: string): boolean {
  if (!header) return false
  return header.split(',').some((candidate) => {
    const tag = candidate.trim()
    return tag === '*' || tag.replace(/^W\//, '') === etag
  })
}
