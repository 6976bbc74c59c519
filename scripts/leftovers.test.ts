import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Aws } from './aws-command.ts'
import { leftovers } from './leftovers.ts'

const EC2 = 'arn:aws:ec2:eu-west-1:111111111111'

/** An account that answers what the tags find, and what EC2 says of its gateways and endpoints. */
const accountWith =
  (arns: string[]): Aws =>
  async <T>(service: string, verb: string) => {
    const answers: Record<string, object> = {
      'get-resources': {
        ResourceTagMappingList: arns.map((ResourceARN) => ({ ResourceARN, Tags: [] })),
      },
      'describe-nat-gateways': {
        NatGateways: [
          { NatGatewayId: 'nat-1', State: 'deleted' },
          { NatGatewayId: 'nat-2', State: 'available' },
        ],
      },
      'describe-vpc-endpoints': {
        VpcEndpoints: [{ VpcEndpointId: 'vpce-1', State: 'Deleted' }],
      },
    }
    assert.ok(answers[verb], `${service} ${verb}`)
    return answers[verb] as T
  }

test('what EC2 shows for an hour after it was deleted is not left over; what lives is', async () => {
  const aws = accountWith([
    `${EC2}:natgateway/nat-1`,
    `${EC2}:natgateway/nat-2`,
    `${EC2}:vpc-endpoint/vpce-1`,
    'arn:aws:kms:eu-west-1:111111111111:key/1',
    'arn:aws:s3:::restofy-dev',
  ])
  assert.deepEqual(await leftovers('dev', aws), [
    `${EC2}:natgateway/nat-2`,
    'arn:aws:s3:::restofy-dev',
  ])
})
