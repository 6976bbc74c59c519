import type { ServiceManifest } from '../../services/manifest.ts'
import type { Profile } from '../host/profile.ts'
import { ROOT } from '../host/profile.ts'
import { revisionOf } from '../host/revision.ts'
import { serviceImage, type ThirdParty } from '../k8s/images.ts'
import { clusterName } from './cluster.ts'
import { command, succeeds } from './command.ts'

/** The commit that last touched what a service runs, and a digest when that is not yet committed. */
export async function imageTag(service: string): Promise<string> {
  const paths = [
    'package-lock.json',
    '.dockerignore',
    'services/Dockerfile',
    'services/*.ts',
    'services/contracts',
    'services/platform',
    `services/${service}`,
  ].map((path) => (path.includes('*') ? `:(glob)${path}` : path))
  const git = async (...args: string[]) => (await command('git', args, { cwd: ROOT })).trim()
  const commit = await git('log', '-1', '--format=%h', '--abbrev=12', '--', ...paths)
  const changed = await git('status', '--porcelain', '--', ...paths)
  return changed ? `${commit}-${revisionOf(service).slice(0, 8)}` : commit
}

export async function imageTags(
  services: readonly ServiceManifest[],
): Promise<Record<string, string>> {
  const tags = await Promise.all(
    services.map(async ({ name }) => [name, await imageTag(name)] as const),
  )
  return Object.fromEntries(tags)
}

export const isHere = (image: string): Promise<boolean> =>
  succeeds('docker', ['image', 'inspect', '--format', '{{.Id}}', image])

/**
 * Builds what is not there; returns the images in the order of the catalogue. They are built on the
 * machine's own network: it resolves names and finds registries where a container's does not.
 */
export async function buildImages(
  tags: Readonly<Record<string, string>>,
  { node }: ThirdParty,
  network = 'host',
): Promise<string[]> {
  const images: string[] = []
  // One after another: the first makes the layers that all share.
  for (const [service, tag] of Object.entries(tags)) {
    const image = serviceImage('', service, tag)
    images.push(image)
    if (await isHere(image)) continue
    const args = [`SERVICE=${service}`, `VERSION=${tag}`, `NODE_IMAGE=${node}`]
    await command(
      'docker',
      [
        ...['build', '--quiet', '--file', 'services/Dockerfile', '--tag', image],
        ...args.flatMap((arg) => ['--build-arg', arg]),
        ...['--network', network],
        '.',
      ],
      { cwd: ROOT },
    )
  }
  return images
}

/** Copies into the cluster's node what it has not; what this machine has not either, the node pulls by itself. */
export async function loadImages(profile: Profile, images: readonly string[]): Promise<void> {
  const name = clusterName(profile)
  const list = ['exec', `${name}-control-plane`, 'ctr', '--namespace=k8s.io', 'images', 'ls', '-q']
  const loaded = new Set((await command('docker', list)).split('\n'))
  const here = await Promise.all(images.map(isHere))
  const wanted = images.filter((image, index) => here[index] && !loaded.has(fullName(image)))
  if (wanted.length === 0) return
  // All at once, and only these: kind would copy all of its arguments when one is missing.
  await command('kind', ['load', 'docker-image', '--name', name, ...wanted])
}

/** `redis:7` is `docker.io/library/redis:7`. */
function fullName(image: string): string {
  const [first] = image.split('/')
  if (image.includes('/') && /[.:]|^localhost$/.test(first!)) return image
  return image.includes('/') ? `docker.io/${image}` : `docker.io/library/${image}`
}
