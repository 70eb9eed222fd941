import type { Config } from './config/config.js'
import type { LastingTarget } from '../platform/database/database.js'

/** Where the settings say that the data is. */
export const targetOf = ({
  postgres,
  dataDir,
}: Pick<Config, 'postgres' | 'dataDir'>): LastingTarget =>
  postgres ? { kind: 'postgres', ...postgres } : { kind: 'embedded', dataDir }
