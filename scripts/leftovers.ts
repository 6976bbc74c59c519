import type { Aws } from './aws-command.ts'

type Found = {
  ResourceTagMappingList: { ResourceARN: string; Tags: { Key: string; Value: string }[] }[]
}

/** The ARNs that carry all of these tags, and none of those. */
export async function tagged(
  aws: Aws,
  tags: Record<string, string>,
  without: Record<string, string> = {},
): Promise<string[]> {
  const filters = Object.entries(tags).map(([key, value]) => `Key=${key},Values=${value}`)
  const found = await aws<Found>(
    ...['resourcegroupstaggingapi', 'get-resources', '--tag-filters', ...filters],
  )
  return found.ResourceTagMappingList.filter(
    ({ Tags }) => !Tags.some(({ Key, Value }) => without[Key] === Value),
  )
    .map(({ ResourceARN }) => ResourceARN)
    .sort()
}

/** A key is only marked for deletion, which takes 30 days and costs nothing. */
const FADES = /:kms:/

/** What in the account still belongs to this environment, but for the stack that is kept. */
export async function leftovers(environment: string, aws: Aws, kept = ''): Promise<string[]> {
  const found = await tagged(aws, { Project: 'restofy', Environment: environment }, { Stack: kept })
  return found.filter((arn) => !FADES.test(arn))
}
