import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServiceManifest } from '../../services/manifest.ts'
import { alertmanagerConfig } from '../prometheus/alertmanager.ts'
import { prometheusConfig, staticScrapes } from '../prometheus/config.ts'
import { allRules } from '../prometheus/rules.ts'
import type { Instances } from './instances.ts'
import { serverPorts } from './ports.ts'
import type { Profile } from './profile.ts'
import { scrapeTargets } from './scrape-targets.ts'

/** Writes what Prometheus reads; a Prometheus that already runs reads it again when it has changed. */
export async function configurePrometheus(
  profile: Profile,
  services: readonly ServiceManifest[],
  instances: Instances,
): Promise<void> {
  const folder = join(profile.dir, 'prometheus')
  await mkdir(folder, { recursive: true })
  const config = prometheusConfig({
    scrapes: staticScrapes(scrapeTargets(profile, services, instances)),
    ruleFiles: ['rules.json'],
    alertmanagers: [`127.0.0.1:${serverPorts(profile).alertmanager}`],
  })
  const rules = allRules(services)
  await replace(join(folder, 'alertmanager.json'), JSON.stringify(alertmanagerConfig(), null, 2))
  const changed = [
    await replace(join(folder, 'prometheus.json'), JSON.stringify(config, null, 2)),
    await replace(join(folder, 'rules.json'), JSON.stringify(rules, null, 2)),
  ]
  if (changed.some(Boolean)) await reload(profile)
}

async function replace(file: string, content: string): Promise<boolean> {
  if (existsSync(file) && (await readFile(file, 'utf8')) === content) return false
  await writeFile(file, content)
  return true
}

async function reload(profile: Profile): Promise<void> {
  const url = `http://127.0.0.1:${serverPorts(profile).prometheus}/-/reload`
  const response = await fetch(url, { method: 'POST' }).catch(() => undefined)
  // No answer: it is not running, and will read the files when it starts.
  if (response && !response.ok) throw new Error(`Prometheus: ${await response.text()}`)
}
