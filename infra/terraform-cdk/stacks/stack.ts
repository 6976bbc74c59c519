import { join } from 'node:path'
import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js'
import { Aspects, LocalBackend, S3Backend, TerraformOutput, TerraformStack } from 'cdktf'
import type { Construct } from 'constructs'
import { aspectsOf } from '../aspects.ts'
import type { Environment } from '../environments.ts'
import { stateBucket } from '../names.ts'

/** Where a stack goes: an environment's account, or an emulator that answers for all of AWS. */
export type Target = { environment: Environment; emulator?: string }

const EMULATED = [
  ...[
    'acm',
    'budgets',
    'ce',
    'ec2',
    'ecr',
    'eks',
    'elasticache',
    'iam',
    'kms',
    'logs',
    'mq',
    'rds',
  ],
  ...['s3', 'secretsmanager', 'sns', 'sts'],
]

const HERE = join(import.meta.dirname, '..')

/** What every stack shares: the account it must not leave, tags, and where its state is kept. */
export class RestofyStack extends TerraformStack {
  readonly environment: Environment
  readonly part: string

  constructor(scope: Construct, part: string, { environment, emulator }: Target) {
    super(scope, `${part}-${environment.name}`)
    this.environment = environment
    this.part = part
    const { region, account } = environment
    const tags = {
      Project: 'restofy',
      Environment: environment.name,
      Stack: part,
      ManagedBy: 'terraform',
    }
    const place = emulator ? emulated(emulator) : { allowedAccountIds: [account] }
    new AwsProvider(this, 'aws', { region, defaultTags: [{ tags }], ...place })
    for (const aspect of aspectsOf(environment)) Aspects.of(this).add(aspect)
    keepState(this, emulator !== undefined)
  }

  /** An output with a name of ours: what others read must not depend on cdktf's way of naming. */
  output(name: string, value: unknown): void {
    new TerraformOutput(this, name, { value }).overrideLogicalId(name)
  }
}

/** The bucket's own state is one file, wherever the stacks are written to: whoever loses it must import the bucket. */
function keepState(stack: RestofyStack, emulated: boolean): void {
  const { environment, part } = stack
  const id = `${part}-${environment.name}`
  if (emulated) new LocalBackend(stack, { path: `../${id}/terraform.tfstate` })
  else if (part === 'state') new LocalBackend(stack, { path: join(HERE, `${id}.tfstate`) })
  else keepStateInS3(stack)
}

function keepStateInS3(stack: RestofyStack): void {
  const { environment, part } = stack
  const backend = new S3Backend(stack, {
    bucket: stateBucket(environment),
    key: `${part}.tfstate`,
    region: environment.region,
    encrypt: true,
  })
  // Terraform's own locking, which cdktf 0.21 has no type for; the DynamoDB table is deprecated.
  backend.addOverride('use_lockfile', true)
}

function emulated(url: string) {
  return {
    accessKey: 'emulator',
    secretKey: 'emulator',
    endpoints: [Object.fromEntries(EMULATED.map((service) => [service, url]))],
    skipCredentialsValidation: true,
    skipMetadataApiCheck: 'true',
    s3UsePathStyle: true,
  }
}
