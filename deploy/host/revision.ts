import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { ROOT } from './profile.ts'

/** Digest of the files a service runs, so that `make up` after an edit restarts exactly what it changed. */
export function revisionOf(service: string): string {
  const patterns = [
    'package-lock.json',
    'services/*.ts',
    'services/*/service.ts',
    `services/{contracts,platform,${service}}/**/*`,
  ]
  const files = globSync(patterns, { cwd: ROOT, exclude: ['**/*.test.ts'], withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
  const digest = createHash('sha256')
  for (const file of [...new Set(files)].sort()) {
    digest.update(file).update(readFileSync(file))
  }
  return digest.digest('hex').slice(0, 12)
}
