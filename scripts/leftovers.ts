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
  const left = found.filter((arn) => !FADES.test(arn))
  if (!left.some((arn) => LINGERS.test(arn))) return left
  const gone = await deleted(aws)
  return left.filter((arn) => !gone.has(arn.split(/[:/]/).at(-1)!))
}

/** EC2 shows these, with their tags, for about an hour after they were deleted. */
const LINGERS = /[:/](nat|vpce)-\w+$/

type Gateways = { NatGateways: { NatGatewayId: string; State: string }[] }
type Endpoints = { VpcEndpoints: { VpcEndpointId: string; State: string }[] }

async function deleted(aws: Aws): Promise<Set<string>> {
  const [{ NatGateways }, { VpcEndpoints }] = await Promise.all([
    aws<Gateways>('ec2', 'describe-nat-gateways'),
    aws<Endpoints>('ec2', 'describe-vpc-endpoints'),
  ])
  const states = [
    ...NatGateways.map(({ NatGatewayId, State }) => [NatGatewayId, State] as const),
    ...VpcEndpoints.map(({ VpcEndpointId, State }) => [VpcEndpointId, State] as const),
  ]
  return new Set(states.filter(([, state]) => /^deleted$/i.test(state)).map(([id]) => id))
}
