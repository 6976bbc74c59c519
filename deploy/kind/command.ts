import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { usePrograms } from './programs.ts'

const run = promisify(execFile)

type Options = { env?: Record<string, string>; cwd?: string; timeoutMs?: number }

/** Whether a program is there and has nothing to complain of. */
export const succeeds = (
  program: string,
  args: readonly string[],
  options?: Options,
): Promise<boolean> =>
  command(program, args, options).then(
    () => true,
    () => false,
  )

/** What a program prints. When it fails, the error says what it said itself. */
export async function command(
  program: string,
  args: readonly string[],
  { env, cwd, timeoutMs = 0 }: Options = {},
): Promise<string> {
  await usePrograms()
  try {
    const { stdout } = await run(program, args, {
      cwd,
      timeout: timeoutMs,
      env: { ...process.env, ...env },
      maxBuffer: 64 * 1024 * 1024,
    })
    return stdout
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string }
    const said = (stderr.trim() || stdout.trim()).split('\n').slice(-15).join('\n')
    throw new Error(`${program} ${args[0]} failed: ${said || (error as Error).message}`, {
      cause: error,
    })
  }
}
