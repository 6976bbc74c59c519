import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js'
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js'
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js'
import type { Construct } from 'constructs'
import { managedPolicy, named } from '../names.ts'
import { boundary, manageOwnRoles } from './boundary.ts'
import { policy } from './role.ts'
import { RestofyStack, type Target } from './stack.ts'

const GITHUB = 'token.actions.githubusercontent.com'

/** How GitHub's workflows get in: with a token that names repository and environment, never with a key. */
export class DeliveryStack extends RestofyStack {
  readonly deployRoleArn: string

  constructor(scope: Construct, target: Target) {
    super(scope, 'delivery', target)
    const { environment } = target
    const limit = new IamPolicy(this, 'boundary', {
      name: named(environment, 'boundary'),
      description: 'the most that any role of Restofy may do',
      policy: boundary(this),
    })
    const github = new IamOpenidConnectProvider(this, 'github', {
      url: `https://${GITHUB}`,
      clientIdList: ['sts.amazonaws.com'],
    })
    const { repository, name } = environment
    const deploy = new IamRole(this, 'deploy', {
      name: named(environment, 'deploy'),
      maxSessionDuration: 3_600,
      assumeRolePolicy: policy({
        Effect: 'Allow',
        Principal: { Federated: github.arn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${GITHUB}:aud`]: 'sts.amazonaws.com',
            [`${GITHUB}:sub`]: `repo:${repository}:environment:${name}`,
          },
        },
      }),
      dependsOn: [limit],
    })
    for (const granted of ['PowerUserAccess', 'IAMReadOnlyAccess']) {
      new IamRolePolicyAttachment(this, `deploy-${granted}`, {
        role: deploy.name,
        policyArn: managedPolicy(granted),
      })
    }
    new IamRolePolicy(this, 'deploy-own-roles', {
      name: 'own-roles',
      role: deploy.id,
      policy: manageOwnRoles(this),
    })
    this.deployRoleArn = deploy.arn
    this.output('deploy_role_arn', deploy.arn)
  }
}
