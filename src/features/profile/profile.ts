import { createDeleteAccount, type DeleteAccountDeps } from './delete-account.js'
import { createExportAccount, type ExportAccountDeps } from './export-account.js'
import { createUpdateProfile, type UpdateProfileDeps } from './update-profile.js'

export type ProfileDeps = UpdateProfileDeps & ExportAccountDeps & DeleteAccountDeps

export type Profile = ReturnType<typeof createProfile>

/** Operations on the account as a whole: update the profile, export the data, delete the account. */
export const createProfile = (deps: ProfileDeps) => ({
  updateProfile: createUpdateProfile(deps),
  exportAccount: createExportAccount(deps),
  deleteAccount: createDeleteAccount(deps),
})
