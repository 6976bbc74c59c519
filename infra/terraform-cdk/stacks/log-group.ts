import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import type { RestofyStack } from './stack.ts'

/** Made before whoever writes to it, or AWS makes it without key and without end. */
export function logGroup(
  stack: RestofyStack,
  id: string,
  { name, key }: { name: string; key: string },
): CloudwatchLogGroup {
  return new CloudwatchLogGroup(stack, id, { name, kmsKeyId: key, retentionInDays: 365 })
}
