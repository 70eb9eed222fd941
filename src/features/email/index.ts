export { createEmail, type Email } from './email.js'
export { createEmailChanges, type EmailChanges } from './email-changes.js'
export { EmailResolver } from './email.resolver.js'
export { createPrepareLetter } from './prepare-letter.js'
