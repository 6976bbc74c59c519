import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { ToolUnavailable } from './tools.ts'

/** A gzipped tar somebody else publishes, and the SHA-256 that we know it by. */
export type Archive = { url: string; sha256: string }

const run = promisify(execFile)

/** Fetches an archive and unpacks it, if it is the one we know. */
export async function unpack({ url, sha256 }: Archive, folder: string): Promise<void> {
  const file = join(folder, 'download.tar.gz')
  const found = await save(url, file)
  if (found !== sha256) {
    throw new Error(
      `${url} is not what this version of Restofy knows: its SHA-256 is ${found}, not ${sha256}. It was not unpacked.`,
    )
  }
  await run('tar', ['-xzf', file, '-C', folder])
  await rm(file)
}

/** Returns the SHA-256 of what came. */
async function save(url: string, file: string): Promise<string> {
  const unreachable = (cause: unknown) =>
    new ToolUnavailable(`${url} cannot be fetched: ${reason(cause)}`, { cause })
  const response = await fetch(url).catch((cause) => Promise.reject(unreachable(cause)))
  if (!response.ok || !response.body) {
    throw new ToolUnavailable(`${url} cannot be fetched: the answer is ${response.status}`)
  }
  const hash = createHash('sha256')
  const hashed = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(response.body, hashed, createWriteStream(file)).catch((cause) =>
    Promise.reject(unreachable(cause)),
  )
  return hash.digest('hex')
}

/** fetch says "fetch failed" or "terminated", and why only in its cause. */
const reason = (error: unknown): string => {
  const { cause, message } = error as Error
  return cause instanceof Error ? cause.message : message
}
