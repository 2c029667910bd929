import { AppError } from '@phalanx/kit';

/** A rule file that can't be used. The message is exactly `file:line: reason`; `file` and `line` (from 1) repeat its parts. */
export class SecLangError extends AppError {
  readonly file: string;
  readonly line: number;
  readonly reason: string;

  constructor(file: string, line: number, reason: string, cause?: unknown) {
    super('invalid', 'seclang.rule', `${file}:${line}: ${reason}`, {
      details: { file, line, reason },
      ...(cause === undefined ? {} : { cause }),
    });
    this.name = 'SecLangError';
    this.file = file;
    this.line = line;
    this.reason = reason;
  }
}
