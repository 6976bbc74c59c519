import { chalk } from 'zx'
import { ToolUnavailable } from '../deploy/host/tools.ts'
import { step } from './report.ts'

/** The complaints of a check. What needs a tool that this machine cannot have is said to be left out, loudly. */
export async function orWhyNot(title: string, check: () => Promise<string[]>): Promise<string[]> {
  try {
    return await step(title, check)
  } catch (error) {
    if (!(error instanceof ToolUnavailable)) throw error
    console.log(chalk.yellow(`SKIPPED ${title}: ${error.message}`))
    return []
  }
}
