import { hash } from 'node:crypto'

// 22 base64url characters hold 128 bits.
const attemptPattern = /^[\w-]{22,128}$/

export const isRefreshAttempt = (text: string) => attemptPattern.test(text)

/** The stored form. The value is a secret: with its token, it gets the successor token. */
export const hashRefreshAttempt = (attempt: string) => hash('sha256', attempt, 'buffer')
