import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { KeptCollection, type CollectionState } from './collection-state.js';
import { decodeHeader, encodeHeader, newHeader } from './journal-header.js';
import { decodeRecord, emptyRecord, encodeRecord, MAX_RECORD_BYTES, SLOT_BYTES, type RecordKind } from './journal-record.js';

const CHUNK_BYTES = 256 * 1024;

/** Writes all collections to a file, durably: it is there whole or not at all. `now` is the moment. Throws the system's error. */
export function writeBase(path: string, state: CollectionState, bootId: string, now: number): void {
  const temporary = `${path}.${process.pid}.new`;
  const fd = openSync(temporary, 'w', 0o600);
  try {
    writeAll(fd, state, bootId, now);
    fsyncSync(fd);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** In pieces and with one record: a base of all that is kept is large, and what it is made from must not be held twice. */
function writeAll(fd: number, state: CollectionState, bootId: string, now: number): void {
  const header = newHeader(bootId);
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const record = emptyRecord();
  let used = encodeHeader(header).copy(chunk);
  const flush = (): void => {
    for (let at = 0; at < used;) at += writeSync(fd, chunk, at, used - at);
    used = 0;
  };
  const put = (kind: RecordKind, id: string, name: string, value: string, amount: number): void => {
    if (used + MAX_RECORD_BYTES > CHUNK_BYTES) flush();
    record.kind = kind;
    record.id = id;
    record.name = name;
    record.value = value;
    record.amount = amount;
    used += encodeRecord(record, chunk, used, header.seed);
  };
  for (const { id, members, staleAt } of state.all()) {
    put('collection', id, '', '', staleAt);
    for (const { name, value, expiresAt } of members) put('member', '', name, value, expiresAt);
  }
  record.now = now;
  put('end', '', '', '', 0);
  flush();
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
