import type { Verdict } from '../verify/verdict.ts'

/** One JSON object, the counts on one line each so that a log shows them. */
export function printVerdict({ findings, ...verdict }: Verdict, campaign: object): void {
  console.log(JSON.stringify({ ...verdict, campaign, findings }, null, 1))
}
