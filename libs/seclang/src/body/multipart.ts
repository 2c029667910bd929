import type { BodyArgument, BodyFile, BodyLimits, BodyResult } from './body-result.js';
import { readBoundary } from './multipart-boundary.js';
import { MultipartFlags } from './multipart-flags.js';
import { MultipartPart } from './multipart-part.js';

/**
 * MULTIPART: parts with a file name become files, the others arguments. Whatever a lenient parser might read differently sets its
 * MULTIPART_* flag; what can't be read at all is REQBODY_ERROR. FILES_COMBINED_SIZE is in bytes; MULTIPART_NAME and MULTIPART_FILENAME
 * are those of the last part. @see RFC 7578, RFC 2046 5.1
 */
export function processMultipart(body: string, contentType: string, limits: BodyLimits): BodyResult {
  const reader = new MultipartReader(body, limits);
  reader.read(contentType);
  return reader.result();
}

class MultipartReader {
  readonly #body: string;
  readonly #partLimit: number;
  readonly #isTruncated: boolean;
  readonly #flags = new MultipartFlags();
  readonly #args: BodyArgument[] = [];
  readonly #files: BodyFile[] = [];
  readonly #partHeaders: BodyArgument[] = [];
  #part: MultipartPart | undefined;
  #contentStart = 0;
  #isComplete = false;
  #boundaryCount = 0;
  #hasCrlf = false;
  #hasLf = false;
  #lastName = '';
  #lastFileName = '';
  #filesSize = 0;

  constructor(body: string, { argumentLimit, isTruncated = false }: BodyLimits) {
    this.#body = body;
    this.#partLimit = argumentLimit;
    this.#isTruncated = isTruncated;
  }

  read(contentType: string): void {
    const boundary = readBoundary(contentType, this.#flags);
    if (this.#body === '' || boundary === '') return;
    const delimiter = `--${boundary}`;
    for (let start = 0; start < this.#body.length && this.#flags.error === '';) {
      const newline = this.#body.indexOf('\n', start);
      // Half a line says nothing yet of what it is.
      if (newline < 0 && this.#isTruncated) break;
      const next = newline < 0 ? this.#body.length : newline + 1;
      this.#line(start, next, delimiter);
      start = next;
    }
    const isCut = this.#isTruncated && this.#boundaryCount > 0;
    if (this.#flags.error === '' && !this.#isComplete && !isCut) {
      this.#flags.fail(this.#boundaryCount === 0 ? 'no boundary in the body' : 'final boundary is missing');
    }
    if (isCut && this.#part?.isInHeaders === true) this.#part = undefined;
    // What a cut-off body carried is still shown to the rules.
    if (this.#part !== undefined) this.#finishPart(this.#body.length);
    if (this.#hasLf) this.#flags.set('LF_LINE');
    if (this.#hasLf && this.#hasCrlf) this.#flags.set('CRLF_LF_LINES');
  }

  result(): BodyResult {
    return {
      args: this.#args,
      files: this.#files,
      partHeaders: this.#partHeaders,
      variables: {
        ...this.#flags.variables(),
        MULTIPART_NAME: this.#lastName,
        MULTIPART_FILENAME: this.#lastFileName,
        FILES_COMBINED_SIZE: String(this.#filesSize),
      },
    };
  }

  /** Handles the line of bytes `start` up to `next`, its line end included. */
  #line(start: number, next: number, delimiter: string): void {
    if (this.#body.startsWith('--', start)) {
      if (this.#body.startsWith(delimiter, start)) return this.#boundaryLine(start, next, start + delimiter.length);
      this.#noteUnmatched(start, next, delimiter.slice(2));
    }
    if (this.#isComplete) {
      if (this.#lineText(start, next) !== '') this.#flags.set('DATA_AFTER');
    } else if (this.#part === undefined) {
      this.#flags.set('DATA_BEFORE');
    } else if (this.#part.isInHeaders) {
      this.#noteLineEnd(next);
      this.#part.addHeaderLine(this.#lineText(start, next));
      this.#contentStart = next;
    }
  }

  #boundaryLine(start: number, next: number, delimiterEnd: number): void {
    const isFinal = this.#body.startsWith('--', delimiterEnd);
    const rest = this.#lineText(delimiterEnd + (isFinal ? 2 : 0), next);
    if (rest !== '') return this.#flags.fail('characters after a boundary');
    if (this.#isComplete) return this.#flags.fail('boundary after the final boundary');
    if (this.#part !== undefined) this.#finishPart(start);
    this.#boundaryCount++;
    if (this.#body.charCodeAt(next - 1) === 0x0a) this.#noteLineEnd(next);
    else if (!isFinal) this.#flags.fail('boundary without a line end');
    if (isFinal) {
      this.#isComplete = true;
    } else if (this.#boundaryCount > this.#partLimit) {
      this.#flags.set('FILE_LIMIT_EXCEEDED');
      this.#flags.fail(`more than ${this.#partLimit} parts`);
    } else {
      this.#part = new MultipartPart(this.#flags);
      this.#contentStart = next;
    }
  }

  /** The line end before a boundary belongs to the boundary, not to the content. */
  #finishPart(boundaryStart: number): void {
    const part = this.#part;
    if (part === undefined) return;
    this.#part = undefined;
    let end = boundaryStart;
    if (end > this.#contentStart && this.#body.charCodeAt(end - 1) === 0x0a) {
      this.#noteLineEnd(end);
      end--;
      if (end > this.#contentStart && this.#body.charCodeAt(end - 1) === 0x0d) end--;
    }
    const finished = part.finish(this.#body.slice(this.#contentStart, Math.max(end, this.#contentStart)));
    for (const header of finished.headers) this.#partHeaders.push(header);
    if (finished.argument !== undefined) {
      this.#args.push(finished.argument);
      this.#lastName = finished.argument.name;
    }
    if (finished.file !== undefined) {
      this.#files.push(finished.file);
      this.#filesSize += finished.file.size;
      this.#lastName = finished.file.field;
      this.#lastFileName = finished.file.fileName;
    }
  }

  #noteUnmatched(start: number, next: number, boundary: string): void {
    const line = this.#lineText(start, next);
    if (line.includes(boundary)) this.#flags.unmatchedBoundary = 1;
    else if (this.#flags.unmatchedBoundary === 0) this.#flags.unmatchedBoundary = 2;
  }

  #noteLineEnd(next: number): void {
    if (this.#body.charCodeAt(next - 1) !== 0x0a) return;
    if (this.#body.charCodeAt(next - 2) === 0x0d) this.#hasCrlf = true;
    else this.#hasLf = true;
  }

  #lineText(start: number, next: number): string {
    let end = next;
    if (this.#body.charCodeAt(end - 1) === 0x0a) end--;
    if (this.#body.charCodeAt(end - 1) === 0x0d) end--;
    return end > start ? this.#body.slice(start, end) : '';
  }
}
