import { globSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { $, type ProcessPromise } from 'zx'
import { findOnPath } from '../deploy/host/binaries.ts'
import { ToolUnavailable } from '../deploy/host/tools.ts'

const PROVIDER = 'registry.terraform.io/hashicorp/aws'

/** Where a mirror of providers may lie, for machines that cannot reach the registry. */
const MIRRORS = ['/opt/*', '/usr/share/terraform/*', '/usr/local/share/terraform/*'].concat(
  join(homedir(), '.terraform.d/*'),
)

export type Terraform = (directory: string, args: string[]) => ProcessPromise

/** Terraform as this machine has it; what it writes for itself goes below `folder`. */
export async function findTerraform(folder: string): Promise<Terraform> {
  const program = findOnPath('terraform')
  if (!program) {
    throw new ToolUnavailable(
      'terraform is not installed: put 1.11 or newer on PATH (https://developer.hashicorp.com/terraform/install)',
    )
  }
  await mkdir(join(folder, 'plugins'), { recursive: true })
  const config = join(folder, 'terraform.rc')
  await writeFile(config, providerInstallation())
  const env = {
    ...process.env,
    TF_CLI_CONFIG_FILE: config,
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
  }
  const run = $({ quiet: true, nothrow: true, env })
  return (directory, args) => run`${program} -chdir=${directory} ${args}`
}

/** Out of a mirror where there is one: half a gigabyte that need not be fetched. */
function providerInstallation(): string {
  const [mirror] = globSync(MIRRORS.map((root) => join(root, PROVIDER)))
  if (!mirror) return ''
  const path = mirror.slice(0, -PROVIDER.length - 1)
  return `provider_installation {
  filesystem_mirror {
    path    = "${path}"
    include = ["${PROVIDER}"]
  }
  direct {
    exclude = ["${PROVIDER}"]
  }
}
`
}
