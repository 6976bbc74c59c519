import { createTransport, type Transport, type Transporter } from 'nodemailer'

const ANSWERS_WITHIN_MS = 10_000

/** Takes every letter and keeps none: what would have been sent is in the database. */
const SANDBOX: Transport = {
  name: 'sandbox',
  version: '1',
  send({ message }, done) {
    done(null, { envelope: message.getEnvelope(), messageId: message.messageId() })
  },
}

/** `smtp://user:password@host:port`, or nothing: then mail is only pretended to be sent. */
export const mailTransport = (url?: string, withinMs = ANSWERS_WITHIN_MS): Transporter =>
  url
    ? createTransport({
        url,
        pool: true,
        connectionTimeout: withinMs,
        greetingTimeout: withinMs,
        socketTimeout: withinMs,
      })
    : createTransport(SANDBOX)
