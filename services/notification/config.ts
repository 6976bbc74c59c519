import { z } from 'zod'
import { readConfig } from '#platform/config.ts'

export const notificationConfig = () =>
  readConfig({
    /** Unset: the sandbox. */
    SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
    MAIL_FROM: z.string().default('Restofy <hello@restofy.test>'),
    /** After the delivery. */
    FOLLOW_UP_MINUTES: z.coerce.number().min(0).default(120),
  })
