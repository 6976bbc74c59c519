import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ToolUnavailable } from '../deploy/host/tools.ts'
import { validateTogether } from './terraform-validate.ts'

const broker = (password: string) => ({
  terraform: { required_providers: { aws: { source: 'aws', version: '5.100.0' } } },
  resource: {
    aws_mq_broker: {
      rabbitmq: {
        broker_name: 'restofy',
        engine_type: 'RabbitMQ',
        engine_version: '4.2',
        host_instance_type: 'mq.m7g.medium',
        user: [{ username: 'restofy', password }],
      },
    },
  },
})

test('the provider itself refuses what it would not create, and names the stack', async (t) => {
  const outdir = await mkdtemp(join(tmpdir(), 'restofy-validate-'))
  t.after(() => rm(outdir, { recursive: true, force: true }))
  for (const [id, password] of Object.entries({
    weak: 'short',
    strong: 'long-enough-and-mixed-1',
  })) {
    await mkdir(join(outdir, 'stacks', id), { recursive: true })
    await writeFile(join(outdir, 'stacks', id, 'cdk.tf.json'), JSON.stringify(broker(password)))
  }
  try {
    const complaints = await validateTogether(outdir)
    assert.equal(complaints.length, 1)
    assert.match(complaints[0]!, /stacks\/weak\/cdk\.tf\.json: .*password/)
  } catch (error) {
    if (!(error instanceof ToolUnavailable)) throw error
    t.skip(error.message)
  }
})
