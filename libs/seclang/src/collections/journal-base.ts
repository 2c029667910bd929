import { nodeDisk } from '@phalanx/kit';
import { readFileSync } from 'node:fs';
import { KeptCollection, type CollectionState } from './collection-state.js';
import { decodeHeader, encodeHeader, newHeader } from './journal-header.js';
import { decodeRecord, emptyRecord, encodeRecord, MAX_RECORD_BYTES, SLOT_BYTES, type JournalRecord } from './journal-record.js';

const CHUNK_BYTES = 1024 * 1024;

/** Writes all collections to a file, durably: it is there whole or not at all. `now` is the moment. Throws the system's error. */
export function writeBase(path: string, state: CollectionState, bootId: string, now: number): void {
  const header = newHeader(bootId);
  const chunks: Buffer[] = [encodeHeader(header)];
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let used = 0;
  const put = (record: JournalRecord): void => {
    if (used + MAX_RECORD_BYTES > CHUNK_BYTES) {
      chunks.push(chunk.subarray(0, used));
      chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      used = 0;
    }
    used += encodeRecord(record, chunk, used, header.seed);
  };
  for (const { id, members, staleAt } of state.all()) {
    put({ ...emptyRecord(), kind: 'collection', id, amount: staleAt });
    for (const { name, value, expiresAt } of members) put({ ...emptyRecord(), kind: 'member', name, value, amount: expiresAt });
  }
  put({ ...emptyRecord(), kind: 'end', now });
  chunks.push(chunk.subarray(0, used));
  nodeDisk.replace(path, Buffer.concat(chunks));
}

/** What a base says of itself: whose boot its moments count from, and the moment at which it was written. */
export interface BaseFacts {
  readonly bootId: string;
  readonly now: number;
}

/** Reads a base into an empty state. Throws the system's error; null for a file that is not whole, and then the state is to be cleared. */
export function readBase(path: string, state: CollectionState): BaseFacts | null {
  const bytes = readFileSync(path);
  const header = decodeHeader(bytes);
  if (header === null) return null;
  const record = emptyRecord();
  let open: KeptCollection | null = null;
  for (let at = SLOT_BYTES; at < bytes.length;) {
    const length = decodeRecord(bytes, at, bytes.length, header.seed, record);
    if (length <= 0) return null;
    at += length;
    if (record.kind === 'member') {
      open?.members.push({ key: record.name.toLowerCase(), name: record.name, value: record.value, expiresAt: record.amount });
      continue;
    }
    if (open !== null) state.restore(open);
    open = null;
    if (record.kind === 'end') return { bootId: header.bootId, now: record.now };
    if (record.kind === 'collection') open = new KeptCollection(record.id, [], record.amount);
  }
  return null;
}
