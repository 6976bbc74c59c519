import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js'
import { EcrRegistryScanningConfiguration } from '@cdktf/provider-aws/lib/ecr-registry-scanning-configuration/index.js'
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository/index.js'
import type { Construct } from 'constructs'
import { services } from '../../../services/catalogue.ts'
import type { Keys } from './keys.ts'
import { RestofyStack, type Target } from './stack.ts'

const KEPT = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: 'what no tag names any more',
      selection: {
        tagStatus: 'untagged',
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: 7,
      },
      action: { type: 'expire' },
    },
    {
      rulePriority: 2,
      description: 'enough to go back',
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 20 },
      action: { type: 'expire' },
    },
  ],
})

/** One repository per service; a tag, once pushed, always means the same image. */
export class RegistryStack extends RestofyStack {
  constructor(scope: Construct, target: Target, keys: Keys) {
    super(scope, 'registry', target)
    new EcrRegistryScanningConfiguration(this, 'scanning', {
      scanType: 'ENHANCED',
      rule: [
        {
          scanFrequency: 'CONTINUOUS_SCAN',
          repositoryFilter: [{ filter: 'restofy/*', filterType: 'WILDCARD' }],
        },
      ],
    })
    for (const { name } of services) {
      const repository = new EcrRepository(this, name, {
        name: `restofy/${name}-service`,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: [{ encryptionType: 'KMS', kmsKey: keys.data }],
        forceDelete: !target.environment.protected,
      })
      new EcrLifecyclePolicy(this, `${name}-kept`, { repository: repository.name, policy: KEPT })
    }
    const { account, region } = target.environment
    this.output('registry', `${account}.dkr.ecr.${region}.amazonaws.com`)
  }
}
