import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { $ } from 'zx'
import { findOnPath } from '../deploy/host/binaries.ts'
import { ROOT } from '../deploy/host/profile.ts'
import { makeFolder, toolFolder } from '../deploy/host/tool-cache.ts'
import { ToolUnavailable } from '../deploy/host/tools.ts'

const quiet = $({ quiet: true })

/**
 * A Python that has the packages that a requirements file pins, made once into the cache; programs are
 * run as modules (`python -m`), or from the folder it is in. Throws ToolUnavailable when they cannot be had.
 */
export async function ensurePythonTool(
  name: string,
  requirements = requirementsOf(name),
): Promise<string> {
  const folder = await folderOf(name, requirements)
  if (!existsSync(folder)) await install(folder, requirements)
  return join(folder, 'bin/python')
}

export const hasPythonTool = async (name: string): Promise<boolean> =>
  existsSync(await folderOf(name, requirementsOf(name)))

const requirementsOf = (name: string): string => join(ROOT, 'tools', name, 'requirements.txt')

async function folderOf(name: string, requirements: string): Promise<string> {
  const pins = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
  return toolFolder(`${name}@${pins.slice(0, 12)}`)
}

async function install(folder: string, requirements: string): Promise<void> {
  const python = findOnPath('python3')
  if (!python)
    throw new ToolUnavailable(`${basename(folder)} needs python3, which is not installed`)
  console.log(`installing ${basename(folder)} with pip, once: takes a minute or two`)
  try {
    await makeFolder(folder, async (aside) => {
      await quiet`${python} -m venv ${aside}`
      await quiet`${aside}/bin/python -m pip install --quiet --no-input --requirement ${requirements}`
    })
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim().split('\n').at(-1)
    throw new ToolUnavailable(`${basename(folder)} cannot be installed: ${said ?? cause}`, {
      cause,
    })
  }
}
