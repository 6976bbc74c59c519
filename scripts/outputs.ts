#!/usr/bin/env node
// Reads what a deployed environment is made of and writes what its cluster needs to know:
// .restofy/aws/<ENV>/inputs.json for the cluster's program, cluster-base.json for kubectl.
// usage: node scripts/outputs.ts   (ENV=dev RDS_AUTHORITY=<file with RDS's certificates>)
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hostProfile } from '../deploy/host/profile.ts'
import { clusterBase } from '../infra/terraform-cdk/cluster-base.ts'
import { environmentNamed } from '../infra/terraform-cdk/environments.ts'
import { handOff, parseOutputs } from '../infra/terraform-cdk/hand-off.ts'
import { environmentFolder, stacksOf } from './aws-stacks.ts'
import { script } from './report.ts'

const profile = hostProfile(process.env)

await script(profile, async () => {
  const environment = environmentNamed(process.env.ENV)
  const folder = environmentFolder(profile, environment)
  const stacks = await stacksOf(environment, folder)
  const outputs = parseOutputs(await stacks.outputs(), environment)
  const inputs = handOff(environment, outputs, await authorityOf(environment.region))
  for (const [file, content] of Object.entries({
    'inputs.json': inputs,
    'cluster-base.json': clusterBase(environment, outputs),
  })) {
    await writeFile(join(folder, file), `${JSON.stringify(content, null, 2)}\n`)
    console.log(join(folder, file))
  }
})

/** Who signed the databases' certificates, as AWS publishes it. */
async function authorityOf(region: string): Promise<string> {
  const file = process.env.RDS_AUTHORITY
  if (file) return readFile(file, 'utf8')
  const url = `https://truststore.pki.rds.amazonaws.com/${region}/${region}-bundle.pem`
  const response = await fetch(url).catch((cause) => {
    throw new Error(`${url} cannot be reached: give RDS_AUTHORITY=<file>`, { cause })
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.text()
}
