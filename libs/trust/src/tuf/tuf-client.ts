import { join } from 'node:path';
import { AppError, type Disk, messageOf } from '@phalanx/kit';
import { MetadataKind } from '@tufjs/models';
import { EqualVersionError } from 'tuf-js/dist/error.js';
import { TrustedMetadataStore } from 'tuf-js/dist/store.js';
import type { TargetEntry } from './metadata-writer.js';

/** Gives one metadata file by name, or null where the repository has none of that name. Rejects with `unavailable` when it can't be asked. */
export type MetadataSource = (name: string) => Promise<Buffer | null>;

export interface TufClientOptions {
  /** Folder of the trusted metadata; made when missing. */
  readonly folder: string;
  readonly disk: Disk;
  /** The pinned root, used while the folder holds none. */
  readonly pinnedRoot: string;
  readonly source: MetadataSource;
}

const MAX_ROOTS = 256;
const MAX_BYTES = 5_000_000;

/**
 * One repository as a box trusts it: refuses wrong signatures, versions that go back, expired and mixed metadata. The checks are tuf-js's; this
 * drives them over our own transport, and keeps what was trusted last durably, so that a power cut or a restart doesn't open a way back.
 * @see TUF specification 1.0.31, section 5
 */
export class TufClient {
  constructor(private readonly options: TufClientOptions) {
    options.disk.makeFolder(options.folder);
  }

  /**
   * What the repository's present metadata says of a target, or null where it lists none. Throws `unavailable` when the
   * repository can't be reached, `forbidden` with code `trust.metadata-refused` when its metadata is not to be trusted, or
   * `trust.metadata-expired` (with `details.expiredAt`) when by this machine's clock it no longer holds.
   */
  target(path: string): Promise<TargetEntry | null> {
    return new Refresh(this.options).target(path);
  }
}

/** One walk from the trusted root to a target. */
class Refresh {
  /** When the newest timestamp that came ends to hold, or null when none came. */
  private timestampExpiresAt: string | null = null;
  /** The failure to reach the source, if that is what went wrong. */
  private unreachable: { readonly cause: unknown } | null = null;

  constructor(private readonly options: TufClientOptions) {}

  async target(path: string): Promise<TargetEntry | null> {
    try {
      const store = new TrustedMetadataStore(this.kept('root') ?? Buffer.from(this.options.pinnedRoot));
      await this.followRoots(store);
      await this.takeTimestamp(store);
      await this.takeSnapshot(store);
      await this.takeList(store, MetadataKind.Targets, MetadataKind.Root);
      return await this.find(store, path);
    } catch (cause) {
      if (this.unreachable) throw this.unreachable.cause;
      throw this.refusal(cause);
    }
  }

  /** TUF 5.3: every newer root, one after another. */
  private async followRoots(store: TrustedMetadataStore): Promise<void> {
    for (let count = 0; count < MAX_ROOTS; count++) {
      const bytes = await this.fetch(`${store.root.signed.version + 1}.root.json`);
      if (!bytes) return;
      store.updateRoot(bytes);
      this.keep('root', bytes);
    }
  }

  /** TUF 5.4. The kept one is loaded first, so that the new one can't be older. */
  private async takeTimestamp(store: TrustedMetadataStore): Promise<void> {
    attempt(this.kept('timestamp'), (bytes) => store.updateTimestamp(bytes));
    const bytes = await this.need('timestamp.json');
    this.timestampExpiresAt = expiryIn(bytes);
    try {
      store.updateTimestamp(bytes);
    } catch (error) {
      // The same again is what we have already.
      if (error instanceof EqualVersionError) return;
      throw error;
    }
    this.keep('timestamp', bytes);
  }

  /** TUF 5.5. The kept one is loaded even when it is old: no list may fall behind it. */
  private async takeSnapshot(store: TrustedMetadataStore): Promise<void> {
    if (attempt(this.kept('snapshot'), (bytes) => store.updateSnapshot(bytes, true))) return;
    const bytes = await this.need(`${store.timestamp!.signed.snapshotMeta.version}.snapshot.json`);
    store.updateSnapshot(bytes);
    this.keep('snapshot', bytes);
  }

  /** TUF 5.6. */
  private async takeList(store: TrustedMetadataStore, role: string, parent: string): Promise<void> {
    if (attempt(this.kept(role), (bytes) => store.updateDelegatedTargets(bytes, role, parent))) return;
    const meta = store.snapshot!.signed.meta[`${role}.json`];
    if (!meta) throw new Error(`the snapshot names no ${role}`);
    const bytes = await this.need(`${meta.version}.${role}.json`);
    store.updateDelegatedTargets(bytes, role, parent);
    this.keep(role, bytes);
  }

  /** TUF 5.6.7, for lists that delegate once, to bins. */
  private async find(store: TrustedMetadataStore, path: string): Promise<TargetEntry | null> {
    const { targets, delegations } = store.targets!.signed;
    let found = targets[path];
    for (const { role } of found ? [] : (delegations?.rolesForTarget(path) ?? [])) {
      await this.takeList(store, role, MetadataKind.Targets);
      found = store.getRole(role)?.signed.targets[path];
      if (found) break;
    }
    if (!found) return null;
    const sha256 = found.hashes['sha256'];
    if (!sha256) throw new Error(`${path} is listed without a SHA-256`);
    return { length: found.length, sha256 };
  }

  private async need(name: string): Promise<Buffer> {
    const bytes = await this.fetch(name);
    if (!bytes) throw new Error(`the repository has no ${name}`);
    return bytes;
  }

  private async fetch(name: string): Promise<Buffer | null> {
    let bytes: Buffer | null;
    try {
      bytes = await this.options.source(name);
    } catch (cause) {
      this.unreachable = { cause };
      throw cause;
    }
    if (bytes && bytes.length > MAX_BYTES) throw new Error(`${name} is larger than any metadata may be`);
    return bytes;
  }

  private kept(role: string): Buffer | null {
    return this.options.disk.read(this.path(role));
  }

  private keep(role: string, bytes: Buffer): void {
    this.options.disk.replace(this.path(role), bytes);
  }

  private path(role: string): string {
    return join(this.options.folder, `${role}.json`);
  }

  private refusal(cause: unknown): AppError {
    const expiredAt = this.timestampExpiresAt;
    if (expiredAt && Date.parse(expiredAt) <= Date.now()) {
      const text = `the signed metadata ended to hold at ${expiredAt}`;
      return new AppError('forbidden', 'trust.metadata-expired', text, { cause, details: { expiredAt } });
    }
    return new AppError('forbidden', 'trust.metadata-refused', `the signed metadata is refused: ${messageOf(cause)}`, { cause });
  }
}

/** True when the kept bytes are taken. That they aren't is normal: then newer ones are fetched. */
function attempt(bytes: Buffer | null, take: (bytes: Buffer) => unknown): boolean {
  if (!bytes) return false;
  try {
    take(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The expiry that a timestamp claims, signed or not: only to explain a refusal. */
function expiryIn(bytes: Buffer): string | null {
  try {
    const { signed } = JSON.parse(bytes.toString('utf8')) as { signed?: { expires?: unknown } };
    return typeof signed?.expires === 'string' ? signed.expires : null;
  } catch {
    return null;
  }
}
