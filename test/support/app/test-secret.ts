import { createHash } from 'node:crypto'

export const testSecret = createHash('sha256').update('a secret for tests').digest('base64')
