/**
 * Content: what a box fetches from its controller. Asks over MQTT (`up/content`, `down/content`), verifies releases with a TUF client
 * against roots that were pinned at enrolment, and keeps verified blobs by digest.
 *
 * Owns `home.content` and `home.tuf`.
 *
 * - A blob is in the store only whole and verified; a chunk that arrived is never asked for again.
 * - Trusted metadata never goes back, also not over a power cut.
 *
 * - A repository's metadata is looked at by one call at a time; different blobs may come at the same time.
 *
 * `reconcile` calls it.
 */
import { join } from 'node:path';
import type { ReleaseReference } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { type TargetEntry, TufClient } from '@phalanx/trust';
import type { AgentContext, RunningFeature } from '../../platform/feature.js';
import { type BlobName, BlobStore } from './blob-store.js';
import { type ContentRequestOptions, ContentRequests } from './content-requests.js';
import { download } from './download.js';

export { BlobStore } from './blob-store.js';

export interface ContentOptions extends ContentRequestOptions {
  /** Pinned TUF roots (JSON texts), as the present grant has them. */
  readonly tufRoots: () => { readonly provider: string; readonly tenant: string };
}

/** Releases of this box. */
export interface ReleaseContent {
  /**
   * Resolves when the signed metadata lists exactly this release. Throws `unavailable` when it can't be asked or doesn't list it (yet),
   * `forbidden` when the metadata is not to be trusted or says otherwise.
   */
  verify(release: ReleaseReference): Promise<void>;
  /** Brings the release's bytes into the store. */
  fetch(release: ReleaseReference): Promise<void>;
  /** Bytes of a blob in the store, verified, or null. */
  read(sha256: string): Buffer | null;
  /** Puts bytes that are on the box already into the store. */
  put(name: BlobName, bytes: Buffer): void;
  /** Removes all blobs but these. */
  keepOnly(kept: ReadonlySet<string>): void;
}

/** Starts the feature. It has no work of its own: `stop` ends what is being asked. */
export function startContent(context: AgentContext, options: ContentOptions): ReleaseContent & RunningFeature {
  const ending = new AbortController();
  const signal = AbortSignal.any([context.signal, ending.signal]);
  const requests = new ContentRequests(context.link, context.logger, signal, options);
  const store = new BlobStore(context.disk, context.home.content);
  const roots = options.tufRoots();
  const client = (repository: ReleaseReference['repository']) =>
    new TufClient({
      folder: join(context.home.tuf, repository),
      disk: context.disk,
      pinnedRoot: roots[repository],
      source: (name) => requests.ask({ kind: 'metadata', repository, name }),
    });
  const clients = { provider: inTurn(client('provider')), tenant: inTurn(client('tenant')) };
  return {
    verify: async (release) => checkListed(release, await clients[release.repository](release.path)),
    fetch: (release) => download(release, requests, store),
    read: (sha256) => store.read(sha256),
    put: (name, bytes) => store.put(name, bytes),
    keepOnly: (kept) => store.keepOnly(kept),
    async stop() {
      ending.abort(new AppError('unavailable', 'content.stopped', 'the agent is stopping'));
    },
  };
}

/** A TUF client's answers, one question after the other. */
function inTurn(client: TufClient): (path: string) => Promise<TargetEntry | null> {
  let last: Promise<unknown> = Promise.resolve();
  return (path) => {
    const answer = last.then(() => client.target(path));
    last = answer.catch(() => undefined);
    return answer;
  };
}

function checkListed(release: ReleaseReference, listed: TargetEntry | null): void {
  // Metadata and desired state travel apart: the list may come a moment later.
  if (!listed) throw new AppError('unavailable', 'content.not-listed', `the signed metadata does not list ${release.path}`);
  if (listed.sha256 !== release.sha256 || listed.length !== release.length)
    throw new AppError('forbidden', 'content.other-release', `the signed metadata lists other content under ${release.path}`);
}
