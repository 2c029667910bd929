import { CHUNK_BYTES, type ChunkManifest, chunkManifestSchema } from '@phalanx/contracts';
import { AppError, sha256Hex } from '@phalanx/kit';
import type { BlobName, BlobStore } from './blob-store.js';
import type { ContentRequests } from './content-requests.js';

/** Chunks asked for at once: over a link of 50 ms this gives 20 MB/s. */
const WINDOW = 8;

function missing(name: BlobName): AppError {
  return new AppError('unavailable', 'content.missing', `the controller has no content ${name.sha256.slice(0, 12)} for this box yet`);
}

/**
 * Brings a blob into the store: each chunk is checked as it arrives and kept, so that after a break or a kill only what is missing is asked
 * for. Throws `unavailable` when it can't be had now, `invalid` when what comes is not what was signed.
 */
export async function download(name: BlobName, requests: ContentRequests, store: BlobStore): Promise<void> {
  if (store.has(name.sha256)) return;
  if (name.length <= CHUNK_BYTES) {
    const bytes = await requests.ask({ kind: 'chunk', sha256: name.sha256, index: 0 });
    if (!bytes) throw missing(name);
    store.put(name, bytes);
    return;
  }
  store.expect(name);
  const { chunks } = await manifestOf(name, requests, store);
  const wanted = [...chunks.keys()].filter((index) => !store.readChunk(name.sha256, index, chunks[index]!));
  let next = 0;
  const lane = async () => {
    while (next < wanted.length) {
      const index = wanted[next++]!;
      const bytes = await requests.ask({ kind: 'chunk', sha256: name.sha256, index });
      if (!bytes) throw missing(name);
      if (sha256Hex(bytes) !== chunks[index]) throw new AppError('invalid', 'content.wrong-bytes', 'a chunk is not what the manifest says');
      store.writeChunk(name.sha256, index, bytes);
    }
  };
  try {
    await Promise.all(Array.from({ length: WINDOW }, lane));
  } finally {
    // One lane failed: the others ask for no more.
    next = wanted.length;
  }
  const parts = chunks.map((digest, index) => store.readChunk(name.sha256, index, digest));
  if (parts.includes(null)) throw new AppError('unavailable', 'content.damaged', 'a chunk on disk was damaged; it is fetched again');
  try {
    store.put(name, Buffer.concat(parts as Buffer[]));
  } finally {
    // Also when the whole is wrong: then the manifest lied, and nothing of it may be taken up again.
    store.removeParts(name);
  }
}

async function manifestOf(name: BlobName, requests: ContentRequests, store: BlobStore): Promise<ChunkManifest> {
  const known = store.readManifest(name.sha256);
  const bytes = known ?? (await requests.ask({ kind: 'manifest', sha256: name.sha256 }));
  if (!bytes) throw missing(name);
  const manifest = chunkManifestSchema.parse(JSON.parse(bytes.toString('utf8')));
  if (manifest.sha256 !== name.sha256 || manifest.length !== name.length || manifest.chunks.length !== Math.ceil(name.length / CHUNK_BYTES))
    throw new AppError('invalid', 'content.wrong-manifest', 'the manifest is not that of the content');
  if (!known) store.writeManifest(name.sha256, bytes);
  return manifest;
}
