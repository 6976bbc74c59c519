import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js'
import { z } from 'zod'
import { Problem, problemBody, toProblem } from '../problem.ts'

const CODES: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  402: status.FAILED_PRECONDITION,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  409: status.ABORTED,
  413: status.INVALID_ARGUMENT,
  422: status.FAILED_PRECONDITION,
  429: status.RESOURCE_EXHAUSTED,
  503: status.UNAVAILABLE,
}

/** The problem itself travels beside the status: `code` is the contract here as it is over HTTP. */
const PROBLEM = 'problem-bin'

const Body = z.object({
  status: z.int(),
  code: z.string(),
  title: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})

/** How a failed call ends. What is no `Problem` is a bug, and says nothing of itself. */
export function statusOf(error: unknown): Partial<StatusObject> & { problem: Problem } {
  const problem = toProblem(error)
  const metadata = new Metadata()
  metadata.set(PROBLEM, Buffer.from(problemBody(problem)))
  const code = CODES[problem.status] ?? status.INTERNAL
  // grpc-js percent-encodes it, which throws for half a character: the call would never end.
  return { code, details: problem.message.toWellFormed(), metadata, problem }
}

/** The refusal a neighbour answered; undefined when it failed, or did not answer. */
export function refusalOf({ metadata }: ServiceError): Problem | undefined {
  const [bytes] = metadata?.get(PROBLEM) ?? []
  if (!bytes) return undefined
  const result = Body.safeParse(JSON.parse(bytes.toString()))
  if (!result.success || result.data.status >= 500) return undefined
  const { status: httpStatus, code, title, errors } = result.data
  return new Problem(httpStatus, code, title, { errors })
}

/** `NOT_FOUND` for 5. */
export const statusName = (code: number): string => status[code] ?? 'UNKNOWN'
