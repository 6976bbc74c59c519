import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseHistory } from './image-figures.ts'

const BUILDKIT = `0 ENTRYPOINT ["node"]
0 USER 10001:10001
4907641 COPY --chown=10001:10001 /compiled .compile-cache # buildkit
313685 COPY /app . # buildkit
0 ENV NODE_ENV=production
34743828 COPY /app/node_modules node_modules # buildkit
0 WORKDIR /app
131996617 COPY /rootfs / # buildkit`

const CLASSIC = `4907641 /bin/sh -c #(nop) COPY --chown=10001:10001 dir:bcc2 in .compile-cache
313685 /bin/sh -c #(nop) COPY dir:697c in .
34743828 /bin/sh -c #(nop) COPY dir:3a56 in node_modules
131996617 /bin/sh -c #(nop) COPY dir:4c56 in /`

test('an image is Node, packages and the rest, whichever builder made it', () => {
  const layers = { node: 131_996_617, packages: 34_743_828, service: 5_221_326 }
  assert.deepEqual(parseHistory(BUILDKIT), layers)
  assert.deepEqual(parseHistory(CLASSIC), layers)
})

test('the recipe copies in the order in which the layers are read', () => {
  const recipe = readFileSync('services/Dockerfile', 'utf8')
  const last = recipe.slice(recipe.indexOf('FROM scratch'))
  const copied = Array.from(last.matchAll(/^COPY --from=(\w+)/gm), ([, stage]) => stage)
  assert.deepEqual(copied, ['runtime', 'dependencies', 'source', 'compiled'])
})
