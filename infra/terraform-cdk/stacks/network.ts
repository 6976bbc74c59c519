import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js'
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js'
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js'
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js'
import type { Construct } from 'constructs'
import type { Need } from '../../../services/manifest.ts'
import { clusterName, named } from '../names.ts'
import type { Keys } from './keys.ts'
import { logGroup } from './log-group.ts'
import { policy, serviceRole } from './role.ts'
import { RestofyStack, type Target } from './stack.ts'
import { STORES } from './stores.ts'
import { fenceStores, makeSubnets, routeSubnets } from './subnets.ts'

export type Network = {
  vpcId: string
  privateSubnetIds: string[]
  dataSubnetIds: string[]
  /** The security group of each store. Nobody is in it until the cluster opens an edge. */
  storeGroups: Record<Need, string>
}

export class NetworkStack extends RestofyStack {
  readonly network: Network

  constructor(scope: Construct, target: Target, keys: Keys) {
    super(scope, 'network', target)
    const { environment } = target
    const cidr = `${environment.network}.0.0/16`
    const vpc = new Vpc(this, 'vpc', {
      cidrBlock: cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: clusterName(environment) },
    })
    // Adopted and emptied: whatever forgets to name its group can talk to nobody.
    new DefaultSecurityGroup(this, 'default-group', { vpcId: vpc.id })
    recordFlows(this, vpc.id, keys.logs)
    const subnets = makeSubnets(this, vpc.id)
    const routeTableIds = routeSubnets(this, vpc.id, subnets)
    fenceStores(this, vpc.id, subnets.data, cidr)
    this.network = {
      vpcId: vpc.id,
      privateSubnetIds: subnets.private.map(({ id }) => id),
      dataSubnetIds: subnets.data.map(({ id }) => id),
      storeGroups: storeGroups(this, vpc.id),
    }
    reachAws(this, this.network, { routeTableIds, cidr })
    this.output('vpc_id', vpc.id)
  }
}

function storeGroups(stack: RestofyStack, vpcId: string): Record<Need, string> {
  const groups = STORES.map((store) => {
    const group = new SecurityGroup(stack, `${store}-group`, {
      name: named(stack.environment, store),
      description: `${store}: reached by the services that need it, reaches nobody`,
      vpcId,
    })
    return [store, group.id] as const
  })
  return Object.fromEntries(groups) as Record<Need, string>
}

function recordFlows(stack: RestofyStack, vpcId: string, key: string): void {
  const group = logGroup(stack, 'flows', { name: `/restofy/${stack.environment.name}/flows`, key })
  const role = serviceRole(stack, 'flow-logs', {
    service: 'vpc-flow-logs.amazonaws.com',
    policies: [],
  })
  new IamRolePolicy(stack, 'write-flows', {
    name: 'write-flows',
    role: role.id,
    policy: policy({
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
      Resource: `${group.arn}:*`,
    }),
  })
  new FlowLog(stack, 'flow-log', {
    vpcId,
    trafficType: 'ALL',
    iamRoleArn: role.arn,
    logDestination: group.arn,
  })
}

type Ways = { routeTableIds: string[]; cidr: string }

/** S3 costs nothing as a gateway; the other APIs where their traffic is worth an endpoint. */
function reachAws(stack: RestofyStack, network: Network, { routeTableIds, cidr }: Ways): void {
  const { region, interfaceEndpoints } = stack.environment
  const { vpcId, privateSubnetIds } = network
  const serviceName = (api: string) => `com.amazonaws.${region}.${api}`
  new VpcEndpoint(stack, 's3', { vpcId, serviceName: serviceName('s3'), routeTableIds })
  if (interfaceEndpoints.length === 0) return

  const group = new SecurityGroup(stack, 'endpoints-group', {
    name: named(stack.environment, 'endpoints'),
    description: 'AWS APIs inside the VPC',
    vpcId,
  })
  new VpcSecurityGroupIngressRule(stack, 'endpoints-https', {
    securityGroupId: group.id,
    description: 'https from the VPC',
    ipProtocol: 'tcp',
    fromPort: 443,
    toPort: 443,
    cidrIpv4: cidr,
  })
  for (const api of interfaceEndpoints) {
    new VpcEndpoint(stack, `endpoint-${api}`, {
      vpcId,
      serviceName: serviceName(api),
      vpcEndpointType: 'Interface',
      privateDnsEnabled: true,
      subnetIds: privateSubnetIds,
      securityGroupIds: [group.id],
    })
  }
}
