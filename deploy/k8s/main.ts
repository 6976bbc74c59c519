import { readFileSync } from 'node:fs'
import { Config } from '@pulumi/pulumi'
import { services } from '../../services/catalogue.ts'
import { thirdPartyImages } from './images.ts'
import { parseInputs } from './inputs.ts'
import { program } from './program.ts'

// What `pulumi up` runs, in whatever cluster the kubeconfig in use names:
//   pulumi config set inputs ../../.restofy/aws/dev/inputs.json
//   pulumi config set tag <commit whose images are in the registry>
const config = new Config()
const inputs = parseInputs(JSON.parse(readFileSync(config.require('inputs'), 'utf8')), services)
const tag = config.require('tag')

program({
  services,
  inputs,
  tags: Object.fromEntries(services.map(({ name }) => [name, tag])),
  images: thirdPartyImages(process.env),
})
