import { EksAccessEntry } from '@cdktf/provider-aws/lib/eks-access-entry/index.js'
import { EksAccessPolicyAssociation } from '@cdktf/provider-aws/lib/eks-access-policy-association/index.js'
import type { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster/index.js'
import { EksPodIdentityAssociation } from '@cdktf/provider-aws/lib/eks-pod-identity-association/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js'
import { services } from '../../../services/catalogue.ts'
import type { Keys } from './keys.ts'
import type { Network } from './network.ts'
import { policy, serviceRole } from './role.ts'
import type { RestofyStack } from './stack.ts'
import { STORE_PORTS, STORES } from './stores.ts'

const ADMIN = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy'

/** Who may use the Kubernetes API. Whoever made the cluster is not among them by having made it. */
export function admit(stack: RestofyStack, cluster: EksCluster, roles: Record<string, string>) {
  for (const [name, principalArn] of Object.entries(roles)) {
    const entry = new EksAccessEntry(stack, name, { clusterName: cluster.name, principalArn })
    new EksAccessPolicyAssociation(stack, `${name}-admin`, {
      clusterName: cluster.name,
      principalArn: entry.principalArn,
      policyArn: ADMIN,
      accessScope: { type: 'cluster' },
    })
  }
}

/**
 * The edges from pods to stores. They are here and not beside the stores, so that the cluster can be
 * deleted and made anew without touching what holds data.
 */
export function openStores(stack: RestofyStack, cluster: EksCluster, network: Network): void {
  for (const store of STORES) {
    const users = services.filter(({ needs }) => needs.includes(store)).map(({ name }) => name)
    if (users.length === 0) continue
    for (const port of STORE_PORTS[store]) {
      new VpcSecurityGroupIngressRule(stack, `pods-to-${store}-${port}`, {
        securityGroupId: network.storeGroups[store],
        referencedSecurityGroupId: cluster.vpcConfig.clusterSecurityGroupId,
        description: `${store} for ${users.join(' ')}`,
        ipProtocol: 'tcp',
        fromPort: port,
        toPort: port,
      })
    }
  }
}

/** The one pod that reads Secrets Manager: External Secrets, which makes Kubernetes Secrets of it. */
export function letReadSecrets(stack: RestofyStack, cluster: EksCluster, keys: Keys): void {
  const { name, region, account } = stack.environment
  const role = serviceRole(stack, 'external-secrets', {
    service: 'pods.eks.amazonaws.com',
    actions: ['sts:AssumeRole', 'sts:TagSession'],
    policies: [],
  })
  const secrets = `arn:aws:secretsmanager:${region}:${account}:secret`
  new IamRolePolicy(stack, 'read-secrets', {
    name: 'read-secrets',
    role: role.id,
    policy: policy(
      {
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
        Resource: [`${secrets}:restofy/${name}/*`, `${secrets}:rds!db-*`],
      },
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: keys.data },
    ),
  })
  new EksPodIdentityAssociation(stack, 'external-secrets-pods', {
    clusterName: cluster.name,
    namespace: 'external-secrets',
    serviceAccount: 'external-secrets',
    roleArn: role.arn,
  })
}
