/** One supervised process, however it is supervised. */
export type ProcessDefinition = {
  name: string
  command: string
  args: readonly string[]
  cwd: string
  /** Its own variables; PATH and HOME come from the supervisor. */
  env: Readonly<Record<string, string>>
  /** What it listens on: checked to be free before it starts. */
  ports: readonly number[]
  /** How long after SIGTERM before SIGKILL. */
  killTimeoutMs: number
  /** An exit with one of these is meant: no restart. */
  finalExitCodes?: readonly number[]
  /** Before each restart; without it the pause grows from restart to restart. */
  restartDelayMs?: number
  /** Digest of the source it runs, so that a changed file restarts it. */
  revision?: string
}
