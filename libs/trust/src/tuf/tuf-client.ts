import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, type Disk, messageOf } from '@phalanx/kit';
import { BaseFetcher, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
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

const ROOT = 'root.json';
const TIMESTAMP = 'timestamp.json';
const WORK = 'work-';

class SourceFetcher extends BaseFetcher {
  /** The last failure to reach the source, which the updater would hide in a text. */
  unreachable: unknown = null;
  /** When the newest timestamp that came ends to hold, or null when none came. */
  timestampExpiresAt: string | null = null;

  constructor(private readonly source: MetadataSource) {
    super();
  }

  override async fetch(url: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const name = decodeURIComponent(new URL(url).pathname.slice(1));
    let bytes: Buffer | null;
    try {
      bytes = await this.source(name);
    } catch (cause) {
      this.unreachable = cause;
      throw cause;
    }
    if (!bytes) throw new DownloadHTTPError(`there is no ${name}`, 404);
    if (name === TIMESTAMP) this.timestampExpiresAt = expiryIn(bytes);
    const body = new Uint8Array(bytes);
    return new ReadableStream({
      start(controller) {
        controller.enqueue(body);
        controller.close();
      },
    });
  }
}

/**
 * One repository as a box trusts it: refuses wrong signatures, versions that go back, expired and mixed metadata. What it trusted last is kept
 * durably, so that a power cut or a restart doesn't open a way back.
 * @see TUF specification 1.0.31, section 5
 */
export class TufClient {
  constructor(private readonly options: TufClientOptions) {
    options.disk.makeFolder(options.folder);
    // Left by a client that was killed at work.
    for (const name of readdirSync(options.folder).filter((entry) => entry.startsWith(WORK)))
      rmSync(join(options.folder, name), { recursive: true, force: true });
  }

  /**
   * What the repository's present metadata says of a target, or null where it lists none. Throws `unavailable` when the
   * repository can't be reached, `forbidden` with code `trust.metadata-refused` when its metadata is not to be trusted, or
   * `trust.metadata-expired` (with `details.expiredAt`) when by this machine's clock it no longer holds.
   */
  async target(path: string): Promise<TargetEntry | null> {
    // The updater writes without syncing: it works on a copy, and what it accepted is then replaced durably.
    const work = mkdtempSync(join(this.options.folder, WORK));
    try {
      this.checkOut(work);
      return await this.ask(work, path);
    } finally {
      try {
        this.checkIn(work);
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    }
  }

  private async ask(work: string, path: string): Promise<TargetEntry | null> {
    const fetcher = new SourceFetcher(this.options.source);
    try {
      const updater = new Updater({ metadataDir: work, metadataBaseUrl: 'https://repository', fetcher });
      await updater.refresh();
      const target = await updater.getTargetInfo(path);
      if (!target) return null;
      const sha256 = target.hashes['sha256'];
      if (!sha256) throw new Error(`${path} is listed without a SHA-256`);
      return { length: target.length, sha256 };
    } catch (cause) {
      if (fetcher.unreachable) throw fetcher.unreachable;
      const { timestampExpiresAt } = fetcher;
      if (timestampExpiresAt && Date.parse(timestampExpiresAt) <= Date.now()) {
        const text = `the signed metadata ended to hold at ${timestampExpiresAt}`;
        throw new AppError('forbidden', 'trust.metadata-expired', text, { cause, details: { expiredAt: timestampExpiresAt } });
      }
      throw new AppError('forbidden', 'trust.metadata-refused', `the signed metadata is refused: ${messageOf(cause)}`, { cause });
    }
  }

  private checkOut(work: string): void {
    const { folder, disk, pinnedRoot } = this.options;
    writeFileSync(join(work, ROOT), disk.read(join(folder, ROOT)) ?? pinnedRoot);
    for (const name of this.kept()) writeFileSync(join(work, name), disk.read(join(folder, name))!);
  }

  private checkIn(work: string): void {
    const { folder, disk } = this.options;
    // The timestamp last: it is what forbids going back, and must not stand without what it names.
    const names = readdirSync(work).sort((a, b) => Number(a === TIMESTAMP) - Number(b === TIMESTAMP));
    for (const name of names) {
      const bytes = readFileSync(join(work, name));
      if (!disk.read(join(folder, name))?.equals(bytes)) disk.replace(join(folder, name), bytes);
    }
  }

  private kept(): string[] {
    return readdirSync(this.options.folder).filter((name) => name.endsWith('.json') && !name.startsWith('.') && name !== ROOT);
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
