import type { Config } from './config/config.js'
import type { PersistentTarget } from '../platform/database/database.js'

/** Where the settings say that the data is. */
export const targetOf = ({
  postgres,
  dataDir,
}: Pick<Config, 'postgres' | 'dataDir'>): PersistentTarget =>
  postgres ? { kind: 'postgres', ...postgres } : { kind: 'embedded', dataDir }
