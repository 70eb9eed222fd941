import type { Config } from './config/config.js'
import type { PersistentTarget } from '../platform/database/database.js'

/** The location of the data according to the settings. */
export const targetOf = ({
  postgres,
  dataDir,
}: Pick<Config, 'postgres' | 'dataDir'>): PersistentTarget =>
  postgres ? { kind: 'postgres', ...postgres } : { kind: 'embedded', dataDir }
