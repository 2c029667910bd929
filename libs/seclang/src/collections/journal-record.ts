import { crc32 } from 'node:zlib';

/**
 * Records lie in slots of 64 bytes, so that none of one slot lies on two pages: what a killed writer leaves behind ends at a page.
 * A record is: magic, kind, slots, bytes of the name (1 byte each), CRC-32 of all that follows (4), moment (8), amount (8), timeout in
 * seconds (4), writer (4), sequence (4), bytes of the id (2) and of the value (2), then id, name and value as latin1. Little-endian.
 */
export const SLOT_BYTES = 64;
const MAGIC = 0xc5;
const TEXT_AT = 40;
/** Every record is shorter than this: id, name and value are bounded. */
export const MAX_RECORD_BYTES = 8_192;

/** `end` closes a segment; `collection` and `member` make up a base. */
const RECORD_KINDS = ['none', 'set', 'add', 'delete', 'expire', 'end', 'collection', 'member'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** One record of a journal file. What a kind has no use for is 0 or empty. */
export interface JournalRecord {
  kind: RecordKind;
  /** Milliseconds of the steady clock. */
  now: number;
  /** `add`: what is added; `expire`: milliseconds; `collection`: stale at; `member`: expires at. */
  amount: number;
  timeoutMs: number;
  /** Who wrote it, and the how manieth of that writer it is. */
  writer: number;
  sequence: number;
  id: string;
  name: string;
  value: string;
}

export function emptyRecord(): JournalRecord {
  return { kind: 'none', now: 0, amount: 0, timeoutMs: 0, writer: 0, sequence: 0, id: '', name: '', value: '' };
}

function slotsOf(textBytes: number): number {
  return Math.ceil((TEXT_AT + textBytes) / SLOT_BYTES);
}

/** Puts a record at a place of a buffer and gives its length in bytes. `seed` is the file's: nobody outside can make a record that counts. */
export function encodeRecord(record: JournalRecord, buffer: Buffer, at: number, seed: number): number {
  const { id, name, value } = record;
  const textBytes = id.length + name.length + value.length;
  const slots = slotsOf(textBytes);
  const end = at + slots * SLOT_BYTES;
  buffer[at] = MAGIC;
  buffer[at + 1] = RECORD_KINDS.indexOf(record.kind);
  buffer[at + 2] = slots;
  buffer[at + 3] = name.length;
  buffer.writeDoubleLE(record.now, at + 8);
  buffer.writeDoubleLE(record.amount, at + 16);
  buffer.writeUInt32LE(Math.min(0xffffffff, Math.ceil(record.timeoutMs / 1000)), at + 24);
  buffer.writeUInt32LE(record.writer, at + 28);
  buffer.writeUInt32LE(record.sequence, at + 32);
  buffer.writeUInt16LE(id.length, at + 36);
  buffer.writeUInt16LE(value.length, at + 38);
  let text = at + TEXT_AT;
  text += buffer.write(id, text, 'latin1');
  text += buffer.write(name, text, 'latin1');
  text += buffer.write(value, text, 'latin1');
  buffer.fill(0, text, end);
  buffer.writeUInt32LE(crc32(buffer.subarray(at + 8, end), seed), at + 4);
  return end - at;
}

/**
 * Reads the record at a place of a buffer whose bytes end at `end`. Gives its length in bytes, `0` when it goes beyond the end, and `-1` when
 * there is no record there.
 */
export function decodeRecord(buffer: Buffer, at: number, end: number, seed: number, into: JournalRecord): number {
  if (end - at < SLOT_BYTES) return 0;
  const kind = RECORD_KINDS[buffer[at + 1]!];
  const slots = buffer[at + 2]!;
  const nameBytes = buffer[at + 3]!;
  const idBytes = buffer.readUInt16LE(at + 36);
  const valueBytes = buffer.readUInt16LE(at + 38);
  if (buffer[at] !== MAGIC || kind === undefined || slots !== slotsOf(idBytes + nameBytes + valueBytes)) return -1;
  const length = slots * SLOT_BYTES;
  if (at + length > end) return 0;
  if (crc32(buffer.subarray(at + 8, at + length), seed) !== buffer.readUInt32LE(at + 4)) return -1;
  into.kind = kind;
  into.now = buffer.readDoubleLE(at + 8);
  into.amount = buffer.readDoubleLE(at + 16);
  into.timeoutMs = buffer.readUInt32LE(at + 24) * 1000;
  into.writer = buffer.readUInt32LE(at + 28);
  into.sequence = buffer.readUInt32LE(at + 32);
  let text = at + TEXT_AT;
  into.id = buffer.toString('latin1', text, (text += idBytes));
  into.name = buffer.toString('latin1', text, (text += nameBytes));
  into.value = buffer.toString('latin1', text, text + valueBytes);
  return length;
}
