import { createHash } from 'node:crypto'
import type { Request, Response } from 'express'

/**
 * Answers 200 with a strong ETag (a hash of the very bytes sent), or 304 when the caller has them.
 * `no-cache` lets clients keep the answer but makes them ask each time.
 */
export function sendWithEtag(req: Request, res: Response, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body))
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`
  res.set({ etag, 'cache-control': 'no-cache' })
  if (matches(req.get('if-none-match'), etag)) {
    res.status(304).end()
    return
  }
  res.status(200).type('application/json').send(bytes)
}

// If-None-Match compares weakly (RFC 9110, 13.1.2): proxies that compress may have put W/ in front.
function matches(header: string | undefined, etag: string): boolean {
  if (!header) return false
  return header.split(',').some((candidate) => {
    const tag = candidate.trim()
    return tag === '*' || tag.replace(/^W\//, '') === etag
  })
}
