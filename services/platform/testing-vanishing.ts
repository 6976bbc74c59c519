import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Cleanup } from './testing.ts'

type Line = { ends: readonly [Socket, Socket]; silent: boolean }

/**
 * A way to a server that can vanish as a machine does whose power fails: the connections made through it
 * stay open at both ends, nothing passes any more, and neither end is told.
 */
export async function vanishing(t: Cleanup, url: string) {
  const server = new URL(url)
  const lines = new Set<Line>()
  let gone = false
  const door = createServer((near) => {
    if (gone) return void near.destroy()
    const far = connect(Number(server.port), server.hostname)
    const line: Line = { ends: [near, far], silent: false }
    lines.add(line)
    forward(line, near, far)
    forward(line, far, near)
  }).listen(0, '127.0.0.1')
  await once(door, 'listening')
  t.after(() => {
    for (const { ends } of lines) for (const end of ends) end.destroy()
    door.close()
  })
  return {
    url: Object.assign(new URL(url), { port: (door.address() as AddressInfo).port }).href,
    vanish(): void {
      gone = true
      for (const line of lines) line.silent = true
    },
    /** New connections pass; the old ones stay silent. */
    comeBack(): void {
      gone = false
    },
  }
}

function forward(line: Line, from: Socket, to: Socket): void {
  from.on('error', () => {}) // ends in 'close'
  from.on('data', (chunk) => {
    if (!line.silent) to.write(chunk)
  })
  from.on('close', () => {
    if (!line.silent) to.destroy()
  })
}
