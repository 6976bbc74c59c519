import { ElasticacheParameterGroup } from '@cdktf/provider-aws/lib/elasticache-parameter-group/index.js'
import { ElasticacheReplicationGroup } from '@cdktf/provider-aws/lib/elasticache-replication-group/index.js'
import { ElasticacheSubnetGroup } from '@cdktf/provider-aws/lib/elasticache-subnet-group/index.js'
import { ElasticacheUser } from '@cdktf/provider-aws/lib/elasticache-user/index.js'
import { ElasticacheUserGroup } from '@cdktf/provider-aws/lib/elasticache-user-group/index.js'
import type { Construct } from 'constructs'
import { named } from '../names.ts'
import type { Keys } from './keys.ts'
import { logGroup } from './log-group.ts'
import type { Network } from './network.ts'
import { passwordIn, passwordSecret } from './secret.ts'
import { RestofyStack, type Target } from './stack.ts'
import { STORE_PORTS } from './stores.ts'

/** Valkey: rate limits, menus, jobs. Losing it slows Restofy down and stops nothing. */
export class CacheStack extends RestofyStack {
  constructor(scope: Construct, target: Target, keys: Keys, network: Network) {
    super(scope, 'cache', target)
    const { environment } = target
    const name = named(environment, 'redis')
    const { nodeType, nodes } = environment.cache
    const slow = logGroup(this, 'slow-log', {
      name: `/restofy/${environment.name}/redis`,
      key: keys.logs,
    })
    const cache = new ElasticacheReplicationGroup(this, 'redis', {
      replicationGroupId: name,
      description: `Restofy ${environment.name}: rate limits, menus, jobs`,
      engine: 'valkey',
      engineVersion: '8.1',
      nodeType,
      numCacheClusters: nodes,
      automaticFailoverEnabled: nodes > 1,
      multiAzEnabled: nodes > 1,
      port: STORE_PORTS.redis[0],
      parameterGroupName: parameters(this, name),
      subnetGroupName: subnetGroup(this, name, network),
      securityGroupIds: [network.storeGroups.redis],
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      atRestEncryptionEnabled: 'true',
      kmsKeyId: keys.data,
      userGroupIds: [userGroup(this, name, keys)],
      autoMinorVersionUpgrade: 'true',
      snapshotRetentionLimit: 7,
      logDeliveryConfiguration: [
        {
          destination: slow.name,
          destinationType: 'cloudwatch-logs',
          logFormat: 'json',
          logType: 'slow-log',
        },
      ],
    })
    this.output(
      'redis_endpoint',
      `rediss://${cache.primaryEndpointAddress}:${STORE_PORTS.redis[0]}`,
    )
  }
}

function parameters(stack: RestofyStack, name: string): string {
  return new ElasticacheParameterGroup(stack, 'parameters', {
    name,
    family: 'valkey8',
    // Not allkeys: caches and limits expire and may be evicted, queued jobs do not and may not.
    parameter: [{ name: 'maxmemory-policy', value: 'volatile-lru' }],
  }).name
}

const subnetGroup = (stack: RestofyStack, name: string, network: Network): string =>
  new ElasticacheSubnetGroup(stack, 'subnets', { name, subnetIds: network.dataSubnetIds }).name

/** One user for the services. `default`, which a client is without a name, may do nothing. */
function userGroup(stack: RestofyStack, name: string, { data }: Keys): string {
  const password = passwordIn(passwordSecret(stack, 'redis', { key: data }))
  const authenticationMode = { type: 'password', passwords: [password] }
  const user = (id: string, userName: string, accessString: string) =>
    new ElasticacheUser(stack, id, {
      userId: `${name}-${id}`,
      userName,
      engine: 'valkey',
      accessString,
      authenticationMode,
    }).userId
  return new ElasticacheUserGroup(stack, 'users', {
    userGroupId: name,
    engine: 'valkey',
    userIds: [
      user('nobody', 'default', 'off -@all'),
      // BullMQ asks for INFO, which Redis counts as dangerous.
      user('services', 'restofy', 'on ~* &* +@all -@dangerous +info'),
    ],
  }).userGroupId
}
