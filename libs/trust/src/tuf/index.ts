export {
  entryOf,
  roleForTarget,
  targetRoles,
  writeRoot,
  writeSnapshot,
  writeTargets,
  writeTimestamp,
  type MetadataEntry,
  type MetadataFile,
  type RootKeys,
  type TargetEntry,
  type TargetsOptions,
} from './metadata-writer.js';
export { generateRoleKey, loadRoleKey, type RoleKey, type StoredRoleKey } from './role-key.js';
export { TufClient, type MetadataSource, type TufClientOptions } from './tuf-client.js';
