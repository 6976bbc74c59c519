import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { ensurePythonTool } from './python-tool.ts'

/** What hadolint has against these Dockerfiles, a line each. */
export async function hadolint(dockerfiles: readonly string[]): Promise<string[]> {
  const program = join(dirname(await ensurePythonTool('hadolint')), 'hadolint')
  const { exitCode, stdout, stderr } = await $({
    quiet: true,
    nothrow: true,
  })`${program} --no-color ${dockerfiles}`
  const complaints = stdout.split('\n').filter(Boolean)
  if (exitCode !== 0 && complaints.length === 0) throw new Error(`hadolint: ${stderr.trim()}`)
  return complaints
}
