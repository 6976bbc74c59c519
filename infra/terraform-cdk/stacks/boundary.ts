import { boundaryArn, roleArn, stateBucket } from '../names.ts'
import { policy } from './role.ts'
import type { RestofyStack } from './stack.ts'

/**
 * The most that any role of ours may do, whatever its policies say. It grants nothing by itself.
 * What deploys may make roles, so without this it could make itself a stronger one.
 */
export function boundary({ environment }: RestofyStack): string {
  const { region } = environment
  return policy(
    {
      Effect: 'Allow',
      NotAction: [
        'account:*',
        'iam:CreateAccessKey',
        'iam:CreateLoginProfile',
        'iam:CreateUser',
        'iam:DeleteRolePermissionsBoundary',
        'organizations:*',
      ],
      Resource: '*',
    },
    {
      Effect: 'Deny',
      Action: [
        'iam:CreatePolicyVersion',
        'iam:DeletePolicy',
        'iam:DeletePolicyVersion',
        'iam:SetDefaultPolicyVersion',
      ],
      Resource: boundaryArn(environment),
    },
    {
      Effect: 'Deny',
      Action: ['s3:DeleteBucket', 's3:DeleteObjectVersion', 's3:PutBucketVersioning'],
      Resource: [
        `arn:aws:s3:::${stateBucket(environment)}`,
        `arn:aws:s3:::${stateBucket(environment)}/*`,
      ],
    },
    {
      Effect: 'Deny',
      NotAction: ['iam:*', 'sts:*', 'budgets:*', 'ce:*', 's3:*'],
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': [region, 'us-east-1'] } },
    },
  )
}

/** What deploying needs beyond PowerUserAccess: our own roles, and only below the boundary. */
export function manageOwnRoles({ environment }: RestofyStack): string {
  const ours = roleArn(environment, '*')
  return policy(
    {
      Effect: 'Allow',
      Action: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary'],
      Resource: ours,
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundaryArn(environment) } },
    },
    {
      Effect: 'Allow',
      Action: [
        'iam:AttachRolePolicy',
        'iam:DetachRolePolicy',
        'iam:PutRolePolicy',
        'iam:DeleteRolePolicy',
        'iam:UpdateAssumeRolePolicy',
        'iam:TagRole',
        'iam:UntagRole',
        'iam:DeleteRole',
      ],
      Resource: ours,
    },
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: ours,
      Condition: {
        StringEquals: {
          'iam:PassedToService': [
            'eks.amazonaws.com',
            'ec2.amazonaws.com',
            'pods.eks.amazonaws.com',
            'monitoring.rds.amazonaws.com',
            'vpc-flow-logs.amazonaws.com',
          ],
        },
      },
    },
  )
}
