import { Problem } from '#platform/problem.ts'

export const bodyTooLarge = (limit: number) =>
  new Problem(413, 'body-too-large', `a body may have ${limit} bytes`)

export const unknownVersion = (version: string) =>
  new Problem(400, 'unknown-version', `there is no version ${version.slice(0, 20)} of this API`)
