import { readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { Kind, type ValidationRule } from 'graphql'
import { StartupError } from '../../errors.js'
import { documentRefusal } from './document-refusal.js'
import { z } from '../../zod.js'

/** The only documents that may run. */
export interface TrustedDocuments {
  /** SHA-256 of the text, in hexadecimal. */
  readonly hashes: ReadonlySet<string>
  /** The texts, if the file contains them. Clients may then send the hash alone. */
  readonly documents: ReadonlyMap<string, string>
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const fileSchema = z.union([
  z.array(sha256).transform((hashes) => hashes.map((hash) => [hash, null] as const)),
  z.record(sha256, z.string()).transform((documents) => Object.entries(documents)),
  // Apollo's persisted query manifest.
  z
    .object({ operations: z.array(z.object({ id: sha256, body: z.string() })) })
    .transform(({ operations }) => operations.map(({ id, body }) => [id, body] as const)),
])

/**
 * Reads the file of trusted documents: a JSON array of hashes, an object of documents by hash, or a manifest of
 * Apollo Client's tools. Every problem stops the start. With an empty list, the server would refuse every
 * client. With a wrong list, it might refuse none.
 */
export function readTrustedDocuments(path: string): TrustedDocuments {
  const parsed = fileSchema.safeParse(parseFile(path))
  if (!parsed.success) {
    throw new StartupError(
      `TRUSTED_DOCUMENTS: ${path} must be a JSON array of SHA-256 hashes in hexadecimal, an object of documents by hash, or a persisted query manifest`,
    )
  }
  const documents = new Map<string, string>()
  for (const [hash, text] of parsed.data) {
    if (text === null) continue
    if (hashOf(text) !== hash) {
      throw new StartupError(
        `TRUSTED_DOCUMENTS: ${hash} is not the SHA-256 of its document. Generate the file again.`,
      )
    }
    documents.set(hash, text)
  }
  const hashes = new Set(parsed.data.map(([hash]) => hash))
  if (hashes.size === 0)
    throw new StartupError(
      `TRUSTED_DOCUMENTS: ${path} has no document. Add documents, or unset TRUSTED_DOCUMENTS.`,
    )
  return { hashes, documents }
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new StartupError(
      `TRUSTED_DOCUMENTS: ${path} cannot be read as JSON. Fix the path or the file.`,
      { cause },
    )
  }
}

/** The refusal of a document that is not trusted; null for a trusted one. */
export const checkTrusted = ({ hashes }: TrustedDocuments, text: string | undefined) =>
  text !== undefined && hashes.has(hashOf(text))
    ? null
    : documentRefusal('This document is not one of the trusted documents.', 'QUERY_NOT_IN_SAFELIST')

/** Refuses every untrusted document. */
export const requireTrustedDocuments =
  (trusted: TrustedDocuments): ValidationRule =>
  (context) => ({
    [Kind.DOCUMENT]: (document) => {
      const refusal = checkTrusted(trusted, document.loc?.source.body)
      if (refusal) context.reportError(refusal)
    },
  })

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
