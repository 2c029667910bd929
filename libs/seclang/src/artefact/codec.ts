import { AppError, sha256Hex } from '@phalanx/kit';
import { BYTE_COUNT, type Cells, type LiteralTable } from '../matching/literal-table.js';
import type { RulesetTables } from './ruleset-tables.js';

/** `PXRS`, then the format's number, the length of the JSON part (little-endian), the JSON part, and the automata. */
const MAGIC = 0x53525850;
const VERSION = 5;
const HEADER_BYTES = 12;

interface LiteralHeader {
  readonly clauseCount: number;
  readonly longest: number;
  readonly shift: number;
  readonly start: number;
  readonly nextLength: number;
  readonly cellBytes: number;
  readonly outputAtLength: number;
  readonly outputsLength: number;
}

type JsonPart = Omit<RulesetTables, 'requestLiterals' | 'responseLiterals'> & { readonly literals: readonly LiteralHeader[] };

/** The byte form of a ruleset. Equal tables give equal bytes, so that the digest of the bytes is the ruleset's own. */
export function encodeTables(tables: RulesetTables): Uint8Array {
  const literals = [tables.requestLiterals, tables.responseLiterals];
  const part: JsonPart = {
    files: tables.files,
    settings: tables.settings,
    rules: tables.rules,
    markers: tables.markers,
    plan: tables.plan,
    literals: literals.map((table) => ({
      clauseCount: table.clauseCount,
      longest: table.longest,
      shift: table.shift,
      start: table.start,
      nextLength: table.next.length,
      cellBytes: table.next.BYTES_PER_ELEMENT,
      outputAtLength: table.outputAt.length,
      outputsLength: table.outputs.length,
    })),
  };
  const json = Buffer.from(JSON.stringify(part), 'utf8');
  const start = aligned(HEADER_BYTES + json.length);
  const arrays = literals.flatMap((table) => [table.classOf, table.next, table.atEnd, table.outputAt, table.outputs]);
  const bytes = Buffer.alloc(arrays.reduce((size, array) => size + array.byteLength, start));
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt32LE(VERSION, 4);
  bytes.writeUInt32LE(json.length, 8);
  json.copy(bytes, HEADER_BYTES);
  let at = start;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return bytes;
}

/** Reads the byte form. Throws AppError (invalid) when it isn't one of this format's version. */
export function decodeTables(artefact: Uint8Array): RulesetTables {
  const bytes = Buffer.from(artefact.buffer, artefact.byteOffset, artefact.byteLength);
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) throw notReadable('not a compiled ruleset');
  const version = bytes.readUInt32LE(4);
  if (version !== VERSION) throw notReadable(`compiled ruleset of format ${version}, this engine reads ${VERSION}`);
  const jsonLength = bytes.readUInt32LE(8);
  const part = parseJson(bytes.subarray(HEADER_BYTES, HEADER_BYTES + jsonLength));
  const reader = new SectionReader(bytes, aligned(HEADER_BYTES + jsonLength));
  const [requestHeader, responseHeader] = part.literals;
  if (requestHeader === undefined || responseHeader === undefined) throw notReadable('compiled ruleset without its literal tables');
  const requestLiterals = reader.literals(requestHeader);
  const responseLiterals = reader.literals(responseHeader);
  const { files, settings, rules, markers, plan } = part;
  return { files, settings, rules, markers, plan, requestLiterals, responseLiterals };
}

/** The address of a ruleset: SHA-256 over its byte form. */
export function digestOfTables(tables: RulesetTables): string {
  return sha256Hex(encodeTables(tables));
}

/** Cuts the automata out of a file into memory of their own. */
class SectionReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  literals(header: LiteralHeader): LiteralTable {
    const { clauseCount, longest, shift, start } = header;
    const classOf = new Uint8Array(this.#take(BYTE_COUNT));
    const next = this.#cells(header.nextLength, header.cellBytes);
    const atEnd = this.#cells(header.outputAtLength, header.cellBytes);
    const outputAt = new Int32Array(this.#take(header.outputAtLength * 4));
    const outputs = new Int32Array(this.#take(header.outputsLength * 4));
    return { clauseCount, longest, shift, classOf, next, start, atEnd, outputAt, outputs };
  }

  #cells(length: number, cellBytes: number): Cells {
    const section = this.#take(length * cellBytes);
    return cellBytes === 2 ? new Uint16Array(section) : new Uint32Array(section);
  }

  #take(length: number): ArrayBuffer {
    if (!(length >= 0) || this.#at + length > this.#bytes.length) throw notReadable('compiled ruleset is cut short');
    const section = new ArrayBuffer(length);
    new Uint8Array(section).set(this.#bytes.subarray(this.#at, this.#at + length));
    this.#at += length;
    return section;
  }
}

function parseJson(bytes: Buffer): JsonPart {
  try {
    return JSON.parse(bytes.toString('utf8')) as JsonPart;
  } catch (error) {
    throw notReadable('compiled ruleset with a damaged table', error);
  }
}

function aligned(offset: number): number {
  return (offset + 3) & ~3;
}

function notReadable(message: string, cause?: unknown): AppError {
  return new AppError('invalid', 'seclang.artefact', message, cause === undefined ? {} : { cause });
}
