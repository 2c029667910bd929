import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** A rule that matched, as an audit line tells it. */
export interface LoggedRule {
  readonly id: number;
  readonly msg: string;
  readonly severity: string | null;
  readonly tags: readonly string[];
  readonly data: string;
}

/** One line of the engine's audit file: a transaction in which rules matched, or that was refused. */
export interface AuditLine {
  readonly requestId: string;
  readonly client: string;
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  readonly action: 'pass' | 'block';
  readonly rules: readonly LoggedRule[];
  readonly headers: Readonly<Record<string, string>>;
}

const READ_BYTES = 262_144;

/** The engine's audit file, read as it grows and handed out by the address that a request came from. */
export class AuditTrail {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(READ_BYTES);
  readonly #decoder = new StringDecoder('utf8');
  readonly #byClient = new Map<string, AuditLine[]>();
  #offset = 0;
  #rest = '';

  constructor(path: string) {
    this.#fd = openSync(path, 'r');
  }

  /** All lines about requests from this address since it was last asked for. The engine writes them before it answers, so none is awaited. */
  take(client: string): readonly AuditLine[] {
    this.#readOn();
    const lines = this.#byClient.get(client) ?? [];
    this.#byClient.delete(client);
    return lines;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #readOn(): void {
    for (let read = 1; read > 0;) {
      read = readSync(this.#fd, this.#buffer, 0, READ_BYTES, this.#offset);
      this.#offset += read;
      this.#rest += this.#decoder.write(this.#buffer.subarray(0, read));
    }
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const text of lines) {
      const line = JSON.parse(text) as AuditLine;
      const known = this.#byClient.get(line.client);
      if (known === undefined) this.#byClient.set(line.client, [line]);
      else known.push(line);
    }
  }
}
