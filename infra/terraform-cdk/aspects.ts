import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { type IAspect, TerraformResource } from 'cdktf'
import type { IConstruct } from 'constructs'
import type { Environment } from './environments.ts'
import { boundaryArn } from './names.ts'

/** What holds data, or decrypts it. */
const PRECIOUS = new Set([
  'aws_db_instance',
  'aws_ecr_repository',
  'aws_elasticache_replication_group',
  'aws_kms_key',
  'aws_mq_broker',
  'aws_s3_bucket',
  'aws_secretsmanager_secret',
])

/**
 * What no stack has to remember. They are attached to each stack: cdktf 0.21 visits from the stacks
 * downwards, and an aspect of the app would be ignored without a word.
 */
export const aspectsOf = (environment: Environment): IAspect[] => [
  boundRoles(environment),
  ...(environment.protected ? [keepPrecious] : []),
]

const boundRoles = (environment: Environment): IAspect => ({
  visit(node: IConstruct) {
    if (node instanceof IamRole) node.permissionsBoundary = boundaryArn(environment)
  },
})

const keepPrecious: IAspect = {
  visit(node: IConstruct) {
    if (!(node instanceof TerraformResource) || !PRECIOUS.has(node.terraformResourceType)) return
    node.lifecycle = { ...node.lifecycle, preventDestroy: true }
  },
}
