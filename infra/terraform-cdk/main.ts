// Writes what Terraform reads: every environment, or the one that ENV names.
// usage: node infra/terraform-cdk/main.ts   (ENV=dev, OUTDIR=cdktf.out)
import { join } from 'node:path'
import { restofyApp } from './app.ts'
import { environmentNamed, environments } from './environments.ts'

const { ENV, OUTDIR } = process.env

restofyApp({
  outdir: OUTDIR ?? join(import.meta.dirname, 'cdktf.out'),
  environments: ENV ? [environmentNamed(ENV)] : environments,
}).synth()
