import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export type SpanSeen = {
  traceId: string
  spanId: string
  parentId: string
  name: string
  /** 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number
  attributes: Record<string, string | undefined>
}

/** An OTLP/HTTP endpoint that keeps the spans it is sent. */
export async function otlpSink(
  t: Pick<TestContext, 'after'>,
): Promise<{ url: string; spans: SpanSeen[] }> {
  const spans: SpanSeen[] = []
  const server = createServer(async (req, res) => {
    const body = Buffer.concat(await req.toArray())
    spans.push(...spansOf(body))
    res.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans }
}

// Field numbers of opentelemetry/proto/{collector/trace,trace,common}/v1.
const spansOf = (request: Buffer): SpanSeen[] =>
  fields(request)
    .of(1)
    .flatMap((resource) => fields(resource).of(2))
    .flatMap((scope) => fields(scope).of(2))
    .map((bytes) => {
      const span = fields(bytes)
      return {
        traceId: span.first(1).toString('hex'),
        spanId: span.first(2).toString('hex'),
        parentId: span.first(4).toString('hex'),
        name: span.first(5).toString(),
        kind: span.number(6),
        attributes: Object.fromEntries(span.of(9).map(attribute)),
      }
    })

function attribute(bytes: Buffer): [string, string] {
  const pair = fields(bytes)
  return [pair.first(1).toString(), fields(pair.first(2)).first(1).toString()]
}

/** The fields of one protobuf message by number, as far as this file needs the encoding. */
function fields(bytes: Buffer) {
  const chunks = new Map<number, Buffer[]>()
  const numbers = new Map<number, number>()
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const [field, type] = [Math.floor(tag / 8), tag % 8]
    if (type === 0) numbers.set(field, varint())
    else {
      const length = type === 2 ? varint() : type === 1 ? 8 : 4
      chunks.set(field, [...(chunks.get(field) ?? []), bytes.subarray(at, at + length)])
      at += length
    }
  }
  return {
    of: (field: number) => chunks.get(field) ?? [],
    first: (field: number) => chunks.get(field)?.[0] ?? Buffer.alloc(0),
    number: (field: number) => numbers.get(field) ?? 0,
  }
}
