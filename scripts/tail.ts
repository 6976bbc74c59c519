import { open } from 'node:fs/promises'

const MOST_BYTES = 256 * 1024

/** The end of a file, without reading a load run's worth of log. */
export async function lastLines(file: string, count: number): Promise<string> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const length = Math.min(size, MOST_BYTES)
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count).join('\n')
  } finally {
    await handle.close()
  }
}
