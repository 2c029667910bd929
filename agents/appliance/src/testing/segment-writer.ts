import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBootId, startTicksOf } from '../platform/box-identity.js';

/** Writes a segment as an engine worker does. */
export class SegmentWriter {
  readonly stream = randomUUID();
  records = 0;
  private isOpen = true;

  constructor(
    private readonly folder: string,
    writer: { pid?: number; startTicks?: number; bootId?: string } = {},
  ) {
    mkdirSync(folder, { recursive: true });
    const header = {
      version: 1,
      stream: this.stream,
      openedAt: new Date().toISOString(),
      bootId: writer.bootId ?? readBootId(),
      pid: writer.pid ?? process.pid,
      startTicks: writer.startTicks ?? startTicksOf('self'),
      writer: 'worker-0',
    };
    writeFileSync(this.path, `${JSON.stringify(header)}\n`);
  }

  get path(): string {
    return join(this.folder, `${this.stream}.${this.isOpen ? 'open' : 'closed'}`);
  }

  /** Adds lines; each is a record. */
  add(...lines: string[]): this {
    this.records += lines.length;
    return this.addTorn(lines.map((line) => `${line}\n`).join(''));
  }

  /** Adds text as it is. */
  addTorn(text: string): this {
    appendFileSync(this.path, text);
    return this;
  }

  close(): this {
    const open = this.path;
    this.isOpen = false;
    renameSync(open, this.path);
    return this;
  }
}
