import { createDeleteAccount, type DeleteAccountNeeds } from './delete-account.js'
import { createExportAccount, type ExportAccountNeeds } from './export-account.js'
import { createUpdateProfile, type UpdateProfileNeeds } from './update-profile.js'

export type ProfileNeeds = UpdateProfileNeeds & ExportAccountNeeds & DeleteAccountNeeds

export type Profile = ReturnType<typeof createProfile>

/** What users do with their account as a whole: tell of themselves, take their data, delete it. */
export const createProfile = (needs: ProfileNeeds) => ({
  updateProfile: createUpdateProfile(needs),
  exportAccount: createExportAccount(needs),
  deleteAccount: createDeleteAccount(needs),
})
