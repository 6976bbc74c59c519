import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jaegerConfig } from '../jaeger/config.ts'
import { HOST_STORAGE } from '../jaeger/storage.ts'
import { jaegerUi } from '../jaeger/ui.ts'
import { findOnPath } from './binaries.ts'
import { serverPorts } from './ports.ts'
import type { Profile } from './profile.ts'

/** Writes what Jaeger reads when it starts. */
export async function configureJaeger(profile: Profile): Promise<void> {
  const ports = serverPorts(profile)
  const prometheus = `http://127.0.0.1:${ports.prometheus}`
  const uiFile = join(profile.dir, 'jaeger-ui.json')
  const config = jaegerConfig({
    ...{ ports, prometheus, uiFile, host: '127.0.0.1' },
    ...{ storage: HOST_STORAGE, spanMetricsPort: ports.spanMetrics },
  })
  const grafana = findOnPath('grafana') && `http://127.0.0.1:${ports.grafana}`
  const links = { prometheus, ...(grafana && { grafana }) }
  await writeFile(uiFile, JSON.stringify(jaegerUi(links), null, 2))
  await writeFile(join(profile.dir, 'jaeger.json'), JSON.stringify(config, null, 2))
}
