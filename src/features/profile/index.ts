export { createProfile, type Profile } from './profile.js'
export { ProfileResolver } from './profile.resolver.js'
export { UserResolver } from './user.resolver.js'
export { feature } from './feature.js'
