import { afterEach, describe, expect, it } from '@jest/globals';
import {
  CHUNK_BYTES,
  type ContentAnswerHead,
  type ContentRequest,
  contentRequestSchema,
  type DownChannel,
  type UpChannel,
} from '@phalanx/contracts';
import { AppError, sha256Hex, silentLogger } from '@phalanx/kit';
import { ControllerLink, type DownHandler } from '../../platform/controller-link.js';
import { MemoryDisk } from '../../testing/memory-disk.js';
import { BlobStore } from './blob-store.js';
import { ContentRequests } from './content-requests.js';
import { download } from './download.js';

/** A controller that serves one blob in chunks, and can be made to misbehave. */
class ChunkServer extends ControllerLink {
  readonly identity = { applianceId: '11111111-1111-4111-8111-111111111111', serial: 'ab' };
  readonly asked: string[] = [];
  /** Answers this many requests, then breaks the connection. */
  breakAfter = Infinity;
  busyFirst = 0;
  tamper: (body: Buffer, key: string) => Buffer = (body) => body;
  private take: DownHandler = () => undefined;
  private broken: (reason: string) => void = () => undefined;

  constructor(private readonly blob: Buffer) {
    super();
  }

  connectionId(): string | null {
    return 'connection';
  }
  renew(): void {}
  onConnected(): void {}
  onDisconnected(action: (reason: string) => void): void {
    this.broken = action;
  }
  onDown(_: DownChannel, handler: DownHandler): void {
    this.take = handler;
  }

  async publish(_: UpChannel, payload: string | Buffer): Promise<void> {
    const request = contentRequestSchema.parse(JSON.parse(payload.toString()));
    const key = request.kind === 'chunk' ? `chunk ${request.index}` : request.kind;
    this.asked.push(key);
    if (this.asked.length > this.breakAfter) {
      setImmediate(() => this.broken('cut'));
      return;
    }
    setImmediate(() => this.answer(request, key));
  }

  private answer(request: ContentRequest, key: string): void {
    const { requestId } = request;
    if (this.busyFirst-- > 0) return this.send({ status: 'busy', requestId, retryAfterMs: 1 });
    const body = this.find(request);
    if (!body) return this.send({ status: 'missing', requestId });
    const sent = this.tamper(body, key);
    this.send({ status: 'ok', requestId, length: sent.length, sha256: sha256Hex(sent) }, sent);
  }

  private find(request: ContentRequest): Buffer | null {
    if (request.kind === 'metadata' || request.sha256 !== sha256Hex(this.blob)) return null;
    const chunks = Array.from({ length: Math.ceil(this.blob.length / CHUNK_BYTES) }, (_, index) =>
      this.blob.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
    );
    if (request.kind === 'chunk') return chunks[request.index] ?? null;
    const digests = chunks.map((chunk) => sha256Hex(chunk));
    return Buffer.from(JSON.stringify({ sha256: request.sha256, length: this.blob.length, chunkBytes: CHUNK_BYTES, chunks: digests }));
  }

  private send(head: ContentAnswerHead, body: Buffer = Buffer.alloc(0)): void {
    void this.take(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]));
  }
}

const BLOB = Buffer.from(Array.from({ length: 20 * CHUNK_BYTES + 77 }, (_, index) => (index * 31 + (index >> 9)) & 0xff));
const NAME = { sha256: sha256Hex(BLOB), length: BLOB.length };
const ending = new AbortController();
const disk = new MemoryDisk();
afterEach(() => disk.files.clear());

const open = () => new BlobStore(disk.mount(), '/content');
const requestsTo = (link: ControllerLink) => new ContentRequests(link, silentLogger, ending.signal, { answerMs: 500, attempts: 2 });
const chunksAsked = (server: ChunkServer) => server.asked.filter((key) => key.startsWith('chunk')).length;

