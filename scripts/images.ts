#!/usr/bin/env node
// Builds the image of every service and prints how large each is and how soon it is ready.
// usage: node scripts/images.ts   (IMAGE_NODE, IMAGE_POSTGRES, BUILD_NETWORK as make up MODE=kind reads them)
import { chalk } from 'zx'
import { hostProfile } from '../deploy/host/profile.ts'
import { fixtureRelease } from '../deploy/k8s/fixtures.ts'
import { thirdPartyImages } from '../deploy/k8s/images.ts'
import { layersOf, secondsToReady, withDatabase } from '../deploy/kind/image-figures.ts'
import { buildImages, imageTags } from '../deploy/kind/images.ts'
import { services } from '../services/catalogue.ts'
import { script, step } from './report.ts'

const GOAL = { megabytes: 250, seconds: 1.5 }
const COLUMNS = [52, 8, 8, 10, 9, 12]
const row = (cells: readonly string[]) =>
  cells.map((cell, column) => (column ? cell.padStart(COLUMNS[column]!) : cell.padEnd(COLUMNS[0]!)))

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)

await script(hostProfile(process.env), async () => {
  const images = thirdPartyImages(process.env)
  const tags = await imageTags(services)
  const built = await step('build images', () =>
    buildImages(tags, images, process.env.BUILD_NETWORK),
  )
  const { inputs } = fixtureRelease('kind')
  const tooLarge: string[] = []
  await withDatabase(images.postgres, async (database) => {
    console.log(chalk.bold(row(['image', 'MB', 'node', 'packages', 'service', 'ready']).join('')))
    for (const [index, service] of services.entries()) {
      const image = built[index]!
      const layers = await layersOf(image)
      const size = layers.node + layers.packages + layers.service
      const seconds = await secondsToReady(service, { image, database, inputs })
      const parts = [size, layers.node, layers.packages, layers.service].map(megabytes)
      const line = row([image, ...parts, `${seconds.toFixed(2)} s`]).join('')
      console.log(seconds > GOAL.seconds ? chalk.yellow(line) : line)
      if (size > GOAL.megabytes * 1e6) tooLarge.push(image)
    }
  })
  console.log(chalk.dim(`goals: ${GOAL.megabytes} MB, ready in ${GOAL.seconds} s`))
  if (tooLarge.length > 0)
    throw new Error(`larger than ${GOAL.megabytes} MB: ${tooLarge.join(', ')}`)
})
