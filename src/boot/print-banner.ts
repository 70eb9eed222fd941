import type { Config } from '../compose/config/config.js'

/** Prints the addresses for a new user. The service continues when it cannot write. */
export function printBanner(config: Config) {
  if (config.production) return
  process.stdout.on('error', () => undefined)
  process.stdout.write(formatBanner(config))
}

const formatBanner = ({ publicUrl, postgres, dataDir, mail }: Config) => `
  Latchkey is ready.

  GraphiQL   ${publicUrl}/graphql   (open it in a browser)
  Health     ${publicUrl}/readyz
${mail.hasPreview ? `  Mail       ${publicUrl}/dev/mail   (sent messages; open it in a browser on this machine)\n` : ''}  Keys       ${publicUrl}/.well-known/jwks.json
  Data       ${postgres ? 'PostgreSQL (DATABASE_URL)' : `embedded, in ${dataDir}`}

`
