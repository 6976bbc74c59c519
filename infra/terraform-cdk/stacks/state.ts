import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js'
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js'
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js'
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js'
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js'
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js'
import type { Construct } from 'constructs'
import { stateBucket } from '../names.ts'
import { encryptionKey } from './keys.ts'
import { policy } from './role.ts'
import { RestofyStack, type Target } from './stack.ts'

/** Where the other stacks keep their state. Its own is a small file beside the code: it comes first. */
export class StateStack extends RestofyStack {
  constructor(scope: Construct, target: Target) {
    super(scope, 'state', target)
    const bucket = new S3Bucket(this, 'state', { bucket: stateBucket(target.environment) })
    const key = encryptionKey(this, 'state', "Terraform's state")
    refusePublic(this, bucket)
    new S3BucketVersioningA(this, 'versions', {
      bucket: bucket.id,
      versioningConfiguration: { status: 'Enabled' },
    })
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: bucket.id,
      rule: [
        {
          bucketKeyEnabled: true,
          applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key },
        },
      ],
    })
    new S3BucketLifecycleConfiguration(this, 'old-versions', {
      bucket: bucket.id,
      rule: [
        {
          id: 'old-versions',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          noncurrentVersionExpiration: [{ noncurrentDays: 90 }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
    })
    this.output('state_bucket', bucket.bucket)
  }
}

function refusePublic(stack: RestofyStack, bucket: S3Bucket): void {
  const block = new S3BucketPublicAccessBlock(stack, 'nothing-public', {
    bucket: bucket.id,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  })
  new S3BucketPolicy(stack, 'tls-only', {
    bucket: bucket.id,
    policy: policy({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:*',
      Resource: [bucket.arn, `${bucket.arn}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
    dependsOn: [block],
  })
}
