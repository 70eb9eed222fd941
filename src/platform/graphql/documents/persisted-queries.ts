import { LRUCache } from 'lru-cache'
import type { TrustedDocuments } from './trusted-documents.js'

const mostDocuments = 1_000
const mostCharacters = 2_000_000
const longestDocument = 20_000

/**
 * Where automatic persisted queries are kept: bounded, so that whoever registers documents without end pushes out
 * those that were asked for least recently, and clients of these send them once more. With trusted documents: these
 * and no other.
 */
export function createPersistedQueries(trusted: TrustedDocuments | null) {
  if (trusted) {
    return {
      get: (key: string) => Promise.resolve(trusted.documents.get(hashIn(key))),
      set: () => Promise.resolve(),
      delete: () => Promise.resolve(false),
    }
  }
  const cache = new LRUCache<string, string>({
    max: mostDocuments,
    maxSize: mostCharacters,
    maxEntrySize: longestDocument,
    sizeCalculation: (document) => document.length,
  })
  return {
    get: (key: string) => Promise.resolve(cache.get(key)),
    set: (key: string, document: string) => Promise.resolve(void cache.set(key, document)),
    delete: (key: string) => Promise.resolve(cache.delete(key)),
  }
}

/** Apollo Server puts `apq:` in front of it. */
const hashIn = (key: string) => key.slice(key.indexOf(':') + 1)
