import { Eip } from '@cdktf/provider-aws/lib/eip/index.js'
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js'
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway/index.js'
import { NetworkAcl } from '@cdktf/provider-aws/lib/network-acl/index.js'
import { Route } from '@cdktf/provider-aws/lib/route/index.js'
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js'
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js'
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js'
import type { Environment } from '../environments.ts'
import { named } from '../names.ts'
import type { RestofyStack } from './stack.ts'

export const ZONES = ['a', 'b', 'c']

const ANYWHERE = '0.0.0.0/0'

type Tier = { bits: (zone: number) => string; tags?: Record<string, string> }

/** Load balancers and NAT; pods, who need most addresses; and the stores, who reach nobody. */
const TIERS = {
  public: { bits: (zone) => `${zone}.0/24`, tags: { 'kubernetes.io/role/elb': '1' } },
  private: {
    bits: (zone) => `${64 + 32 * zone}.0/19`,
    tags: { 'kubernetes.io/role/internal-elb': '1' },
  },
  data: { bits: (zone) => `${16 + zone}.0/24` },
} satisfies Record<string, Tier>

export type Subnets = Record<keyof typeof TIERS, Subnet[]>

export function makeSubnets(stack: RestofyStack, vpcId: string): Subnets {
  const tier = (name: keyof Subnets) => makeTier(stack, vpcId, name)
  return { public: tier('public'), private: tier('private'), data: tier('data') }
}

function makeTier(stack: RestofyStack, vpcId: string, name: keyof Subnets): Subnet[] {
  const { environment } = stack
  const { tags }: Tier = TIERS[name]
  return ZONES.map(
    (zone, index) =>
      new Subnet(stack, `${name}-${zone}`, {
        vpcId,
        cidrBlock: cidrsOf(environment, name)[index],
        availabilityZone: `${environment.region}${zone}`,
        mapPublicIpOnLaunch: false,
        tags: { Name: named(environment, `${name}-${zone}`), ...tags },
      }),
  )
}

/** The addresses of a tier, zone by zone. */
export const cidrsOf = ({ network }: Environment, name: keyof Subnets): string[] =>
  ZONES.map((_, index) => `${network}.${TIERS[name].bits(index)}`)

/** Public subnets reach the internet, private ones through NAT, and the stores' subnets nothing. Returns the route tables. */
export function routeSubnets(stack: RestofyStack, vpcId: string, subnets: Subnets): string[] {
  const internet = new InternetGateway(stack, 'internet', { vpcId })
  const open = routeTable(stack, vpcId, 'public', subnets.public)
  new Route(stack, 'to-internet', {
    routeTableId: open.id,
    destinationCidrBlock: ANYWHERE,
    gatewayId: internet.id,
  })
  const gateways = subnets.public
    .slice(0, stack.environment.natGateways)
    .map((subnet, index) => natGateway(stack, ZONES[index]!, subnet, internet))
  const nated = subnets.private.map((subnet, index) => {
    const table = routeTable(stack, vpcId, `private-${ZONES[index]}`, [subnet])
    new Route(stack, `to-nat-${ZONES[index]}`, {
      routeTableId: table.id,
      destinationCidrBlock: ANYWHERE,
      natGatewayId: gateways[index % gateways.length]!.id,
    })
    return table
  })
  const closed = routeTable(stack, vpcId, 'data', subnets.data)
  return [...nated, closed].map(({ id }) => id)
}

function routeTable(stack: RestofyStack, vpcId: string, name: string, subnets: Subnet[]) {
  const table = new RouteTable(stack, `routes-${name}`, {
    vpcId,
    tags: { Name: named(stack.environment, name) },
  })
  for (const subnet of subnets) {
    new RouteTableAssociation(stack, `${subnet.node.id}-routes`, {
      subnetId: subnet.id,
      routeTableId: table.id,
    })
  }
  return table
}

function natGateway(stack: RestofyStack, zone: string, subnet: Subnet, internet: InternetGateway) {
  const address = new Eip(stack, `nat-${zone}-address`, { domain: 'vpc', dependsOn: [internet] })
  return new NatGateway(stack, `nat-${zone}`, {
    allocationId: address.id,
    subnetId: subnet.id,
    tags: { Name: named(stack.environment, `nat-${zone}`) },
  })
}

/** A second lock on the stores: even a wrong security group lets nobody in from outside the VPC. */
export function fenceStores(stack: RestofyStack, vpcId: string, subnets: Subnet[], cidr: string) {
  const inside = {
    ruleNo: 100,
    protocol: '-1',
    action: 'allow',
    cidrBlock: cidr,
    fromPort: 0,
    toPort: 0,
  }
  new NetworkAcl(stack, 'data-fence', {
    vpcId,
    subnetIds: subnets.map(({ id }) => id),
    ingress: [inside],
    egress: [inside],
    tags: { Name: named(stack.environment, 'data') },
  })
}
