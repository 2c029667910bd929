import type { BodyArgument, BodyFile } from './body-result.js';
import { readDisposition } from './multipart-disposition.js';
import type { Disposition } from './multipart-disposition.js';
import type { MultipartFlags } from './multipart-flags.js';

/** What came of a part; its headers are reported under its name even when it is invalid. */
interface FinishedPart {
  readonly argument?: BodyArgument;
  readonly file?: BodyFile;
  readonly headers: readonly BodyArgument[];
}

/** One part of a multipart body while it is read: header lines first, then its content. */
export class MultipartPart {
  isInHeaders = true;
  readonly #headers: BodyArgument[] = [];
  readonly #names = new Set<string>();
  readonly #flags: MultipartFlags;

  constructor(flags: MultipartFlags) {
    this.#flags = flags;
  }

  /** Takes one header line without its line end; the empty line ends the headers. */
  addHeaderLine(line: string): void {
    if (line === '') {
      this.isInHeaders = false;
      return;
    }
    if (line.includes('\0')) this.#flags.fail('NUL byte in a part header');
    const first = line.charCodeAt(0);
    if (first === 0x20 || (first >= 0x09 && first <= 0x0d)) this.#fold(line, first);
    else this.#header(line);
  }

  /** Delivers the part with its content: an argument, or a file when it has a file name; neither when the part is invalid. */
  finish(content: string): FinishedPart {
    const header = this.#value('content-disposition');
    const disposition = header === undefined ? undefined : readDisposition(header, this.#flags);
    const field = disposition?.name ?? '';
    const headers = this.#headers.map(({ name, value }) => ({ name: field, value: `${name}: ${value}` }));
    const fault = this.#fault(header, disposition);
    if (fault !== '' || disposition === undefined) {
      this.#flags.set('INVALID_PART');
      this.#flags.fail(fault);
      return { headers };
    }
    if (disposition.fileName === undefined) return { argument: { name: field, value: content }, headers };
    const contentType = this.#value('content-type') ?? '';
    return { file: { field, fileName: disposition.fileName, size: content.length, contentType, content }, headers };
  }

  #fault(header: string | undefined, disposition: Disposition | undefined): string {
    if (this.isInHeaders) return 'part without the empty line after its headers';
    if (header === undefined) return 'part without Content-Disposition';
    if (disposition === undefined) return 'malformed Content-Disposition';
    return disposition.name === undefined ? 'part without a name' : '';
  }

  #header(line: string): void {
    const colon = line.indexOf(':');
    if (colon < 0) return this.#flags.fail('part header without a colon');
    const name = line.slice(0, colon);
    if (name.trim() === '') return this.#flags.fail('part header without a name');
    const key = name.trim().toLowerCase();
    if (this.#names.has(key)) this.#flags.fail('part header given twice');
    this.#names.add(key);
    this.#headers.push({ name, value: line.slice(colon + 1).trim() });
  }

  #fold(line: string, first: number): void {
    this.#flags.set('HEADER_FOLDING');
    if (first !== 0x20 && first !== 0x09) this.#flags.set('INVALID_HEADER_FOLDING');
    const last = this.#headers.pop();
    if (last === undefined) this.#flags.fail('folded line before the first part header');
    else this.#headers.push({ name: last.name, value: `${last.value} ${line.trim()}` });
  }

  #value(key: string): string | undefined {
    return this.#headers.find(({ name }) => name.trim().toLowerCase() === key)?.value;
  }
}
