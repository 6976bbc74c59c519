import { $ } from 'zx'

/** Runs AWS's own command line and gives back what it answered, parsed; throws in its own words. */
export type Aws = <T>(...args: string[]) => Promise<T>

export function awsCommand(command: string[], env: Record<string, string>): Aws {
  const run = $({ quiet: true, nothrow: true, env: { ...process.env, ...env } })
  return async (...args) => {
    const result = await run`${command} ${args} --output json`
    if (result.ok) return result.stdout.trim() === '' ? undefined : JSON.parse(result.stdout)
    throw new Error(`aws ${args.slice(0, 2).join(' ')}: ${sentence(result.stderr)}`)
  }
}

function sentence(stderr: string): string {
  if (/Unable to locate credentials|NoCredentials/.test(stderr)) {
    return 'there are no AWS credentials: sign in (aws sso login, or AWS_PROFILE=…), then try again'
  }
  return stderr.trim().split('\n').at(-1) ?? 'failed without saying why'
}
