import { hash } from 'node:crypto'

// 22 base64url characters hold 128 bits.
const attemptPattern = /^[\w-]{22,128}$/

export const isRefreshAttempt = (text: string) => attemptPattern.test(text)

/** What the database keeps. The value itself is a secret: with its token it gets the successor. */
export const hashRefreshAttempt = (attempt: string) => hash('sha256', attempt, 'buffer')
