import { existsSync, realpathSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ServiceManifest } from '../../services/manifest.ts'
import { findOnPath } from './binaries.ts'
import { serverPorts } from './ports.ts'
import type { ProcessDefinition } from './process.ts'
import type { Profile } from './profile.ts'

/** Where Debian's package keeps what Grafana serves; its archive has it beside `bin`. */
const PACKAGED = '/usr/share/grafana'

const folderOf = (profile: Profile) => join(profile.dir, 'grafana')

/** Grafana with the boards as files, when it is installed; it is not something that can be installed from here. */
export function grafanaProcess(profile: Profile, path?: string): ProcessDefinition | undefined {
  const grafana = findOnPath('grafana', path)
  if (!grafana) return undefined
  const home = existsSync(join(PACKAGED, 'public'))
    ? PACKAGED
    : dirname(dirname(realpathSync(grafana)))
  const { grafana: port } = serverPorts(profile)
  const folder = folderOf(profile)
  return {
    name: 'grafana',
    command: grafana,
    args: ['server', '--homepath', home],
    cwd: folder,
    env: {
      GF_SERVER_HTTP_ADDR: '127.0.0.1',
      GF_SERVER_HTTP_PORT: String(port),
      GF_PATHS_DATA: join(folder, 'data'),
      GF_PATHS_LOGS: join(folder, 'data'),
      GF_PATHS_PROVISIONING: join(folder, 'provisioning'),
      // Whoever reaches this port is already on the machine; what is seen cannot be changed.
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    },
    ports: [port],
    killTimeoutMs: 5_000,
  }
}

/** Writes what Grafana reads, where there is one. */
export async function configureGrafana(
  profile: Profile,
  services: readonly ServiceManifest[],
): Promise<void> {
  if (!findOnPath('grafana')) return
  // Loading Grafana's own builder takes half a second that nobody else should wait for.
  const { dashboardFiles, provisioningFiles } = await import('../grafana/provisioning.ts')
  const { prometheus, jaeger } = serverPorts(profile)
  const at = (port: number) => `http://127.0.0.1:${port}`
  const folder = folderOf(profile)
  const boards = join(folder, 'dashboards')
  const sources = { prometheus: at(prometheus), jaeger: at(jaeger) }
  await writeAll(join(folder, 'provisioning'), provisioningFiles(sources, boards))
  await writeAll(boards, dashboardFiles(services))
}

async function writeAll(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
}
