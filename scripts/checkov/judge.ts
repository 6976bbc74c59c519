import { z } from 'zod'
import type { Suppression } from './suppression.ts'

const Report = z.object({
  summary: z.object({ passed: z.int().min(1), parsing_errors: z.literal(0) }),
  results: z.object({
    failed_checks: z.array(
      z.object({
        check_id: z.string(),
        check_name: z.string(),
        file_path: z.string(),
        resource: z.string(),
      }),
    ),
  }),
})

export type Verdict = { passed: number; suppressed: number; complaints: string[] }

/** What checkov's report means: nothing may fail but what is excused, and no excuse may be stale. */
export function judge(
  report: unknown,
  suppressions: readonly Suppression[],
  today = new Date(),
): Verdict {
  const { summary, results } = Report.parse(report)
  const failed = results.failed_checks.map((it) => ({
    ...it,
    // A stack or an object: /data-dev/cdk.tf.json, /kind.restofy.Deployment.order.json
    where: it.file_path.replace(/^\//, '').replace(/(\/cdk\.tf)?\.json$/, ''),
  }))
  const excuses = (suppression: Suppression) =>
    failed.filter((it) => it.check_id === suppression.check && suppression.in.test(it.where))
  const excused = new Set(suppressions.flatMap(excuses))
  return {
    passed: summary.passed,
    suppressed: excused.size,
    complaints: [
      ...failed
        .filter((it) => !excused.has(it))
        .map((it) => `${it.check_id} ${it.check_name}: ${it.where} ${it.resource}`),
      ...expired(suppressions, today),
      ...suppressions
        .filter((it) => excuses(it).length === 0)
        .map((it) => `${it.check} fails nowhere in ${it.in}: delete its suppression`),
    ],
  }
}

export const expired = (suppressions: readonly Suppression[], today: Date): string[] =>
  suppressions
    .filter(({ until }) => today > new Date(until))
    .map(({ check, until }) => `the suppression of ${check} expired on ${until}: think again`)
