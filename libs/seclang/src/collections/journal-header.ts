import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { SLOT_BYTES } from './journal-record.js';

const FORMAT = 'PXCOLL01';
const BOOT_BYTES = 36;
const BOOT_AT = 16;
const CRC_AT = SLOT_BYTES - 4;

/** The first slot of every journal file. Moments in the file count from the boot that `bootId` names. */
export interface JournalHeader {
  readonly bootId: string;
  readonly seed: number;
}

/** A header with a seed that nobody knows. */
export function newHeader(bootId: string): JournalHeader {
  return { bootId, seed: randomBytes(4).readUInt32LE(0) };
}

export function encodeHeader({ bootId, seed }: JournalHeader): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.write(FORMAT, 0, 'latin1');
  slot.writeUInt32LE(seed, 8);
  slot.write(bootId.slice(0, BOOT_BYTES), BOOT_AT, 'latin1');
  slot.writeUInt32LE(crc32(slot.subarray(0, CRC_AT)), CRC_AT);
  return slot;
}

/** Null for what is no header of this format. */
export function decodeHeader(slot: Buffer): JournalHeader | null {
  if (slot.length < SLOT_BYTES || slot.toString('latin1', 0, FORMAT.length) !== FORMAT) return null;
  if (crc32(slot.subarray(0, CRC_AT)) !== slot.readUInt32LE(CRC_AT)) return null;
  return { bootId: slot.toString('latin1', BOOT_AT, BOOT_AT + BOOT_BYTES).replace(/\0+$/, ''), seed: slot.readUInt32LE(8) };
}
