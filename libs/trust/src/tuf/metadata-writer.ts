import { createHash } from 'node:crypto';
import { Metadata, MetadataKind, Root, Snapshot, Targets, Timestamp } from '@tufjs/models';
import { type RoleKey, signerOf } from './role-key.js';

/** One signed metadata file, under the name by which a client asks for it. */
export interface MetadataFile {
  /** For example `3.targets.json`; only the timestamp's has no version. */
  readonly name: string;
  readonly version: number;
  readonly bytes: Buffer;
  readonly sha256: string;
}

export interface TargetEntry {
  readonly length: number;
  readonly sha256: string;
}

/** What snapshot and timestamp say of a file, so that it can't be swapped for another of the same version. */
export interface MetadataEntry extends TargetEntry {
  readonly version: number;
}

export interface RootKeys {
  readonly root: readonly RoleKey[];
  readonly targets: readonly RoleKey[];
  readonly snapshot: readonly RoleKey[];
  readonly timestamp: readonly RoleKey[];
}

/** Prefix of the hash bins that share the targets of a large repository. */
const BIN_PREFIX = 'bin';

type SignedPart = Root | Targets | Snapshot | Timestamp;

function seal<T extends SignedPart>(signed: T, role: string, signers: readonly RoleKey[]): MetadataFile {
  const metadata = new Metadata<SignedPart>(signed);
  for (const signer of signers) metadata.sign(signerOf(signer));
  const bytes = Buffer.from(JSON.stringify(metadata.toJSON()));
  const name = signed.type === MetadataKind.Timestamp ? 'timestamp.json' : `${signed.version}.${role}.json`;
  return { name, version: signed.version, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** TUF wants whole seconds. */
function expiry(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

const keysById = (keys: readonly RoleKey[]) => Object.fromEntries(keys.map((key) => [key.keyId, key.publicKey.toJSON()]));
const role = (keys: readonly RoleKey[]) => ({ keyids: keys.map((key) => key.keyId), threshold: keys.length });

/** The root of trust: which keys sign which role; all of a role's keys must sign. A successor is also signed by the `previous` root keys. */
export function writeRoot(version: number, keys: RootKeys, expiresAt: Date, previous: readonly RoleKey[] = []): MetadataFile {
  const root = Root.fromJSON({
    _type: 'root',
    spec_version: '1.0.31',
    version,
    expires: expiry(expiresAt),
    consistent_snapshot: true,
    keys: keysById([...keys.root, ...keys.targets, ...keys.snapshot, ...keys.timestamp]),
    roles: { root: role(keys.root), targets: role(keys.targets), snapshot: role(keys.snapshot), timestamp: role(keys.timestamp) },
  });
  return seal(root, 'root', [...new Map([...keys.root, ...previous].map((key) => [key.keyId, key])).values()]);
}

export interface TargetsOptions {
  /** `targets`, or the name of a bin. */
  readonly role: string;
  readonly version: number;
  readonly expiresAt: Date;
  readonly targets: Readonly<Record<string, TargetEntry>>;
  /** Spreads targets over 2^bits bins, which the same keys sign; only in the role `targets`, which then lists none itself. */
  readonly binBits?: number;
}

/** Signs a list of targets. */
export function writeTargets(options: TargetsOptions, keys: readonly RoleKey[]): MetadataFile {
  const { binBits = 0 } = options;
  const listed = Object.entries(options.targets).map(([path, { length, sha256 }]) => [path, { length, hashes: { sha256 } }] as const);
  const targets = Targets.fromJSON({
    _type: 'targets',
    spec_version: '1.0.31',
    version: options.version,
    expires: expiry(options.expiresAt),
    targets: Object.fromEntries(listed),
    ...(binBits > 0
      ? { delegations: { keys: keysById(keys), succinct_roles: { ...role(keys), bit_length: binBits, name_prefix: BIN_PREFIX } } }
      : {}),
  });
  return seal(targets, options.role, keys);
}

const metaOf = ({ version, length, sha256 }: MetadataEntry) => ({ version, length, hashes: { sha256 } });

/** Signs which version of each list of targets is the present one; `lists` goes by role name. */
export function writeSnapshot(
  version: number,
  lists: Readonly<Record<string, MetadataEntry>>,
  expiresAt: Date,
  keys: readonly RoleKey[],
): MetadataFile {
  const meta = Object.fromEntries(Object.entries(lists).map(([name, entry]) => [`${name}.json`, metaOf(entry)]));
  const snapshot = Snapshot.fromJSON({ _type: 'snapshot', spec_version: '1.0.31', version, expires: expiry(expiresAt), meta });
  return seal(snapshot, 'snapshot', keys);
}

/** Signs which snapshot is the present one. */
export function writeTimestamp(version: number, snapshot: MetadataEntry, expiresAt: Date, keys: readonly RoleKey[]): MetadataFile {
  const meta = { 'snapshot.json': metaOf(snapshot) };
  const timestamp = Timestamp.fromJSON({ _type: 'timestamp', spec_version: '1.0.31', version, expires: expiry(expiresAt), meta });
  return seal(timestamp, 'timestamp', keys);
}

/** The entry that tells of a written file. */
export function entryOf(file: MetadataFile): MetadataEntry {
  return { version: file.version, length: file.bytes.length, sha256: file.sha256 };
}

/** All bins of a repository, or the one list `targets` when it has none. */
export function targetRoles(binBits: number): string[] {
  if (binBits === 0) return ['targets'];
  const width = (2 ** binBits - 1).toString(16).length;
  return Array.from({ length: 2 ** binBits }, (_, bin) => `${BIN_PREFIX}-${bin.toString(16).padStart(width, '0')}`);
}

/** The role that must list a path. @see TAP 15 */
export function roleForTarget(path: string, binBits: number): string {
  if (binBits === 0) return 'targets';
  const bin = createHash('sha256').update(path).digest().readUInt32BE(0) >>> (32 - binBits);
  return targetRoles(binBits)[bin]!;
}
