import { EksAddon } from '@cdktf/provider-aws/lib/eks-addon/index.js'
import { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster/index.js'
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import type { Construct } from 'constructs'
import { clusterName, named } from '../names.ts'
import { admit, letReadSecrets, openStores } from './cluster-access.ts'
import type { Keys } from './keys.ts'
import { logGroup } from './log-group.ts'
import type { Network } from './network.ts'
import { policy, serviceRole } from './role.ts'
import { RestofyStack, type Target } from './stack.ts'

type Surroundings = { keys: Keys; network: Network; deployRoleArn: string }

/** EKS Auto Mode: AWS runs nodes, network, storage and load balancer controllers. */
export class ClusterStack extends RestofyStack {
  constructor(scope: Construct, target: Target, { keys, network, deployRoleArn }: Surroundings) {
    super(scope, 'cluster', target)
    const cluster = makeCluster(this, keys, network)
    // The only thing that Auto Mode leaves out and the autoscalers need.
    new EksAddon(this, 'metrics-server', { clusterName: cluster.name, addonName: 'metrics-server' })
    admit(this, cluster, { operator: operatorRole(this).arn, deploy: deployRoleArn })
    openStores(this, cluster, network)
    letReadSecrets(this, cluster, keys)
    this.output('cluster_name', cluster.name)
    this.output('cluster_endpoint', cluster.endpoint)
  }
}

function makeCluster(stack: RestofyStack, keys: Keys, network: Network): EksCluster {
  const { environment } = stack
  const { version, publicCidrs } = environment.kubernetes
  const name = clusterName(environment)
  const logs = logGroup(stack, 'logs', { name: `/aws/eks/${name}/cluster`, key: keys.logs })
  return new EksCluster(stack, 'cluster', {
    name,
    version,
    // Falling behind must not cost six times as much: AWS upgrades when standard support ends.
    upgradePolicy: { supportType: 'STANDARD' },
    roleArn: clusterRole(stack),
    bootstrapSelfManagedAddons: false,
    accessConfig: {
      authenticationMode: 'API',
      bootstrapClusterCreatorAdminPermissions: false,
    },
    // The three switches of Auto Mode: EKS refuses one without the others.
    computeConfig: {
      enabled: true,
      nodePools: ['general-purpose', 'system'],
      nodeRoleArn: nodeRole(stack),
    },
    kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
    storageConfig: { blockStorage: { enabled: true } },
    vpcConfig: {
      subnetIds: network.privateSubnetIds,
      endpointPrivateAccess: true,
      endpointPublicAccess: publicCidrs.length > 0,
      ...(publicCidrs.length > 0 ? { publicAccessCidrs: publicCidrs } : {}),
    },
    encryptionConfig: { provider: { keyArn: keys.data }, resources: ['secrets'] },
    enabledClusterLogTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],
    zonalShiftConfig: { enabled: true },
    dependsOn: [logs],
  })
}

function clusterRole(stack: RestofyStack): string {
  return serviceRole(stack, 'cluster', {
    service: 'eks.amazonaws.com',
    actions: ['sts:AssumeRole', 'sts:TagSession'],
    policies: [
      'AmazonEKSClusterPolicy',
      'AmazonEKSComputePolicy',
      'AmazonEKSBlockStoragePolicy',
      'AmazonEKSLoadBalancingPolicy',
      'AmazonEKSNetworkingPolicy',
    ],
  }).arn
}

function nodeRole(stack: RestofyStack): string {
  return serviceRole(stack, 'node', {
    service: 'ec2.amazonaws.com',
    policies: ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'],
    anonymous: true,
  }).arn
}

/** For people, who sign in (and show their second factor) before they may take it. */
function operatorRole(stack: RestofyStack): IamRole {
  const { environment } = stack
  return new IamRole(stack, 'operator-role', {
    name: named(environment, 'operator'),
    maxSessionDuration: 3_600,
    assumeRolePolicy: policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${environment.account}:role/${environment.peopleRole}` },
      Action: ['sts:AssumeRole'],
    }),
  })
}
