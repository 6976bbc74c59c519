import { basename, dirname, join } from 'node:path'
import { ROOT } from '../host/profile.ts'
import { ensureTool } from '../host/tools.ts'
import { command } from './command.ts'
import { isHere } from './images.ts'

/** An image of the Jaeger that host mode runs, compiled from tools/jaeger; its name. */
export async function makeJaegerImage(base: string): Promise<string> {
  if (process.platform !== 'linux') {
    throw new Error('no registry has Jaeger, and only Linux can compile it for a cluster')
  }
  const folder = dirname(await ensureTool('jaeger'))
  const image = `restofy/${basename(folder).replace('@', ':')}`
  if (await isHere(image)) return image
  const dockerfile = join(ROOT, 'deploy/jaeger/Dockerfile')
  const args = ['--quiet', '--file', dockerfile, '--build-arg', `BASE=${base}`, '--tag', image]
  await command('docker', ['build', ...args, folder])
  return image
}
