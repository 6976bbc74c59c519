import { metrics } from '#contracts/metrics.ts'
import { gaugeFrom } from '#platform/metrics.ts'
import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { notificationConfig } from './config.ts'
import { notificationConsumers } from './consumers.ts'
import { mailQueue, mailWorker, sweepMail } from './jobs.ts'
import { countUnsent, dueMail } from './mail-store.ts'
import { notificationOperations } from './operations.ts'
import { notificationRoutes } from './routes.ts'
import { mailSender } from './send-mail.ts'
import { notification } from './service.ts'
import { mailTransport } from './transport.ts'

const now = () => new Date()

await runService(notification, broker, (runtime) => {
  const { pool, log, closings } = runtime
  const config = notificationConfig()
  const transport = mailTransport(config.SMTP_URL)
  closings.push(async () => transport.close())
  const { enqueue, close } = mailQueue(runtime)
  closings.push(close)
  gaugeFrom(metrics.mailsUnsent, async () =>
    Object.entries(await countUnsent(pool)).map(([state, value]) => ({ labels: { state }, value })),
  )
  const send = mailSender({ pool, log, from: config.MAIL_FROM, send: (l) => transport.sendMail(l) })
  return {
    handlers: [runtime.authenticate, notificationRoutes({ pool, now })],
    operations: notificationOperations,
    consumers: notificationConsumers({
      ...{ log, now, enqueue },
      followUpAfterMs: config.FOLLOW_UP_MINUTES * 60_000,
    }),
    startWork() {
      const sweep = sweepMail(log, (late, limit) => dueMail(pool, late, limit), enqueue)
      const worker = mailWorker(runtime, send)
      return {
        async stop() {
          await sweep.stop()
          await worker.stop()
        },
      }
    },
  }
})
