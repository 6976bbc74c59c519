import { delimiter, dirname } from 'node:path'
import {
  ensureTool,
  findTool,
  type ToolName,
  ToolUnavailable,
  whyUnavailable,
} from '../host/tools.ts'
import { ensurePulumi, findPulumi, PULUMI_PROGRAMS } from './pulumi.ts'

/** Built with Go. */
const BUILT: readonly ToolName[] = ['kind', 'kubectl']

/** Gets the programs that a cluster needs; throws ToolUnavailable when one cannot be had. Docker alone is not ours to get. */
export async function ensurePrograms(say: (line: string) => void): Promise<void> {
  const reasons = (await Promise.all(BUILT.map(whyUnavailable))).filter(Boolean)
  if (reasons.length > 0) throw new ToolUnavailable(reasons.join('; '))
  // What may fail quickly comes before what takes minutes.
  for (const name of PULUMI_PROGRAMS) putOnPath(await ensurePulumi(name, say))
  for (const name of BUILT) putOnPath(await ensureTool(name, say))
}

let used: Promise<void> | undefined

/** Puts the programs that an earlier `make up` got onto this process' PATH, where PATH has no fitting ones. */
export function usePrograms(): Promise<void> {
  used ??= Promise.all([...BUILT.map(findTool), ...PULUMI_PROGRAMS.map(findPulumi)]).then((found) =>
    found.forEach(putOnPath),
  )
  return used
}

function putOnPath(program: string | undefined): void {
  const folders = (process.env.PATH ?? '').split(delimiter)
  if (!program || folders.includes(dirname(program))) return
  process.env.PATH = [dirname(program), ...folders].join(delimiter)
}
