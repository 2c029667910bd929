import { join } from 'node:path';
import { CHUNK_BYTES } from '@phalanx/contracts';
import { AppError, type Disk, sha256Hex } from '@phalanx/kit';

/** What a blob is known by: its digest and length. */
export interface BlobName {
  readonly sha256: string;
  readonly length: number;
}

const INDEX = 'index.json';

/**
 * Verified blobs by digest, and the chunks of those that are still coming, one file each. A name enters the index before any byte of it
 * is written, so that nothing is left behind unknown.
 */
export class BlobStore {
  private readonly lengths: Map<string, number>;

  constructor(
    private readonly disk: Disk,
    private readonly folder: string,
  ) {
    disk.makeFolder(folder);
    const index = disk.read(join(folder, INDEX));
    this.lengths = new Map(index ? Object.entries(JSON.parse(index.toString('utf8')) as Record<string, number>) : []);
  }

  /** The whole blob, checked against its digest, or null. A damaged one is dropped. */
  read(sha256: string): Buffer | null {
    if (!this.lengths.has(sha256)) return null;
    const bytes = this.disk.read(this.path(sha256));
    if (bytes && sha256Hex(bytes) !== sha256) {
      this.disk.remove(this.path(sha256));
      return null;
    }
    return bytes;
  }

  has(sha256: string): boolean {
    return this.read(sha256) !== null;
  }

  /** Stores a whole blob. Throws `invalid` when it isn't what its name says. */
  put(name: BlobName, bytes: Buffer): void {
    if (bytes.length !== name.length || sha256Hex(bytes) !== name.sha256)
      throw new AppError('invalid', 'content.wrong-bytes', 'the content is not what its digest says');
    this.expect(name);
    this.disk.replace(this.path(name.sha256), bytes);
  }

  /** Notes that chunks of this blob are about to come. */
  expect({ sha256, length }: BlobName): void {
    if (this.lengths.has(sha256)) return;
    this.lengths.set(sha256, length);
    this.saveIndex();
  }

  /** The list of chunk digests of a blob that is coming. */
  readManifest(sha256: string): Buffer | null {
    return this.disk.read(this.path(`${sha256}.manifest`));
  }

  writeManifest(sha256: string, bytes: Buffer): void {
    this.disk.replace(this.path(`${sha256}.manifest`), bytes);
  }

  /** A chunk that came before, checked against its digest, or null. */
  readChunk(sha256: string, index: number, chunkSha256: string): Buffer | null {
    const bytes = this.disk.read(this.path(`${sha256}.${index}`));
    return bytes && sha256Hex(bytes) === chunkSha256 ? bytes : null;
  }

  writeChunk(sha256: string, index: number, bytes: Buffer): void {
    this.disk.replace(this.path(`${sha256}.${index}`), bytes);
  }

  /** Removes what was only needed while the blob was coming. */
  removeParts({ sha256, length }: BlobName): void {
    for (let index = 0; index * CHUNK_BYTES < length; index += 1) this.disk.remove(this.path(`${sha256}.${index}`));
    this.disk.remove(this.path(`${sha256}.manifest`));
  }

  /** Removes all blobs and parts but these. */
  keepOnly(kept: ReadonlySet<string>): void {
    const dropped = [...this.lengths].filter(([sha256]) => !kept.has(sha256));
    if (dropped.length === 0) return;
    for (const [sha256, length] of dropped) {
      this.disk.remove(this.path(sha256));
      if (length > CHUNK_BYTES) this.removeParts({ sha256, length });
      this.lengths.delete(sha256);
    }
    this.saveIndex();
  }

  private saveIndex(): void {
    this.disk.replace(join(this.folder, INDEX), JSON.stringify(Object.fromEntries(this.lengths)));
  }

  private path(name: string): string {
    return join(this.folder, name);
  }
}
