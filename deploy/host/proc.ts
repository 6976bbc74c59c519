import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Reads /proc: host mode runs on Linux, where its server binaries are. */
export const pids = (): number[] => readdirSync('/proc').map(Number).filter(Boolean)

export function isAlive(pid: number): boolean {
  // A zombie still has its folder, and answers signal 0, but it is gone.
  return !['', 'Z', 'X'].includes(stateOf(pid))
}

function stateOf(pid: number): string {
  return contentOf(`/proc/${pid}/stat`).replace(/^.*\) /s, '')[0] ?? ''
}

export function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Every process that carries `PM2_HOME=<pm2Home>`: the supervisor gives it to all it starts and they
 * to theirs, so this also finds what outlived a killed supervisor, and RabbitMQ's epmd.
 */
export function ownProcesses(pm2Home: string): number[] {
  const mark = `PM2_HOME=${pm2Home}`
  return pids().filter((pid) => pid !== process.pid && environmentOf(pid).includes(mark))
}

const environmentOf = (pid: number): string[] => contentOf(`/proc/${pid}/environ`).split('\0')

export const commandOf = (pid: number): string =>
  contentOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()

/** Who listens on each of these TCP ports; pid 0 when it belongs to somebody we cannot look into. */
export function portOwners(ports: readonly number[]): Map<number, number> {
  const listening = listeningSockets().filter(({ port }) => ports.includes(port))
  if (listening.length === 0) return new Map()
  const owners = socketOwners()
  return new Map(listening.map(({ port, inode }) => [port, owners.get(inode) ?? 0]))
}

const LISTEN = '0A'

function listeningSockets(): { port: number; inode: string }[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    contentOf(table)
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTEN)
      .map((fields) => ({
        port: Number.parseInt(fields[1]!.split(':')[1]!, 16),
        inode: fields[9]!,
      })),
  )
}

function socketOwners(): Map<string, number> {
  const owners = new Map<string, number>()
  for (const pid of pids()) {
    for (const descriptor of descriptorsOf(pid)) {
      const inode = /^socket:\[(\d+)\]$/.exec(descriptor)?.[1]
      if (inode) owners.set(inode, pid)
    }
  }
  return owners
}

function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`))
  } catch {
    return []
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
