#!/usr/bin/env node
// Reads what a deployed environment is made of and writes what its cluster needs to know:
// .restofy/aws/<ENV>/inputs.json for the cluster's program, cluster-base.json for kubectl.
// usage: node scripts/outputs.ts   (ENV=dev RDS_AUTHORITY=<file with RDS's certificates>)
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hostProfile, ROOT } from '../deploy/host/profile.ts'
import { restofyApp } from '../infra/terraform-cdk/app.ts'
import { clusterBase } from '../infra/terraform-cdk/cluster-base.ts'
import { environmentNamed } from '../infra/terraform-cdk/environments.ts'
import { handOff, parseOutputs } from '../infra/terraform-cdk/hand-off.ts'
import { script } from './report.ts'
import { handingOver, readOutputs } from './stack-outputs.ts'
import { stackDirectory, stackRun } from './stack-run.ts'
import { findTerraform } from './terraform.ts'

await script(hostProfile(process.env), async () => {
  const environment = environmentNamed(process.env.ENV)
  const folder = join(ROOT, '.restofy/aws', environment.name)
  await mkdir(folder, { recursive: true })
  restofyApp({ outdir: folder, environments: [environment] }).synth()
  const run = stackRun(await findTerraform(folder))
  for (const stack of handingOver(environment)) {
    await run(stackDirectory(folder, stack), ['init', '-reconfigure'])
  }
  const outputs = parseOutputs(await readOutputs(run, folder, environment), environment)
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
