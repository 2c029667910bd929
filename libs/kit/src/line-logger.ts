import { writeSync } from 'node:fs';
import type { LogFields, Logger } from './logger.js';

type Severity = 'error' | 'warn' | 'info' | 'debug';

/** A logger that writes one JSON line each to standard error, for processes that carry no logging package. */
export function lineLogger(fields: LogFields = {}): Logger {
  const write = (level: Severity, message: string, more: LogFields = {}): void => {
    writeLine(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields, ...more })}\n`);
  };
  return {
    error: (message, more) => write('error', message, more),
    warn: (message, more) => write('warn', message, more),
    info: (message, more) => write('info', message, more),
    debug: () => undefined,
    child: (more) => lineLogger({ ...fields, ...more }),
  };
}

function writeLine(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // A full disk or a reader that is gone: a log that can't be written must not end the process, and there is nowhere to say so.
  }
}
