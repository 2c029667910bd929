import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, type Disk, nodeDisk } from '@phalanx/kit';
import { entryOf, generateRoleKey, loadRoleKey, type MetadataEntry, type RootKeys, roleForTarget, targetRoles } from './index.js';
import { TufClient, writeRoot, writeSnapshot, writeTargets, writeTimestamp } from './index.js';

const BITS = 2;
const DAY_MS = 86_400_000;
const SHA = 'a'.repeat(64);
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

function newKeys(): RootKeys {
  const key = () => [loadRoleKey(generateRoleKey())];
  return { root: key(), targets: key(), snapshot: key(), timestamp: key() };
}

/** A repository in memory, that can also be made to lie. */
class Repository {
  readonly files = new Map<string, Buffer>();
  readonly asked: string[] = [];
  readonly pinnedRoot: string;
  private readonly lists: Record<string, MetadataEntry> = {};
  private snapshotVersion = 0;
  private timestampVersion = 0;

  constructor(
    readonly keys = newKeys(),
    readonly bits = BITS,
  ) {
    const root = writeRoot(1, keys, inDays(365));
    this.files.set(root.name, root.bytes);
    this.pinnedRoot = root.bytes.toString();
    this.sign('targets', {});
    if (bits > 0) for (const role of targetRoles(bits)) this.sign(role, {});
    this.release();
  }

  publish(path: string, sha256 = SHA, expiresAt = inDays(1)): this {
    this.sign(roleForTarget(path, this.bits), { [path]: { length: 5, sha256 } });
    return this.release(expiresAt);
  }

  sign(role: string, targets: Record<string, { length: number; sha256: string }>, keys = this.keys.targets): void {
    const version = (this.lists[role]?.version ?? 0) + 1;
    const file = writeTargets({ role, version, expiresAt: inDays(30), targets, binBits: role === 'targets' ? this.bits : 0 }, keys);
    this.files.set(file.name, file.bytes);
    this.lists[role] = entryOf(file);
  }

  release(expiresAt = inDays(1), keys = this.keys): this {
    const snapshot = writeSnapshot(++this.snapshotVersion, this.lists, inDays(30), keys.snapshot);
    const timestamp = writeTimestamp(++this.timestampVersion, entryOf(snapshot), expiresAt, keys.timestamp);
    for (const file of [snapshot, timestamp]) this.files.set(file.name, file.bytes);
    return this;
  }

  source = async (name: string): Promise<Buffer | null> => {
    this.asked.push(name);
    return this.files.get(name) ?? null;
  };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tuf-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const client = (repository: Repository, disk: Disk = nodeDisk) =>
  new TufClient({ folder: join(folder, 'trusted'), disk, pinnedRoot: repository.pinnedRoot, source: repository.source });

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe('a signed repository', () => {
  it.each([0, 1, 5])('gives each target from the list that %i bits put it in', async (bits) => {
    const repository = new Repository(newKeys(), bits);
    for (const path of ['policy/a/1.json', 'policy/b/1.json', 'policy/c/1.json']) {
      repository.publish(path);
      expect(await client(repository).target(path)).toEqual({ length: 5, sha256: SHA });
    }
    expect(await client(repository).target('policy/z/9.json')).toBeNull();
  });

  it('is read with what is already trusted: lists that did not change are not asked for again', async () => {
    const repository = new Repository().publish('policy/a/1.json');
    await client(repository).target('policy/a/1.json');
    repository.asked.length = 0;
    await client(repository).target('policy/a/1.json');
    expect(repository.asked).toEqual(['2.root.json', 'timestamp.json']);
  });

  it('can change its keys by a root that the old and the new keys sign', async () => {
    const repository = new Repository().publish('policy/a/1.json');
    const next = new Repository(newKeys());
    const root = writeRoot(2, next.keys, inDays(365), repository.keys.root);
    next.files.set(root.name, root.bytes);
    next.publish('policy/a/1.json').release();
    const reader = new TufClient({ folder, disk: nodeDisk, pinnedRoot: repository.pinnedRoot, source: next.source });
    expect(await reader.target('policy/a/1.json')).toEqual({ length: 5, sha256: SHA });
  });
});

describe('a box refuses', () => {
  it('a repository that went back (rollback), also after a restart', async () => {
    const repository = new Repository().publish('policy/a/1.json');
    const old = new Map(repository.files);
    repository.publish('policy/a/2.json');
    await client(repository).target('policy/a/2.json');
    repository.files.set('timestamp.json', old.get('timestamp.json')!);
    expect(await codeOf(client(repository).target('policy/a/1.json'))).toBe('trust.metadata-refused');
  });

  it('a timestamp that is kept from ageing (freeze)', async () => {
    const repository = new Repository().publish('policy/a/1.json', SHA, new Date(Date.now() - 1000));
    expect(await codeOf(client(repository).target('policy/a/1.json'))).toBe('trust.metadata-expired');
  });

  it.each(['root', 'targets', 'snapshot', 'timestamp'] as const)('metadata with a wrong key for %s', async (role) => {
    const repository = new Repository().publish('policy/a/1.json');
    const foreign = newKeys();
    if (role === 'root') {
      const root = writeRoot(2, foreign, inDays(365));
      repository.files.set(root.name, root.bytes);
    } else if (role === 'targets') {
      repository.sign(roleForTarget('policy/a/1.json', BITS), { 'policy/a/1.json': { length: 5, sha256: SHA } }, foreign.targets);
      repository.release();
    } else repository.release(inDays(1), { ...repository.keys, [role]: foreign[role] });
    expect(await codeOf(client(repository).target('policy/a/1.json'))).toBe('trust.metadata-refused');
  });

  it('a list of another version than the snapshot names (mix and match)', async () => {
    const repository = new Repository().publish('policy/a/1.json');
    const role = roleForTarget('policy/a/1.json', BITS);
    const first = repository.files.get(`2.${role}.json`)!;
    repository.sign(role, { 'policy/a/1.json': { length: 5, sha256: 'b'.repeat(64) } });
    repository.release();
    repository.files.set(`3.${role}.json`, first);
    expect(await codeOf(client(repository).target('policy/a/1.json'))).toBe('trust.metadata-refused');
  });

  it('another tenant’s repository, whose root is not the pinned one', async () => {
    const own = new Repository().publish('policy/a/1.json');
    const other = new Repository().publish('policy/a/1.json');
    const reader = new TufClient({ folder, disk: nodeDisk, pinnedRoot: own.pinnedRoot, source: other.source });
    expect(await codeOf(reader.target('policy/a/1.json'))).toBe('trust.metadata-refused');
  });

  it('nothing when it only cannot ask: the reason stays what it was', async () => {
    const repository = new Repository();
    const away = new AppError('unavailable', 'content.no-link', 'away');
    const reader = new TufClient({ folder, disk: nodeDisk, pinnedRoot: repository.pinnedRoot, source: () => Promise.reject(away) });
    await expect(reader.target('x')).rejects.toBe(away);
  });
});