describe('a download', () => {
  it('gives the whole blob, and leaves no part behind', async () => {
    const store = open();
    await download(NAME, requestsTo(new ChunkServer(BLOB)), store);
    expect(store.read(NAME.sha256)?.equals(BLOB)).toBe(true);
    expect([...disk.files.keys()].sort()).toEqual([`/content/${NAME.sha256}`, '/content/index.json'].sort());
  });

  it('that was cut or killed goes on without asking again for what arrived', async () => {
    const first = new ChunkServer(BLOB);
    first.breakAfter = 12;
    await expect(download(NAME, requestsTo(first), open())).rejects.toMatchObject({ kind: 'unavailable' });
    const arrived = [...disk.files.keys()].filter((path) => /\.\d+$/.test(path)).length;
    expect(arrived).toBeGreaterThanOrEqual(8);
    // A new process: nothing but the disk is left.
    const second = new ChunkServer(BLOB);
    const store = open();
    await download(NAME, requestsTo(second), store);
    expect(chunksAsked(second)).toBe(21 - arrived);
    expect(second.asked).not.toContain('manifest');
    expect(store.read(NAME.sha256)?.equals(BLOB)).toBe(true);
  });

  it('of what fits into one chunk needs no manifest', async () => {
    const small = Buffer.from('small');
    const server = new ChunkServer(small);
    await download({ sha256: sha256Hex(small), length: small.length }, requestsTo(server), open());
    expect(server.asked).toEqual(['chunk 0']);
  });

  it('comes back when the controller is busy', async () => {
    const server = new ChunkServer(Buffer.from('small'));
    server.busyFirst = 1;
    await download({ sha256: sha256Hex('small'), length: 5 }, requestsTo(server), open());
    expect(server.asked).toHaveLength(2);
  });

  it('refuses a chunk with other bytes', async () => {
    const server = new ChunkServer(BLOB);
    server.tamper = (body, key) => (key === 'chunk 3' ? Buffer.alloc(body.length) : body);
    const store = open();
    await expect(download(NAME, requestsTo(server), store)).rejects.toMatchObject({ code: 'content.wrong-bytes' });
    expect(store.has(NAME.sha256)).toBe(false);
  });

  it('refuses a whole whose digest is not the signed one, and starts it anew', async () => {
    const other = Buffer.from(BLOB);
    other[0]! ^= 1;
    const server = new ChunkServer(BLOB);
    server.tamper = (body, key) => {
      if (key === 'chunk 0') return other.subarray(0, CHUNK_BYTES);
      if (key !== 'manifest') return body;
      const manifest = JSON.parse(body.toString()) as { chunks: string[] };
      return Buffer.from(JSON.stringify({ ...manifest, chunks: [sha256Hex(other.subarray(0, CHUNK_BYTES)), ...manifest.chunks.slice(1)] }));
    };
    await expect(download(NAME, requestsTo(server), open())).rejects.toMatchObject({ code: 'content.wrong-bytes' });
    const store = open();
    await download(NAME, requestsTo(new ChunkServer(BLOB)), store);
    expect(store.read(NAME.sha256)?.equals(BLOB)).toBe(true);
  });

  it('of what is missing, or not this box’s, says only that it is not there', async () => {
    const link = requestsTo(new ChunkServer(Buffer.from('other')));
    await expect(download({ sha256: sha256Hex('mine'), length: 4 }, link, open())).rejects.toMatchObject({ code: 'content.missing' });
  });

  it('that gets no answer is given up as unavailable', async () => {
    class Silent extends ChunkServer {
      override async publish(): Promise<void> {}
    }
    const requests = new ContentRequests(new Silent(BLOB), silentLogger, ending.signal, { answerMs: 5, attempts: 2 });
    await expect(requests.ask({ kind: 'manifest', sha256: NAME.sha256 })).rejects.toBeInstanceOf(AppError);
  });
});

describe('the blob store', () => {
  it('does not give a damaged blob', () => {
    const store = open();
    store.put({ sha256: sha256Hex('good'), length: 4 }, Buffer.from('good'));
    disk.files.set(`/content/${sha256Hex('good')}`, Buffer.from('evil'));
    expect(store.read(sha256Hex('good'))).toBeNull();
  });

  it('forgets all but what is still needed, also parts of what never came whole', () => {
    const store = open();
    store.put({ sha256: sha256Hex('kept'), length: 4 }, Buffer.from('kept'));
    store.put({ sha256: sha256Hex('gone'), length: 4 }, Buffer.from('gone'));
    store.expect(NAME);
    store.writeManifest(NAME.sha256, Buffer.from('{}'));
    store.writeChunk(NAME.sha256, 20, Buffer.from('part'));
    open().keepOnly(new Set([sha256Hex('kept')]));
    expect([...disk.files.keys()].sort()).toEqual([`/content/${sha256Hex('kept')}`, '/content/index.json'].sort());
  });
});
