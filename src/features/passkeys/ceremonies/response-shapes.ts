import { isCanonicalBase64url } from '../../../platform/crypto/base64url.js'
import { z } from '../../../platform/zod.js'

// 16 kB: honest parts have 4 kB at most. A credential id has 1,023 bytes at most (WebAuthn §4).
const part = z.string().max(16_384)
const credentialId = z.string().min(1).max(1_364).refine(isCanonicalBase64url)

const envelope = { id: credentialId, rawId: credentialId, type: z.literal('public-key') }
const hasOneId = ({ id, rawId }: { id: string; rawId: string }) => id === rawId

const registrationSchema = z
  .object({
    ...envelope,
    response: z.object({ clientDataJSON: part, attestationObject: part, transports: z.unknown() }),
  })
  .refine(hasOneId)

const assertionSchema = z
  .object({
    ...envelope,
    response: z.object({
      clientDataJSON: part,
      authenticatorData: part,
      signature: part,
      userHandle: part.nullish(),
    }),
  })
  .refine(hasOneId)

export type RegistrationParts = z.output<typeof registrationSchema>
export type AssertionParts = z.output<typeof assertionSchema>

/** The known parts of what `PublicKeyCredential.toJSON()` gave. Null: this is none. */
export const parseRegistration = (response: unknown): RegistrationParts | null =>
  registrationSchema.safeParse(response).data ?? null

export const parseAssertion = (response: unknown): AssertionParts | null =>
  assertionSchema.safeParse(response).data ?? null
